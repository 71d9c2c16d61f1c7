//! Making an account: by the registration mode, or with the setup link that makes the owner.

use std::net::IpAddr;
use std::time::Duration;

use hearth_protocol::env::uuid_v4;
use hearth_protocol::ids::UserId;
use hearth_protocol::names::{ServerName, Username};
use hearth_protocol::time::Timestamp;
use hearth_store::tables::setup_links;
use hearth_store::tables::users::{self, NewUser};
use hearth_store::{ReadTx, StoreError, WriteTx};
use thiserror::Error;

use super::Role;
use super::names::is_reserved;
use crate::input::{FieldFault, label, length};
use crate::passwords::HashError;
use crate::sessions::NewLogin;
use crate::settings::{self, RegistrationMode};
use crate::throttle::address_key;
use crate::{Core, FieldError, Password, SessionGrant, SessionKind, secrets, setup};

/// Fewest and most characters of a password (d3chat.md section 2.1).
const PASSWORD: (usize, usize) = (8, 128);
/// Most characters of an e-mail address (section 3.11).
const EMAIL_MAX: usize = 255;
/// Most characters of a display name.
const DISPLAY_NAME_MAX: usize = 64;
/// Most characters of a device's name.
pub(super) const DEVICE_NAME_MAX: usize = 128;

/// Somebody asks for an account.
#[derive(Clone, Debug)]
pub struct Registration {
    /// The name they want.
    pub username: Username,
    /// The password they chose, 8 to 128 characters.
    pub password: Password,
    /// An e-mail address; needed only where the owner allows some domains alone.
    pub email: Option<String>,
    /// The name they like to be shown by, at most 64 characters.
    pub display_name: Option<String>,
    /// What to call the device they sit at, at most 128 characters; the wire's default is `default`.
    pub device_name: String,
    /// The token of a setup link: whoever has it becomes the owner, whatever the registration mode.
    pub setup_token: Option<String>,
    /// Where the request came from.
    pub address: IpAddr,
}

/// Why no account was made.
#[derive(Debug, Error)]
pub enum RegisterError {
    /// Nobody may register (403).
    #[error("Registration is currently closed")]
    Closed,
    /// Only invited people may register (403).
    #[error("Registration is invite-only")]
    InviteOnly,
    /// Only addresses of certain domains may register (403).
    #[error("Email domain '{0}' is not allowed for registration")]
    EmailDomain(String),
    /// Somebody has the name, in some case, or it is kept for the house (409).
    #[error("Username already taken")]
    NameTaken,
    /// The setup link was used, has expired, was tried too often, or never existed (403).
    #[error("This setup link is no longer valid")]
    SetupLink,
    /// A field breaks its limit (422).
    #[error(transparent)]
    Invalid(#[from] FieldError),
    /// Too many attempts; come back later (429).
    #[error("Rate limit exceeded")]
    TooMany {
        /// When to come back.
        retry_after: Duration,
    },
    /// The password could not be hashed (500).
    #[error(transparent)]
    Hashing(HashError),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<HashError> for RegisterError {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy { retry_after } => Self::TooMany { retry_after },
            failed @ HashError::Failed(_) => Self::Hashing(failed),
        }
    }
}

/// Makes an account and logs it in.
pub async fn register(
    core: &Core,
    registration: Registration,
    kind: SessionKind,
) -> Result<SessionGrant, RegisterError> {
    check_fields(&registration)?;
    let address = address_key(registration.address);
    let charged = core.charge_registration(&address).await;
    charged.map_err(|retry_after| RegisterError::TooMany { retry_after })?;

    // Asked before the expensive part, and again inside the write, where it counts.
    let applicant = Applicant::new(core, &registration);
    if applicant.setup_token.is_some() {
        let may_try = core.may_try_setup_token(&address).await;
        may_try.map_err(|retry_after| RegisterError::TooMany { retry_after })?;
    }
    if let Err(refusal) = applicant.admit_early(core).await {
        applicant.note_refusal(core, &refusal, &address).await?;
        return Err(refusal);
    }
    let turn = core.passwords().turn(&address).await?;
    let hash = core
        .passwords()
        .hash(turn, registration.password, core.random().as_ref())
        .await?;
    let login = NewLogin::draw(core, kind, registration.device_name);
    core.store()
        .write(move |tx| applicant.settle(tx, &hash, &login))
        .await
}

fn check_fields(registration: &Registration) -> Result<(), FieldError> {
    let (min, max) = PASSWORD;
    length("password", registration.password.as_str(), min, max)?;
    label("device_name", &registration.device_name, 0, DEVICE_NAME_MAX)?;
    if let Some(name) = &registration.display_name {
        label("display_name", name, 0, DISPLAY_NAME_MAX)?;
    }
    if let Some(email) = &registration.email {
        length("email", email, 0, EMAIL_MAX)?;
        if email_domain(email).is_none() {
            return Err(FieldError {
                field: "email",
                fault: FieldFault::NotAnEmail,
            });
        }
    }
    Ok(())
}

/// The lower-cased domain of an address: what follows the last `@`.
fn email_domain(email: &str) -> Option<String> {
    let (local, domain) = email.rsplit_once('@')?;
    let is_plausible = !local.is_empty()
        && !domain.is_empty()
        && !email.chars().any(|c| c.is_whitespace() || c.is_control());
    is_plausible.then(|| domain.to_lowercase())
}

/// A registration on its way through, without the password.
#[derive(Clone, Debug)]
struct Applicant {
    id: UserId,
    username: Username,
    server: ServerName,
    email: Option<String>,
    display_name: Option<String>,
    setup_token: Option<[u8; 32]>,
    now: Timestamp,
}

impl Applicant {
    fn new(core: &Core, registration: &Registration) -> Self {
        Self {
            id: UserId::new(uuid_v4(core.random().as_ref())),
            username: registration.username.clone(),
            server: core.server_name().clone(),
            email: registration.email.clone(),
            display_name: registration.display_name.clone(),
            setup_token: registration.setup_token.as_deref().map(secrets::hash),
            now: core.now(),
        }
    }

    async fn admit_early(&self, core: &Core) -> Result<(), RegisterError> {
        let applicant = self.clone();
        core.store()
            .read(move |tx| {
                match &applicant.setup_token {
                    Some(token) => setup::check(tx, token, applicant.now)?,
                    None => admit_by_mode(tx, applicant.email.as_deref())?,
                }
                let taken = users::local_by_name(tx, &applicant.server, &applicant.username.folded())?;
                if taken.is_some() || is_reserved(&applicant.username) {
                    return Err(RegisterError::NameTaken);
                }
                Ok(())
            })
            .await
    }

    /// A wrong setup token uses up one of its address's tries and one of the link's.
    async fn note_refusal(
        &self,
        core: &Core,
        refusal: &RegisterError,
        address: &str,
    ) -> Result<(), StoreError> {
        if !matches!(refusal, RegisterError::SetupLink) {
            return Ok(());
        }
        core.charge_wrong_setup_token(address).await;
        core.store().write(setup_links::count_wrong_try).await
    }

    fn settle(
        &self,
        tx: &WriteTx<'_>,
        password_hash: &str,
        login: &NewLogin,
    ) -> Result<SessionGrant, RegisterError> {
        let role = if let Some(token) = &self.setup_token {
            setup::take(tx, token, self.now)?;
            Role::Superadmin
        } else {
            admit_by_mode(tx, self.email.as_deref())?;
            Role::User
        };
        let user = NewUser {
            id: self.id,
            username: &self.username,
            server: &self.server,
            password_hash: Some(password_hash),
            role,
            email: self.email.as_deref(),
            display_name: self.display_name.as_deref(),
            created_at: self.now,
        };
        if !users::insert(tx, &user)? {
            return Err(RegisterError::NameTaken);
        }
        Ok(login.open(tx, self.id)?)
    }
}

/// Upstream's order: the mode, then the allowed domains (d3chat.md section 3.1; without an address no domain is
/// allowed, A7).
fn admit_by_mode(tx: &ReadTx<'_>, email: Option<&str>) -> Result<(), RegisterError> {
    match settings::mode(tx)? {
        RegistrationMode::Closed => return Err(RegisterError::Closed),
        RegistrationMode::InviteOnly => return Err(RegisterError::InviteOnly),
        RegistrationMode::Open => {}
    }
    let allowed = settings::allowed_domains(tx)?;
    let domain = email.and_then(email_domain).unwrap_or_default();
    if allowed.is_empty() || allowed.iter().any(|one| one.eq_ignore_ascii_case(&domain)) {
        Ok(())
    } else {
        Err(RegisterError::EmailDomain(domain))
    }
}

#[cfg(test)]
mod tests {
    use super::email_domain;

    #[test]
    fn the_domain_is_what_follows_the_last_at() {
        assert_eq!(email_domain("alice@Example.ORG").as_deref(), Some("example.org"));
        assert_eq!(
            email_domain("\"a@b\"@example.org").as_deref(),
            Some("example.org")
        );
        for email in [
            "alice",
            "@example.org",
            "alice@",
            "a lice@example.org",
            "alice@example.org\n",
        ] {
            assert_eq!(email_domain(email), None, "{email:?}");
        }
    }
}
