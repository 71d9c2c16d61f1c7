//! Gives the web view a language before it exists.
//!
//! Under `LANG=C` (autostart, containers, build machines) `WebKitGTK` tells the page that the language is "C", and
//! `Intl` then throws on it. The variable has to be right before GTK starts, and changing the environment of a
//! running process is not safe with threads about, so a process in that situation starts itself again in its own
//! place: same process id, better environment, long before anything was opened.

use std::ffi::{OsStr, OsString};

/// What is spoken where nothing usable was chosen.
const FALLBACK: &str = "en_US.UTF-8";

/// The variables that decide the language of messages, the strongest first.
const VARIABLES: [&str; 3] = ["LC_ALL", "LC_MESSAGES", "LANG"];

/// Replaces this process by one with a usable locale, where it has none. Returns where it has one, and where
/// replacing fails: a wrong language is better than no window.
#[cfg(target_os = "linux")]
pub(crate) fn ensure() {
    use std::os::unix::process::CommandExt;
    let changes = changes(|name| std::env::var_os(name));
    if changes.is_empty() {
        return;
    }
    let Ok(program) = std::env::current_exe() else {
        return;
    };
    let mut command = std::process::Command::new(program);
    command.args(std::env::args_os().skip(1));
    for (name, value) in changes {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let error = command.exec();
    tracing::warn!(%error, "could not start again with a usable locale");
}

/// Other systems hand the web view the language chosen in their settings.
#[cfg(not(target_os = "linux"))]
pub(crate) fn ensure() {}

/// What to set (or drop, `None`) so that a language is in force. Nothing, where one is.
fn changes(read: impl Fn(&str) -> Option<OsString>) -> Vec<(&'static str, Option<&'static str>)> {
    let mut changes = Vec::new();
    for name in VARIABLES {
        let value = read(name).filter(|value| !value.is_empty());
        match value {
            Some(value) if names_language(&value) => break,
            _ if name == "LANG" => changes.push((name, Some(FALLBACK))),
            Some(_) => changes.push((name, None)),
            None => {}
        }
    }
    changes
}

/// Whether a locale such as `de_AT.UTF-8@euro` names a language, as `C`, `C.UTF-8` and `POSIX` do not.
fn names_language(locale: &OsStr) -> bool {
    let locale = locale.to_string_lossy();
    let language = locale.split(['.', '@']).next().unwrap_or_default();
    !matches!(language, "" | "C" | "POSIX")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEAK: (&str, Option<&str>) = ("LANG", Some(FALLBACK));

    fn with(set: &[(&str, &str)]) -> Vec<(&'static str, Option<&'static str>)> {
        changes(|name| {
            set.iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn a_chosen_language_is_left_alone() {
        assert_eq!(with(&[("LANG", "de_AT.UTF-8")]), []);
        assert_eq!(with(&[("LC_ALL", ""), ("LANG", "nl_NL")]), []);
        assert_eq!(with(&[("LC_ALL", "fr_FR.UTF-8"), ("LANG", "C")]), []);
        assert_eq!(with(&[("LC_MESSAGES", "sv_SE@x"), ("LANG", "")]), []);
    }

    #[test]
    fn without_a_language_one_is_given() {
        assert_eq!(with(&[]), [SPEAK]);
        for lang in ["", "C", "C.UTF-8", "POSIX", "C@x"] {
            assert_eq!(with(&[("LANG", lang)]), [SPEAK], "{lang}");
        }
    }

    #[test]
    fn what_hides_the_language_is_dropped() {
        assert_eq!(with(&[("LC_ALL", "C"), ("LANG", "C")]), [("LC_ALL", None), SPEAK]);
        assert_eq!(
            with(&[("LC_ALL", "C.UTF-8"), ("LANG", "de_DE.UTF-8")]),
            [("LC_ALL", None)]
        );
    }

    #[test]
    fn one_change_is_enough() {
        assert_eq!(with(&[("LANG", FALLBACK)]), []);
    }
}
