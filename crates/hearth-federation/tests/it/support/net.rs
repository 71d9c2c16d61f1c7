//! A network in memory: servers by name, up or down, scripted or real, with everything sent to them written down.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use hearth_federation::outbound::{
    Evidence, ObservedLeaf, PeerRequest, PeerResponse, Target, Transport, TransportError,
};
use hearth_federation::trust::TrustTable;
use hearth_federation::{Federation, InboundRequest};
use hearth_protocol::d3chat::event::InboundEvent;
use hearth_protocol::d3chat::signing::{ORIGIN_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER};
use hearth_protocol::names::ServerName;
use serde_json::{Value, json};
use url::Url;

use super::source;
use super::stranger::Stranger;

/// The network. Clones are the same one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Net(Arc<Mutex<BTreeMap<ServerName, Place>>>);

/// A server on the network.
#[derive(Debug)]
struct Place {
    evidence: Vec<Evidence>,
    is_up: bool,
    hearth: Weak<Federation>,
    answers: VecDeque<PeerResponse>,
    /// Evidence connections that reached it.
    looks: usize,
    /// Signed requests that reached it.
    requests: Vec<PeerRequest>,
}

impl Net {
    /// Puts a server on the network; it answers every event with success unless told otherwise.
    pub(crate) fn put(&self, stranger: &Stranger) {
        self.put_evidence(&stranger.name, vec![stranger.evidence()]);
    }

    /// Puts a server on the network that shows these things one after the other, the last one for ever.
    pub(crate) fn put_evidence(&self, name: &ServerName, evidence: Vec<Evidence>) {
        let mut places = self.places();
        let place = places.entry(name.clone()).or_insert_with(|| Place {
            evidence: Vec::new(),
            is_up: true,
            hearth: Weak::new(),
            answers: VecDeque::new(),
            looks: 0,
            requests: Vec::new(),
        });
        place.evidence = evidence;
    }

    /// Lets a whole Hearth answer for a name.
    pub(crate) fn put_hearth(&self, face: &Stranger, hearth: &Arc<Federation>) {
        self.put(face);
        self.with(&face.name, |place| place.hearth = Arc::downgrade(hearth));
    }

    /// Plugs a server in or out.
    pub(crate) fn set_up(&self, name: &ServerName, is_up: bool) {
        self.with(name, |place| place.is_up = is_up);
    }

    /// The next answers of a scripted server, before it goes back to success.
    pub(crate) fn script(&self, name: &ServerName, answers: impl IntoIterator<Item = PeerResponse>) {
        self.with(name, |place| place.answers.extend(answers));
    }

    /// How many evidence connections reached a server.
    pub(crate) fn looks(&self, name: &ServerName) -> usize {
        self.with(name, |place| place.looks)
    }

    /// The signed requests that reached a server.
    pub(crate) fn requests(&self, name: &ServerName) -> Vec<PeerRequest> {
        self.with(name, |place| place.requests.clone())
    }

    /// The ids of the events that reached a server.
    pub(crate) fn event_ids(&self, name: &ServerName) -> Vec<String> {
        let requests = self.requests(name);
        let ids = requests
            .iter()
            .map(|request| InboundEvent::parse(&request.body).unwrap().event_id);
        ids.map(|id| id.to_string()).collect()
    }

    /// The way out of one server.
    pub(crate) fn transport(&self, table: Arc<TrustTable>, from: &str) -> Arc<dyn Transport> {
        Arc::new(Line {
            net: self.clone(),
            table,
            from: source(from),
        })
    }

    fn with<T>(&self, name: &ServerName, work: impl FnOnce(&mut Place) -> T) -> T {
        work(self.places().get_mut(name).expect("a server of the story"))
    }

    fn places(&self) -> MutexGuard<'_, BTreeMap<ServerName, Place>> {
        self.0.lock().unwrap()
    }
}

/// An answer with a body.
pub(crate) fn answer(status: u16, body: &Value) -> PeerResponse {
    PeerResponse {
        status,
        retry_after: None,
        body: Bytes::from(body.to_string()),
    }
}

/// An answer that asks to wait.
pub(crate) fn answer_later(status: u16, seconds: u64) -> PeerResponse {
    PeerResponse {
        retry_after: Some(Duration::from_secs(seconds)),
        ..answer(status, &json!({ "detail": "later" }))
    }
}

/// What one server has instead of sockets.
#[derive(Debug)]
struct Line {
    net: Net,
    table: Arc<TrustTable>,
    from: IpAddr,
}

/// What a request meets at the other end.
enum Door {
    Hearth(Arc<Federation>),
    Script(PeerResponse),
}

#[async_trait]
impl Transport for Line {
    async fn send(
        &self,
        target: &Target,
        generation: i64,
        request: PeerRequest,
    ) -> Result<PeerResponse, TransportError> {
        let pins = self
            .table
            .pins(&target.name, generation)
            .ok_or(TransportError::TrustChanged)?;
        match self.arrive(target, &request, |leaf| leaf.fingerprint == pins.fingerprint)? {
            Door::Script(response) => Ok(response),
            Door::Hearth(hearth) => Ok(self.knock(&hearth, request).await),
        }
    }

    async fn evidence(&self, target: &Target) -> Result<Evidence, TransportError> {
        self.net.with_known(target, |place| {
            place.looks += 1;
            let last = place.evidence.len() - 1;
            place.evidence[last.min(place.looks - 1)].clone()
        })
    }

    fn forget(&self, _name: &ServerName) {}
}

impl Net {
    fn with_known<T>(
        &self,
        target: &Target,
        work: impl FnOnce(&mut Place) -> T,
    ) -> Result<T, TransportError> {
        if let Some(address) = target.name.ip() {
            target.addresses.judge(address)?;
        }
        let mut places = self.places();
        let place = places.get_mut(&target.name).filter(|place| place.is_up);
        let place = place.ok_or_else(|| TransportError::Connect {
            detail: "nobody answers".to_owned(),
        })?;
        Ok(work(place))
    }
}

impl Line {
    fn arrive(
        &self,
        target: &Target,
        request: &PeerRequest,
        is_pinned: impl FnOnce(&ObservedLeaf) -> bool,
    ) -> Result<Door, TransportError> {
        self.net.with_known(target, |place| {
            let observed = place.evidence.last().expect("it shows something").leaf;
            if !is_pinned(&observed) {
                return Err(TransportError::PinMismatch { observed });
            }
            place.requests.push(request.clone());
            Ok(match place.hearth.upgrade() {
                Some(hearth) => Door::Hearth(hearth),
                None => Door::Script(
                    place
                        .answers
                        .pop_front()
                        .unwrap_or_else(|| answer(200, &json!({ "status": "ok" }))),
                ),
            })
        })?
    }

    async fn knock(&self, hearth: &Federation, request: PeerRequest) -> PeerResponse {
        let is_lookup = request.method == http::Method::GET;
        let request = as_received(request, self.from);
        let outcome = if is_lookup {
            let answer = hearth.answer_lookup(request).await;
            answer.map(|answer| serde_json::to_value(answer).unwrap())
        } else {
            let answer = hearth.receive(request).await;
            answer.map(|answer| json!({ "status": answer.status, "event_id": answer.event_id }))
        };
        match outcome {
            Ok(body) => answer(200, &body),
            Err(error) => PeerResponse {
                retry_after: error.retry_after(),
                ..answer(error.status(), &json!({ "detail": error.detail() }))
            },
        }
    }
}

/// A request as its receiver sees it.
pub(crate) fn as_received(request: PeerRequest, from: IpAddr) -> InboundRequest {
    let header = |name: &str| {
        let found = request.headers.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.clone())
    };
    let url = Url::parse(&request.url).unwrap();
    InboundRequest {
        method: request.method.clone(),
        path_and_query: url[url::Position::BeforePath..].to_owned(),
        origin: header(ORIGIN_HEADER),
        timestamp: header(TIMESTAMP_HEADER),
        signature: header(SIGNATURE_HEADER),
        body: request.body,
        source: from,
    }
}
