//! The suite on the in-process bus, on a clock moved by hand.

use std::sync::Arc;
use std::time::Duration;

use hearth_bus::{Bus, InProcessBus, InProcessLimits};
use hearth_protocol::env::ManualClock;
use hearth_protocol::time::Timestamp;

use crate::conformance::{Rig, conformance_suite, rig};

pub(crate) struct InProcess {
    bus: Arc<InProcessBus>,
    clock: ManualClock,
}

impl Rig for InProcess {
    type Bus = InProcessBus;

    fn new(limits: InProcessLimits) -> Self {
        let clock = ManualClock::new(Timestamp::from_seconds(1_700_000_000));
        let bus = Arc::new(InProcessBus::with_limits(Arc::new(clock.clone()), limits));
        Self { bus, clock }
    }

    fn bus(&self) -> Arc<InProcessBus> {
        Arc::clone(&self.bus)
    }

    async fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }
}

conformance_suite!(suite, crate::in_process::InProcess);

#[tokio::test]
async fn debug_prints_no_ticket() {
    let rig: InProcess = rig();
    let ticket = "a-ticket-nobody-may-read";
    rig.bus()
        .put_ticket(ticket, "grant".into(), Duration::from_secs(30))
        .await
        .unwrap();
    let shown = format!("{:?}", rig.bus());
    assert!(shown.contains("tickets: 1"), "{shown}");
    assert!(!shown.contains(ticket) && !shown.contains("grant"), "{shown}");
}
