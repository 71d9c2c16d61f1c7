//! Writing a configuration down: the documented sample, and what is in effect.

use std::fmt::Write as _;

use super::{Config, HOSTS_ABOUT, Key, Section};

/// The documented sample file: every key with its default, commented out.
pub fn sample() -> String {
    let mut text = String::from(
        "# Hearth: every setting with its default. Made by `hearthd config sample` from the program itself.\n\
         # A setting counts in this order: flag, environment variable, this file, default.\n",
    );
    let defaults = Config::default();
    for section in defaults.sections() {
        write_heading(&mut text, section.name(), section.about());
        for key in section.keys() {
            write_documented(&mut text, section, &key);
        }
    }
    write_heading(&mut text, "hosts", HOSTS_ABOUT);
    text
}

/// The configuration in effect as a file that would produce it. There are no secrets among the settings.
pub fn effective(config: &Config) -> String {
    let mut text = String::new();
    for section in config.sections() {
        line(&mut text, format_args!("[{}]", section.name()));
        for key in section.keys() {
            line(&mut text, format_args!("{} = {}", key.name, key.value));
        }
        text.push('\n');
    }
    line(&mut text, format_args!("[hosts]"));
    for (name, address) in &config.hosts {
        line(&mut text, format_args!("\"{name}\" = \"{address}\""));
    }
    text
}

/// The environment variable of a full key: `tls.mode` is `HEARTH_TLS_MODE`.
pub fn environment_name(key: &str) -> String {
    format!("HEARTH_{}", key.replace('.', "_").to_ascii_uppercase())
}

fn write_heading(text: &mut String, name: &str, about: &[&str]) {
    text.push('\n');
    for about in about {
        line(text, format_args!("#{about}"));
    }
    line(text, format_args!("[{name}]"));
}

fn write_documented(text: &mut String, section: &dyn Section, key: &Key) {
    text.push('\n');
    for doc in key.doc {
        line(text, format_args!("#{doc}"));
    }
    let environment = environment_name(&format!("{}.{}", section.name(), key.name));
    line(
        text,
        format_args!("# Takes {}. Environment: {environment}", key.shape),
    );
    line(text, format_args!("#{} = {}", key.name, key.value));
}

fn line(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    writeln!(text, "{arguments}").expect("writing to a string cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Sources, load};

    fn from_file(text: String) -> Config {
        load(&Sources {
            file: Some(("test".to_owned(), text)),
            ..Sources::default()
        })
        .unwrap()
    }

    #[test]
    fn the_sample_with_every_line_in_effect_is_the_default() {
        // A commented setting has no space after its hash, documentation has one.
        let uncommented: String = sample()
            .lines()
            .map(|line| match line.strip_prefix('#') {
                Some(setting) if !setting.starts_with(' ') => format!("{setting}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        assert_eq!(from_file(uncommented), Config::default());
    }

    #[test]
    fn what_is_in_effect_reads_back_the_same() {
        let mut config = Config::default();
        config.limits.connections = 7;
        config.proxy.trusted = vec![crate::config::Network::parse("10.0.0.0/8").unwrap()];
        config.hosts.insert(
            hearth_protocol::names::ServerName::parse("a.hearth.test:8441").unwrap(),
            ([127, 0, 0, 2], 8441).into(),
        );
        assert_eq!(from_file(effective(&config)), config);
    }

    #[test]
    fn every_key_is_documented() {
        let config = Config::default();
        for section in config.sections() {
            assert!(!section.about().is_empty());
            for key in section.keys() {
                assert!(
                    !key.doc.is_empty() && !key.shape.is_empty(),
                    "{}.{}",
                    section.name(),
                    key.name
                );
            }
        }
    }
}
