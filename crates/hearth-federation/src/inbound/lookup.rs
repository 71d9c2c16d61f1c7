//! `GET /federation/user-lookup`: the same stages as the inbox, then one answer (d3chat section 5.5).

use hearth_core::accounts;
use hearth_protocol::d3chat::lookup::{self, LookupAnswer, QueryError};
use hearth_protocol::names::UserAddress;
use thiserror::Error;

use super::admission::Asked;
use super::effect::EffectError;
use super::{Inbound, InboundError, InboundRequest};

/// The question makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum QueryFault {
    /// `username` is not there, or more than once.
    #[error("exactly one username is expected")]
    NotOne,
}

/// The parts of the question that are signed and meant.
pub(super) struct Question {
    /// The forms of path and query that may have been signed: as received, and as upstream re-encodes it.
    pub(super) paths: Vec<String>,
    /// Who is asked for; `None` for a name that nobody can have.
    username: Option<hearth_protocol::names::Username>,
}

/// Reads the question. Upstream validates it before anything else, so a bad one is 422 even when unsigned.
pub(super) fn read(path_and_query: &str) -> Result<Question, QueryFault> {
    let raw_query = path_and_query.split_once('?').map_or("", |(_, query)| query);
    let username = match lookup::queried_username(raw_query) {
        Ok(username) => Some(username),
        Err(QueryError::BadUsername) => None,
        Err(QueryError::Missing | QueryError::Repeated) => return Err(QueryFault::NotOne),
    };
    let mut paths = vec![path_and_query.to_owned()];
    paths.extend(lookup::reencoded_path(raw_query).filter(|path| path != path_and_query));
    Ok(Question { paths, username })
}

/// Answers the question of a verified origin: only accounts of this server are found.
pub(super) async fn answer(
    inbound: &Inbound,
    request: &InboundRequest,
) -> Result<LookupAnswer, InboundError> {
    let question = read(&request.path_and_query)?;
    let asked = Asked::Lookup;
    let origin = inbound.verified_origin(request, &question.paths, asked).await?;
    let charge = inbound.budgets.charge_verified(&*inbound.bus, &origin, asked);
    charge.await?;
    inbound.note_contact(&origin);
    let Some(username) = question.username else {
        return Ok(LookupAnswer::NotFound);
    };
    let server = inbound.own_name.clone();
    let address = UserAddress { username, server };
    let user = accounts::lookup_local(&inbound.core, &address)
        .await
        .map_err(EffectError::from)?;
    Ok(user.map_or(LookupAnswer::NotFound, |user| LookupAnswer::Found {
        username: user.username,
        user_id: user.id,
        server_domain: address.server,
    }))
}
