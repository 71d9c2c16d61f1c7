//! From flags, environment and file to one configuration.

use anyhow::Context as _;
use hearth_server::config::{Config, Sources, load};

use crate::cli::Settings;

impl Settings {
    /// Reads all sources; what is stronger wins.
    pub(crate) fn load(&self) -> anyhow::Result<Config> {
        let file = match &self.config {
            None => None,
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("cannot read the configuration file {}", path.display()))?;
                Some((path.display().to_string(), text))
            }
        };
        // Variables that are not text cannot be ours.
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Ok(load(&Sources {
            file,
            environment,
            flags: self.flags()?,
        })?)
    }

    /// The flags that were given, by the names of their settings.
    fn flags(&self) -> anyhow::Result<Vec<(String, String)>> {
        let listen = (!self.listen.is_empty()).then(|| self.listen.join(","));
        let named = [
            ("server.data", &self.data),
            ("server.name", &self.name),
            ("listen.addresses", &listen),
            ("tls.mode", &self.tls),
            ("tls.certificate", &self.certificate),
            ("tls.key", &self.certificate_key),
            ("keys.store", &self.key_store),
            ("federation.first_contact", &self.first_contact),
            ("registration.mode", &self.registration),
        ];
        let given = named
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value.clone()?)));
        let mut flags: Vec<(String, String)> = given.collect();
        if self.allow_loopback_peers {
            flags.push(("federation.allow_loopback_peers".to_owned(), "true".to_owned()));
        }
        for setting in &self.set {
            let (key, value) = setting.split_once('=').with_context(|| {
                format!("--set takes KEY=VALUE, such as limits.connections=100, not {setting}")
            })?;
            flags.push((key.trim().to_owned(), value.trim().to_owned()));
        }
        Ok(flags)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use crate::cli::{Cli, Command};

    fn flags(arguments: &[&str]) -> Vec<(String, String)> {
        let arguments = ["hearthd", "run"].iter().chain(arguments);
        match Cli::parse_from(arguments).command {
            Command::Run(run) => run.settings.flags().unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_flag_is_a_setting() {
        let given = flags(&[
            "--data",
            "/d",
            "--name",
            "a.test:1",
            "--listen",
            "127.0.0.1:1",
            "--listen",
            "127.0.0.1:2",
            "--tls",
            "files",
            "--certificate",
            "c",
            "--certificate-key",
            "k",
            "--key-store",
            "file",
            "--first-contact",
            "trust",
            "--allow-loopback-peers",
            "--registration",
            "open",
            "--set",
            "limits.connections=7",
        ]);
        let names: Vec<&str> = given.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            [
                "server.data",
                "server.name",
                "listen.addresses",
                "tls.mode",
                "tls.certificate",
                "tls.key",
                "keys.store",
                "federation.first_contact",
                "registration.mode",
                "federation.allow_loopback_peers",
                "limits.connections",
            ]
        );
        let sources = hearth_server::config::Sources {
            flags: given,
            ..Default::default()
        };
        let config = hearth_server::config::load(&sources).unwrap();
        assert_eq!((config.listen.addresses.len(), config.limits.connections), (2, 7));
    }

    #[test]
    fn what_is_not_given_is_not_set() {
        assert_eq!(flags(&[]), []);
    }
}
