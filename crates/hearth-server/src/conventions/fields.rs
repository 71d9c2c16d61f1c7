//! Reading the fields of a JSON object one by one, so that several faults give several items of one answer.
//!
//! A reader method that returns `None` for a required field has recorded a fault; a request type binds all
//! its fields first and puts itself together with `?` afterwards. A fault in an optional field is recorded too,
//! and what was put together is then thrown away:
//!
//! ```text
//! let username = fields.text("username", USERNAME);
//! let password = fields.text("password", PASSWORD);
//! Some(Self { username: username?, password: password? })
//! ```

use std::ops::RangeInclusive;
use std::str::FromStr;

use serde_json::{Map, Value};

use super::fault::Fault;

/// What a text must be like. Lengths count characters, as upstream's framework does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TextRule {
    min: usize,
    max: usize,
    pattern: Option<Pattern>,
}

/// A pattern as the answer words it, and as a function.
#[derive(Clone, Copy, Debug)]
struct Pattern {
    words: &'static str,
    matches: fn(&str) -> bool,
}

impl TextRule {
    /// Text of `min` to `max` characters.
    pub(crate) const fn new(min: usize, max: usize) -> Self {
        Self {
            min,
            max,
            pattern: None,
        }
    }

    /// Text that also matches a pattern: as the answer words it, and as a function.
    pub(crate) const fn matching(self, words: &'static str, matches: fn(&str) -> bool) -> Self {
        Self {
            pattern: Some(Pattern { words, matches }),
            ..self
        }
    }

    /// The first thing that is wrong with `text`, if anything is.
    pub(super) fn fault(&self, text: &str, loc: impl FnOnce() -> Vec<Value>) -> Option<Fault> {
        let length = text.chars().count();
        if length < self.min {
            return Some(Fault::too_short(loc(), self.min));
        }
        if length > self.max {
            return Some(Fault::too_long(loc(), self.max));
        }
        match self.pattern {
            Some(pattern) if !(pattern.matches)(text) => Some(Fault::pattern(loc(), pattern.words)),
            _ => None,
        }
    }
}

/// The fields of a request body. Unknown ones are ignored.
#[derive(Debug)]
pub(crate) struct Fields<'a> {
    object: &'a Map<String, Value>,
    faults: Vec<Fault>,
}

fn loc(name: &str) -> Vec<Value> {
    vec!["body".into(), name.into()]
}

impl<'a> Fields<'a> {
    /// The fields of a body's object.
    pub(crate) fn new(object: &'a Map<String, Value>) -> Self {
        Self {
            object,
            faults: Vec::new(),
        }
    }

    /// The value made from the fields, or every fault that was found.
    pub(crate) fn finish<T>(self, made: Option<T>) -> Result<T, Vec<Fault>> {
        match made {
            Some(made) if self.faults.is_empty() => Ok(made),
            _ => Err(self.faults),
        }
    }

    /// A field that may be absent; `null` counts as absent.
    fn present(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    fn fail<T>(&mut self, fault: Fault) -> Option<T> {
        self.faults.push(fault);
        None
    }

    /// A required text. An explicit `null` is not a text.
    pub(crate) fn text(&mut self, name: &'static str, rule: TextRule) -> Option<String> {
        match self.object.get(name) {
            None => self.fail(Fault::missing(loc(name))),
            Some(value) => self.check_text(name, value, rule),
        }
    }

    /// A text that may be absent or `null`.
    pub(crate) fn optional_text(&mut self, name: &'static str, rule: TextRule) -> Option<String> {
        self.present(name)
            .and_then(|value| self.check_text(name, value, rule))
    }

    /// A text with a default for when it is absent.
    pub(crate) fn text_or(&mut self, name: &'static str, default: &str, rule: TextRule) -> Option<String> {
        match self.object.get(name) {
            None => Some(default.to_owned()),
            Some(value) => self.check_text(name, value, rule),
        }
    }

    fn check_text(&mut self, name: &'static str, value: &Value, rule: TextRule) -> Option<String> {
        let Some(text) = value.as_str() else {
            return self.fail(Fault::not_text(loc(name)));
        };
        match rule.fault(text, || loc(name)) {
            Some(fault) => self.fail(fault),
            None => Some(text.to_owned()),
        }
    }

    /// A required id.
    pub(crate) fn id<T: FromStr>(&mut self, name: &'static str) -> Option<T> {
        match self.object.get(name) {
            None => self.fail(Fault::missing(loc(name))),
            Some(value) => self.check_id(loc(name), value),
        }
    }

    /// An id that may be absent or `null`.
    pub(crate) fn optional_id<T: FromStr>(&mut self, name: &'static str) -> Option<T> {
        self.present(name)
            .and_then(|value| self.check_id(loc(name), value))
    }

    fn check_id<T: FromStr>(&mut self, loc: Vec<Value>, value: &Value) -> Option<T> {
        match value.as_str().and_then(|text| text.parse().ok()) {
            Some(id) => Some(id),
            None => self.fail(Fault::not_a_uuid(loc)),
        }
    }

    /// A whole number with a default for when it is absent.
    pub(crate) fn integer_or(
        &mut self,
        name: &'static str,
        default: i64,
        range: RangeInclusive<i64>,
    ) -> Option<i64> {
        let Some(value) = self.object.get(name) else {
            return Some(default);
        };
        match value.as_i64() {
            None => self.fail(Fault::not_an_integer(loc(name))),
            Some(number) if number < *range.start() => self.fail(Fault::below(loc(name), *range.start())),
            Some(number) if number > *range.end() => self.fail(Fault::above(loc(name), *range.end())),
            Some(number) => Some(number),
        }
    }

    /// A required truth value.
    pub(crate) fn boolean(&mut self, name: &'static str) -> Option<bool> {
        match self.object.get(name) {
            None => self.fail(Fault::missing(loc(name))),
            Some(Value::Bool(value)) => Some(*value),
            Some(_) => self.fail(Fault::not_a_boolean(loc(name))),
        }
    }

    /// A required word out of a few.
    pub(crate) fn choice<T>(
        &mut self,
        name: &'static str,
        expected: &'static str,
        parse: fn(&str) -> Option<T>,
    ) -> Option<T> {
        match self.object.get(name) {
            None => self.fail(Fault::missing(loc(name))),
            Some(value) => match value.as_str().and_then(parse) {
                Some(chosen) => Some(chosen),
                None => self.fail(Fault::not_a_choice(loc(name), expected)),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read<T>(value: Value, form: impl FnOnce(&mut Fields<'_>) -> Option<T>) -> Result<T, Value> {
        let object = value.as_object().unwrap();
        let mut fields = Fields::new(object);
        let made = form(&mut fields);
        fields
            .finish(made)
            .map_err(|faults| serde_json::to_value(faults).unwrap())
    }

    #[test]
    fn several_faults_give_several_items() {
        let faults = read(json!({"username": "x", "limit": 900}), |fields| {
            let username = fields.text("username", TextRule::new(3, 64));
            let password = fields.text("password", TextRule::new(8, 128));
            let limit = fields.integer_or("limit", 1, 1..=100);
            Some((username?, password?, limit?))
        });
        assert_eq!(
            faults.unwrap_err(),
            json!([
                {"type": "string_too_short", "loc": ["body", "username"],
                 "msg": "String should have at least 3 characters", "ctx": {"min_length": 3}},
                {"type": "missing", "loc": ["body", "password"], "msg": "Field required"},
                {"type": "less_than_equal", "loc": ["body", "limit"],
                 "msg": "Input should be less than or equal to 100", "ctx": {"le": 100}},
            ])
        );
    }

    #[test]
    fn a_fault_in_an_unused_optional_field_still_fails() {
        let result = read(json!({"note": 3}), |fields| {
            Some(fields.optional_text("note", TextRule::new(0, 5)))
        });
        assert_eq!(result.unwrap_err()[0]["type"], "string_type");
    }

    #[test]
    fn lengths_count_characters() {
        let rule = TextRule::new(1, 3);
        assert!(read(json!({"a": "äöü"}), |fields| fields.text("a", rule)).is_ok());
        assert!(read(json!({"a": "äöüß"}), |fields| fields.text("a", rule)).is_err());
    }

    #[test]
    fn null_is_absent_only_where_absence_is_allowed() {
        assert_eq!(
            read(json!({"a": null}), |fields| Some(
                fields.optional_text("a", TextRule::new(0, 1))
            ))
            .unwrap(),
            None
        );
        assert!(read(json!({"a": null}), |fields| fields.text("a", TextRule::new(0, 1))).is_err());
    }
}
