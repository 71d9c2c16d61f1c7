//! Reading a configuration from its sources.

use std::fmt;

use hearth_protocol::names::ServerName;
use toml::{Table, Value};

use super::Config;
use super::nearest::nearest;
use super::print::environment_name;
use super::value::{Given, Setting as _};

/// Where a configuration comes from, weakest first.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The file's name, for error messages, and its text.
    pub file: Option<(String, String)>,
    /// Environment variables; those that do not begin with `HEARTH_` are ignored.
    pub environment: Vec<(String, String)>,
    /// Flags: the full key (`tls.mode`) and the text given.
    pub flags: Vec<(String, String)>,
}

/// Why a configuration cannot be used. Every variant names the source and the key.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is not TOML.
    #[error("{file} is not a valid configuration file: {reason}")]
    Syntax {
        /// The file's name.
        file: String,
        /// What the parser said, with line and column.
        reason: Box<toml::de::Error>,
    },
    /// A key that does not exist.
    #[error("{source_name}: there is no setting \"{key}\"{}", DidYouMean(nearest.as_deref()))]
    UnknownKey {
        /// Where it was given.
        source_name: String,
        /// The key as given.
        key: String,
        /// The known key that resembles it most, if any does.
        nearest: Option<String>,
    },
    /// A value that its key cannot take.
    #[error("{source_name}: {key}: {reason}")]
    Value {
        /// Where it was given.
        source_name: String,
        /// The key.
        key: String,
        /// What was expected.
        reason: String,
    },
}

/// The closing words of an error about an unknown key.
struct DidYouMean<'a>(Option<&'a str>);

impl fmt::Display for DidYouMean<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(nearest) => write!(formatter, "; did you mean \"{nearest}\"?"),
            None => Ok(()),
        }
    }
}

/// Reads the sources over the defaults, the strongest last.
pub fn load(sources: &Sources) -> Result<Config, ConfigError> {
    let mut config = Config::default();
    if let Some((name, text)) = &sources.file {
        config.apply_file(name, text)?;
    }
    for (name, text) in &sources.environment {
        config.apply_environment(name, text)?;
    }
    for (key, text) in &sources.flags {
        config.apply("command line", key, Given::Text(text))?;
    }
    Ok(config)
}

impl Config {
    fn apply_file(&mut self, file: &str, text: &str) -> Result<(), ConfigError> {
        let table: Table = text.parse().map_err(|reason| ConfigError::Syntax {
            file: file.to_owned(),
            reason: Box::new(reason),
        })?;
        for (section, value) in &table {
            match value {
                Value::Table(hosts) if section == "hosts" => {
                    for (name, address) in hosts {
                        self.add_host(file, name, Given::Toml(address))?;
                    }
                }
                Value::Table(keys) => {
                    for (key, value) in keys {
                        self.apply(file, &format!("{section}.{key}"), Given::Toml(value))?;
                    }
                }
                _ => return Err(self.unknown(file, section)),
            }
        }
        Ok(())
    }

    /// Variables under `HEARTH_<SECTION>_` must be known; other `HEARTH_` names belong to other tools.
    fn apply_environment(&mut self, name: &str, text: &str) -> Result<(), ConfigError> {
        if name == "HEARTH_HOSTS" {
            return self.apply_hosts_list(name, text);
        }
        if let Some(key) = self
            .key_names()
            .into_iter()
            .find(|key| environment_name(key) == name)
        {
            return self.apply(name, &key, Given::Text(text));
        }
        let is_ours = self
            .sections()
            .iter()
            .any(|section| name.starts_with(&environment_name(&format!("{}.", section.name()))));
        if !is_ours {
            return Ok(());
        }
        let names: Vec<String> = self.key_names().iter().map(|key| environment_name(key)).collect();
        Err(ConfigError::UnknownKey {
            source_name: "environment".to_owned(),
            key: name.to_owned(),
            nearest: nearest(name, names.iter().map(String::as_str)),
        })
    }

    fn apply_hosts_list(&mut self, source: &str, text: &str) -> Result<(), ConfigError> {
        for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            let (name, address) = entry.split_once('=').unwrap_or((entry, ""));
            self.add_host(source, name.trim(), Given::Text(address.trim()))?;
        }
        Ok(())
    }

    fn add_host(&mut self, source: &str, name: &str, address: Given<'_>) -> Result<(), ConfigError> {
        let fault = |reason: String| ConfigError::Value {
            source_name: source.to_owned(),
            key: format!("hosts.\"{name}\""),
            reason,
        };
        let server = ServerName::parse(name).map_err(|error| fault(error.to_string()))?;
        let address = std::net::SocketAddr::read(address).map_err(fault)?;
        self.hosts.insert(server, address);
        Ok(())
    }

    fn apply(&mut self, source: &str, key: &str, given: Given<'_>) -> Result<(), ConfigError> {
        let (section, name) = key.split_once('.').unwrap_or((key, ""));
        let known = self
            .sections_mut()
            .into_iter()
            .find(|candidate| candidate.name() == section);
        let found = known.map_or(Ok(false), |section| section.set(name, given));
        match found {
            Ok(true) => Ok(()),
            Ok(false) => Err(self.unknown(source, key)),
            Err(reason) => Err(ConfigError::Value {
                source_name: source.to_owned(),
                key: key.to_owned(),
                reason,
            }),
        }
    }

    fn unknown(&self, source: &str, key: &str) -> ConfigError {
        let names = self.key_names();
        ConfigError::UnknownKey {
            source_name: source.to_owned(),
            key: key.to_owned(),
            nearest: nearest(key, names.iter().map(String::as_str)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::config::TlsMode;

    fn file(text: &str) -> Sources {
        Sources {
            file: Some(("hearth.toml".to_owned(), text.to_owned())),
            ..Sources::default()
        }
    }

    #[test]
    fn flags_beat_environment_beats_file_beats_default() {
        let mut sources = file("[limits]\nconnections = 1\nidle_timeout = '9s'\njson_depth = 5");
        sources.environment = vec![
            ("HEARTH_LIMITS_CONNECTIONS".to_owned(), "2".to_owned()),
            ("HEARTH_LIMITS_JSON_DEPTH".to_owned(), "6".to_owned()),
            ("PATH".to_owned(), "/bin".to_owned()),
        ];
        sources.flags = vec![("limits.connections".to_owned(), "3".to_owned())];
        let limits = load(&sources).unwrap().limits;
        assert_eq!(limits.connections, 3);
        assert_eq!(limits.json_depth, 6);
        assert_eq!(limits.idle_timeout, Duration::from_secs(9));
        assert_eq!(limits.requests_per_minute, 300);
    }

    #[test]
    fn unknown_keys_name_the_nearest() {
        let error = load(&file("[listen]\nadresses = ['0.0.0.0:1']"))
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "hearth.toml: there is no setting \"listen.adresses\"; did you mean \"listen.addresses\"?"
        );
        let error = load(&file("mode = 'files'")).unwrap_err().to_string();
        assert!(error.contains("there is no setting \"mode\""), "{error}");

        let environment = vec![("HEARTH_TLS_MODUS".to_owned(), "files".to_owned())];
        let error = load(&Sources {
            environment,
            ..Sources::default()
        })
        .unwrap_err()
        .to_string();
        assert!(error.contains("HEARTH_TLS_MODE"), "{error}");
    }

    #[test]
    fn variables_of_other_tools_are_left_alone() {
        let environment = vec![("HEARTH_SCREENSHOTS".to_owned(), "1".to_owned())];
        assert_eq!(
            load(&Sources {
                environment,
                ..Sources::default()
            })
            .unwrap(),
            Config::default()
        );
    }

    #[test]
    fn wrong_values_say_what_was_expected() {
        let error = load(&file("[tls]\nmode = 'ssl'")).unwrap_err().to_string();
        assert_eq!(
            error,
            "hearth.toml: tls.mode: expected \"self-signed\", \"files\" or \"proxy\""
        );
    }

    #[test]
    fn hosts_come_from_file_and_environment() {
        let mut sources = file("[hosts]\n\"a.hearth.test\" = '127.0.0.2:8441'");
        sources.environment = vec![(
            "HEARTH_HOSTS".to_owned(),
            "b.hearth.test=127.0.0.3:8442".to_owned(),
        )];
        let hosts = load(&sources).unwrap().hosts;
        let names: Vec<&str> = hosts.keys().map(ServerName::as_str).collect();
        assert_eq!(names, ["a.hearth.test", "b.hearth.test"]);
        assert!(load(&file("[hosts]\n\"a b\" = '127.0.0.2:8441'")).is_err());
    }

    #[test]
    fn words_become_choices() {
        assert_eq!(
            load(&file("[tls]\nmode = 'proxy'")).unwrap().tls.mode,
            TlsMode::Proxy
        );
    }
}
