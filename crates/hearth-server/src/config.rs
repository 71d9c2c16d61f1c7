//! Configuration: one struct per concern, gathered in [`Config`].
//!
//! The structs' doc comments and defaults are the only source: the sample file, the `HEARTH_*` names and
//! `--print-config` are made from them. What is given wins in this order: flags, environment, file, default.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use hearth_protocol::names::ServerName;

mod choices;
mod concerns;
mod duration;
mod limits;
mod load;
mod nearest;
mod network;
mod print;
mod scheme;
mod value;

pub use self::choices::{FirstContactMode, KeyStoreChoice, LogFormat, RegistrationChoice, TlsMode};
pub use self::concerns::{
    FederationSettings, KeySettings, ListenSettings, LogSettings, OwnerSettings, ProxySettings,
    RegistrationSettings, ServerSettings, TlsSettings, WebSettings,
};
pub use self::limits::LimitSettings;
pub use self::load::{ConfigError, Sources, load};
pub use self::network::Network;
pub use self::print::{effective, environment_name, sample};
pub use self::scheme::{Key, Section};

/// Everything that can be configured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// Who this server is.
    pub server: ServerSettings,
    /// Where connections are accepted.
    pub listen: ListenSettings,
    /// The encryption of connections.
    pub tls: TlsSettings,
    /// A reverse proxy in front.
    pub proxy: ProxySettings,
    /// Custody of the secrets.
    pub keys: KeySettings,
    /// Other servers.
    pub federation: FederationSettings,
    /// New accounts.
    pub registration: RegistrationSettings,
    /// Web pages of other origins.
    pub web: WebSettings,
    /// The owner's door without a window.
    pub owner: OwnerSettings,
    /// What is logged.
    pub log: LogSettings,
    /// Budgets and bounds.
    pub limits: LimitSettings,
    /// Addresses of servers that the name system does not know, or knows otherwise.
    pub hosts: BTreeMap<ServerName, SocketAddr>,
}

/// What the sample says about `[hosts]`, the one table whose keys are not ours.
pub(crate) const HOSTS_ABOUT: &[&str] = &[
    " Addresses of servers that the name system does not know, or knows otherwise: one line per server name.",
    " In the environment: HEARTH_HOSTS=\"name=address:port,name=address:port\".",
    " Example: \"a.hearth.test\" = \"127.0.0.2:8441\"",
];

impl Config {
    /// Every section, in the order of the sample file.
    pub fn sections(&self) -> [&dyn Section; 11] {
        [
            &self.server,
            &self.listen,
            &self.tls,
            &self.proxy,
            &self.keys,
            &self.federation,
            &self.registration,
            &self.web,
            &self.owner,
            &self.log,
            &self.limits,
        ]
    }

    fn sections_mut(&mut self) -> [&mut dyn Section; 11] {
        [
            &mut self.server,
            &mut self.listen,
            &mut self.tls,
            &mut self.proxy,
            &mut self.keys,
            &mut self.federation,
            &mut self.registration,
            &mut self.web,
            &mut self.owner,
            &mut self.log,
            &mut self.limits,
        ]
    }

    /// Every key in its full form, such as `listen.addresses`.
    fn key_names(&self) -> Vec<String> {
        let sections = self.sections();
        let keys = sections.iter().flat_map(|section| {
            section
                .keys()
                .into_iter()
                .map(|key| format!("{}.{}", section.name(), key.name))
        });
        keys.collect()
    }
}
