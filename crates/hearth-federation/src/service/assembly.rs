//! Wiring the parts together, in the order in which they need each other.

use std::sync::Arc;

use hearth_protocol::time::Timestamp;

use super::{Federation, FederationParts};
use crate::config::FederationConfig;
use crate::counters::Counters;
use crate::delivery::{Delivery, DeliveryParts};
use crate::discovery::Discovery;
use crate::inbound::{Inbound, InboundParts};
use crate::outbound::Transport;
use crate::published::Published;
use crate::signed::Signer;
use crate::tasks::Tasks;
use crate::trust::TrustTable;
use crate::trust::keeper::TrustKeeper;

/// Makes a federation whose tasks have not started yet.
pub(super) fn assemble(
    parts: FederationParts,
    transport: Arc<dyn Transport>,
    table: Arc<TrustTable>,
    key_since: Timestamp,
) -> Federation {
    let base = Base::new(&parts, transport, table);
    let delivery = base.delivery(&parts);
    let inbound = base.inbound(&parts, &delivery);
    let published = Published::new(
        Arc::new(parts.config),
        parts.core.clone(),
        parts.identity,
        parts.tls,
        parts.clock,
        key_since,
    );
    Federation {
        core: parts.core,
        transport: base.transport,
        table: base.table,
        keeper: base.keeper,
        discovery: base.discovery,
        delivery,
        inbound,
        published,
        signer: base.signer,
        counters: base.counters,
        tasks: base.tasks,
    }
}

/// What several parts have in common.
struct Base {
    transport: Arc<dyn Transport>,
    table: Arc<TrustTable>,
    keeper: Arc<TrustKeeper>,
    discovery: Arc<Discovery>,
    signer: Signer,
    counters: Arc<Counters>,
    tasks: Tasks,
}

impl Base {
    fn new(parts: &FederationParts, transport: Arc<dyn Transport>, table: Arc<TrustTable>) -> Self {
        let (config, tasks) = (&parts.config, Tasks::default());
        let keeper = Arc::new(keeper(parts, &transport, &table));
        let discovery = Discovery::new(
            Arc::clone(&keeper),
            config.allow_loopback_peers,
            config.budgets.discoveries_in_flight,
            tasks.clone(),
        );
        let signer = Signer::new(
            Arc::clone(&parts.identity),
            config.server_name.clone(),
            Arc::clone(&parts.clock),
        );
        Self {
            transport,
            table,
            keeper,
            discovery,
            signer,
            counters: Arc::default(),
            tasks,
        }
    }

    fn delivery(&self, parts: &FederationParts) -> Arc<Delivery> {
        let FederationConfig {
            server_name,
            queue_max_age,
            budgets,
            ..
        } = &parts.config;
        Delivery::new(DeliveryParts {
            core: parts.core.clone(),
            own_name: server_name.clone(),
            table: Arc::clone(&self.table),
            keeper: Arc::clone(&self.keeper),
            discovery: Arc::clone(&self.discovery),
            transport: Arc::clone(&self.transport),
            signer: self.signer.clone(),
            clock: Arc::clone(&parts.clock),
            random: Arc::clone(&parts.random),
            counters: Arc::clone(&self.counters),
            tasks: self.tasks.clone(),
            max_age: *queue_max_age,
            assumed_peer_per_minute: budgets.assumed_peer_per_minute,
            in_flight: budgets.deliveries_in_flight,
        })
    }

    fn inbound(&self, parts: &FederationParts, delivery: &Arc<Delivery>) -> Arc<Inbound> {
        let inbound = InboundParts {
            core: parts.core.clone(),
            bus: Arc::clone(&parts.bus),
            clock: Arc::clone(&parts.clock),
            table: Arc::clone(&self.table),
            discovery: Arc::clone(&self.discovery),
            delivery: Arc::clone(delivery),
            counters: Arc::clone(&self.counters),
            tasks: self.tasks.clone(),
        };
        Inbound::new(inbound, &parts.config)
    }
}

fn keeper(parts: &FederationParts, transport: &Arc<dyn Transport>, table: &Arc<TrustTable>) -> TrustKeeper {
    TrustKeeper {
        store: parts.store.clone(),
        table: Arc::clone(table),
        transport: Arc::clone(transport),
        bus: Arc::clone(&parts.bus),
        clock: Arc::clone(&parts.clock),
        random: Arc::clone(&parts.random),
        first_contact: parts.config.first_contact,
        max_peers: parts.config.budgets.max_peers,
    }
}
