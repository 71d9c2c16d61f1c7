//! What a setting's value may be, and how it is read from the file, the environment and the command line.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use hearth_protocol::names::ServerName;
use toml::Value;

use super::duration;

/// A value as it was given: typed by the file, or as text by the environment and the command line.
#[derive(Clone, Copy, Debug)]
pub enum Given<'a> {
    /// From the configuration file.
    Toml(&'a Value),
    /// From an environment variable or a flag.
    Text(&'a str),
}

/// A type that settings may have.
pub(crate) trait Setting: Sized {
    /// What to write, in words, for documentation and error messages.
    const SHAPE: &'static str;

    /// Reads the value; the error says what was expected.
    fn read(given: Given<'_>) -> Result<Self, String>;

    /// The value as it is written in the file.
    fn to_toml(&self) -> Value;
}

fn expected<T: Setting>() -> String {
    format!("expected {}", T::SHAPE)
}

impl Setting for bool {
    const SHAPE: &'static str = "true or false";

    fn read(given: Given<'_>) -> Result<Self, String> {
        match given {
            Given::Toml(value) => value.as_bool().ok_or_else(expected::<Self>),
            Given::Text(text) => text.parse().map_err(|_| expected::<Self>()),
        }
    }

    fn to_toml(&self) -> Value {
        Value::Boolean(*self)
    }
}

/// Whole numbers, all through `i64`, which is what TOML has.
macro_rules! whole_number {
    ($($type:ty),+) => { $(
        impl Setting for $type {
            const SHAPE: &'static str = "a whole number";

            fn read(given: Given<'_>) -> Result<Self, String> {
                let number = match given {
                    Given::Toml(value) => value.as_integer(),
                    Given::Text(text) => text.trim().parse().ok(),
                };
                number.and_then(|number| Self::try_from(number).ok()).ok_or_else(expected::<Self>)
            }

            fn to_toml(&self) -> Value {
                Value::Integer(i64::try_from(*self).unwrap_or(i64::MAX))
            }
        }
    )+ };
}

whole_number!(u32, u64, usize);

/// Values that are a string in the file and parse from it.
macro_rules! from_text {
    ($($type:ty, $shape:literal, $parse:expr, $print:expr;)+) => { $(
        impl Setting for $type {
            const SHAPE: &'static str = $shape;

            fn read(given: Given<'_>) -> Result<Self, String> {
                let text = match given {
                    Given::Toml(value) => value.as_str(),
                    Given::Text(text) => Some(text),
                };
                let parse: fn(&str) -> Option<Self> = $parse;
                text.and_then(parse).ok_or_else(expected::<Self>)
            }

            fn to_toml(&self) -> Value {
                let print: fn(&Self) -> String = $print;
                Value::String(print(self))
            }
        }
    )+ };
}

from_text! {
    String, "text", |text| Some(text.to_owned()), Clone::clone;
    PathBuf, "a path", |text| Some(Self::from(text)), |path| path.display().to_string();
    SocketAddr, "an address and port such as \"127.0.0.1:8443\"", |text| text.parse().ok(), ToString::to_string;
    IpAddr, "an IP address", |text| text.parse().ok(), ToString::to_string;
    ServerName, "a server name such as \"chat.example.org\"", |text| Self::parse(text).ok(), ToString::to_string;
    Duration, "a time such as \"30s\", \"15m\", \"12h\" or \"30d\"", duration::parse, |time| duration::print(*time);
}

/// Optional values; the empty text means none, so that every key can be shown in the sample and reset.
impl<T: Setting> Setting for Option<T> {
    const SHAPE: &'static str = T::SHAPE;

    fn read(given: Given<'_>) -> Result<Self, String> {
        match given {
            Given::Text("") => Ok(None),
            Given::Toml(Value::String(text)) if text.is_empty() => Ok(None),
            given => T::read(given).map(Some),
        }
    }

    fn to_toml(&self) -> Value {
        self.as_ref()
            .map_or_else(|| Value::String(String::new()), Setting::to_toml)
    }
}

/// Lists; the environment and flags separate the items by commas.
impl<T: Setting> Setting for Vec<T> {
    const SHAPE: &'static str = T::SHAPE;

    fn read(given: Given<'_>) -> Result<Self, String> {
        match given {
            Given::Toml(Value::Array(items)) => items.iter().map(|item| T::read(Given::Toml(item))).collect(),
            Given::Toml(_) => Err(format!("expected a list, each item {}", T::SHAPE)),
            Given::Text(text) => text
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(|item| T::read(Given::Text(item)))
                .collect(),
        }
    }

    fn to_toml(&self) -> Value {
        Value::Array(self.iter().map(Setting::to_toml).collect())
    }
}

/// Declares an enumeration of settings whose variants are words in the file.
macro_rules! choice {
    (
        $(#[doc = $about:literal])+
        pub enum $name:ident {
            $( $(#[doc = $doc:literal])+ $variant:ident = $word:literal, )+
        }
        shape = $shape:literal;
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub enum $name {
            $( $(#[doc = $doc])+ $variant, )+
        }

        impl $name {
            /// The word that stands for this choice in files, flags and answers.
            pub fn as_str(self) -> &'static str {
                match self {
                    $( Self::$variant => $word, )+
                }
            }
        }

        impl $crate::config::value::Setting for $name {
            const SHAPE: &'static str = $shape;

            fn read(given: $crate::config::value::Given<'_>) -> Result<Self, String> {
                let text = match given {
                    $crate::config::value::Given::Toml(value) => value.as_str(),
                    $crate::config::value::Given::Text(text) => Some(text),
                };
                match text {
                    $( Some($word) => Ok(Self::$variant), )+
                    _ => Err(format!("expected {}", $shape)),
                }
            }

            fn to_toml(&self) -> toml::Value {
                toml::Value::String(self.as_str().to_owned())
            }
        }
    };
}

pub(crate) use choice;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_come_from_arrays_or_commas() {
        let from_file: Value =
            toml::from_str::<toml::Table>("a = ['127.0.0.1:1', '[::1]:2']").unwrap()["a"].clone();
        let from_text = Vec::<SocketAddr>::read(Given::Text("127.0.0.1:1, [::1]:2")).unwrap();
        assert_eq!(
            Vec::<SocketAddr>::read(Given::Toml(&from_file)).unwrap(),
            from_text
        );
        assert_eq!(Vec::<SocketAddr>::read(Given::Text("")).unwrap(), []);
    }

    #[test]
    fn faults_say_what_was_expected() {
        assert_eq!(
            u32::read(Given::Text("-1")).unwrap_err(),
            "expected a whole number"
        );
        assert!(Duration::read(Given::Text("soon")).unwrap_err().contains("30s"));
        assert!(
            Vec::<SocketAddr>::read(Given::Toml(&Value::Integer(3)))
                .unwrap_err()
                .contains("a list")
        );
    }

    #[test]
    fn the_empty_text_is_no_value() {
        assert_eq!(Option::<PathBuf>::read(Given::Text("")).unwrap(), None);
        assert_eq!(
            Option::<PathBuf>::read(Given::Text("x")).unwrap(),
            Some(PathBuf::from("x"))
        );
    }
}
