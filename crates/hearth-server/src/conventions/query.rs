//! Query strings, read field by field like bodies.

use std::ops::RangeInclusive;

use axum::extract::FromRequestParts;
use hearth_protocol::time::Timestamp;
use http::request::Parts;
use serde_json::Value;
use url::form_urlencoded;

use super::error::ApiError;
use super::fault::Fault;
use super::fields::TextRule;

/// A query type: how it is put together.
pub(crate) trait QueryString: Sized {
    /// Reads the parameters; see [`Parameters`].
    fn read(parameters: &mut Parameters) -> Option<Self>;
}

/// A query string as an argument of a handler.
#[derive(Debug)]
pub(crate) struct Query<T>(pub(crate) T);

impl<T: QueryString, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let mut parameters = Parameters::new(parts.uri.query().unwrap_or_default());
        let made = T::read(&mut parameters);
        match made {
            Some(made) if parameters.faults.is_empty() => Ok(Self(made)),
            _ => Err(ApiError::Invalid(parameters.faults)),
        }
    }
}

/// The decoded parameters of a query string. Of repeated ones the last counts, as upstream's framework has it.
#[derive(Debug)]
pub(crate) struct Parameters {
    pairs: Vec<(String, String)>,
    faults: Vec<Fault>,
}

fn loc(name: &str) -> Vec<Value> {
    vec!["query".into(), name.into()]
}

impl Parameters {
    fn new(query: &str) -> Self {
        Self {
            pairs: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            faults: Vec::new(),
        }
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .rev()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    fn fail<T>(&mut self, fault: Fault) -> Option<T> {
        self.faults.push(fault);
        None
    }

    /// A required text.
    pub(crate) fn text(&mut self, name: &'static str, rule: TextRule) -> Option<String> {
        let Some(text) = self.value(name).map(str::to_owned) else {
            return self.fail(Fault::missing(loc(name)));
        };
        match rule.fault(&text, || loc(name)) {
            Some(fault) => self.fail(fault),
            None => Some(text),
        }
    }

    /// A whole number with a default for when it is absent.
    pub(crate) fn integer_or(
        &mut self,
        name: &'static str,
        default: i64,
        range: RangeInclusive<i64>,
    ) -> Option<i64> {
        let Some(text) = self.value(name) else {
            return Some(default);
        };
        match text.parse::<i64>() {
            Err(_) => self.fail(Fault::unparsable_integer(loc(name))),
            Ok(number) if number < *range.start() => self.fail(Fault::below(loc(name), *range.start())),
            Ok(number) if number > *range.end() => self.fail(Fault::above(loc(name), *range.end())),
            Ok(number) => Some(number),
        }
    }

    /// A whole number that may be absent.
    pub(crate) fn optional_integer(&mut self, name: &'static str, range: RangeInclusive<i64>) -> Option<i64> {
        self.value(name)?;
        self.integer_or(name, *range.start(), range)
    }

    /// A time that may be absent. A `+` that arrived as a space is understood (d3chat.md 3.5).
    pub(crate) fn optional_time(&mut self, name: &'static str) -> Option<Timestamp> {
        match Timestamp::parse_rfc3339(self.value(name)?) {
            Ok(time) => Some(time),
            Err(_) => self.fail(Fault::not_a_time(loc(name))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_to_their_range() {
        for (query, kind) in [
            ("limit=0", "greater_than_equal"),
            ("limit=101", "less_than_equal"),
            ("limit=x", "int_parsing"),
        ] {
            let mut parameters = Parameters::new(query);
            assert_eq!(parameters.integer_or("limit", 50, 1..=100), None);
            assert_eq!(parameters.faults[0].kind, kind, "{query}");
        }
        assert_eq!(Parameters::new("").integer_or("limit", 50, 1..=100), Some(50));
    }

    #[test]
    fn a_plus_that_became_a_space_is_still_a_time() {
        let mut plain = Parameters::new("before=2026-02-16T01:02:03.456789+00:00");
        let mut zulu = Parameters::new("before=2026-02-16T01%3A02%3A03.456789Z");
        assert_eq!(plain.optional_time("before"), zulu.optional_time("before"));
        assert!(plain.faults.is_empty());
    }

    #[test]
    fn the_last_of_repeated_parameters_counts() {
        assert_eq!(
            Parameters::new("q=a&q=b")
                .text("q", TextRule::new(1, 5))
                .as_deref(),
            Some("b")
        );
    }
}
