//! The items of a 422 answer: what is wrong with which part of a request (d3chat.md section 1).
//!
//! Types, words and contexts are those of the framework behind upstream's server, because its clients show
//! them. The offending value itself is never repeated (A9): it may be a password.

use hearth_core::{FieldError, FieldFault};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// One fault.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Fault {
    /// What kind of fault, for programs: `missing`, `string_too_long` and so on.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    pub kind: &'static str,
    /// Where: `body`, `query` or `path`, then the field's name or a position.
    #[schema(value_type = Vec<Object>)]
    pub loc: Vec<Value>,
    /// What is wrong, for people.
    pub msg: String,
    /// The limit that was missed, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub ctx: Option<Value>,
}

impl Fault {
    fn new(loc: Vec<Value>, kind: &'static str, msg: impl Into<String>) -> Self {
        Self {
            kind,
            loc,
            msg: msg.into(),
            ctx: None,
        }
    }

    fn context(self, name: &'static str, value: impl Into<Value>) -> Self {
        Self {
            ctx: Some(json!({ name: value.into() })),
            ..self
        }
    }

    pub(crate) fn missing(loc: Vec<Value>) -> Self {
        Self::new(loc, "missing", "Field required")
    }

    pub(crate) fn not_an_object(loc: Vec<Value>) -> Self {
        let words = "Input should be a valid dictionary or object to extract fields from";
        Self::new(loc, "model_attributes_type", words)
    }

    /// The body is not JSON, or JSON beyond the bounds. `offset` counts bytes from the beginning.
    pub(crate) fn json_invalid(offset: usize, reason: &str) -> Self {
        let loc = vec!["body".into(), offset.into()];
        Self::new(loc, "json_invalid", "JSON decode error").context("error", reason)
    }

    pub(crate) fn not_text(loc: Vec<Value>) -> Self {
        Self::new(loc, "string_type", "Input should be a valid string")
    }

    pub(crate) fn too_short(loc: Vec<Value>, minimum: usize) -> Self {
        let words = format!("String should have at least {minimum} {}", characters(minimum));
        Self::new(loc, "string_too_short", words).context("min_length", minimum)
    }

    pub(crate) fn too_long(loc: Vec<Value>, maximum: usize) -> Self {
        let words = format!("String should have at most {maximum} {}", characters(maximum));
        Self::new(loc, "string_too_long", words).context("max_length", maximum)
    }

    pub(crate) fn pattern(loc: Vec<Value>, pattern: &'static str) -> Self {
        let words = format!("String should match pattern '{pattern}'");
        Self::new(loc, "string_pattern_mismatch", words).context("pattern", pattern)
    }

    pub(crate) fn not_a_uuid(loc: Vec<Value>) -> Self {
        Self::new(loc, "uuid_parsing", "Input should be a valid UUID")
    }

    pub(crate) fn not_an_integer(loc: Vec<Value>) -> Self {
        Self::new(loc, "int_type", "Input should be a valid integer")
    }

    pub(crate) fn unparsable_integer(loc: Vec<Value>) -> Self {
        let words = "Input should be a valid integer, unable to parse string as an integer";
        Self::new(loc, "int_parsing", words)
    }

    pub(crate) fn below(loc: Vec<Value>, minimum: i64) -> Self {
        let words = format!("Input should be greater than or equal to {minimum}");
        Self::new(loc, "greater_than_equal", words).context("ge", minimum)
    }

    pub(crate) fn above(loc: Vec<Value>, maximum: i64) -> Self {
        let words = format!("Input should be less than or equal to {maximum}");
        Self::new(loc, "less_than_equal", words).context("le", maximum)
    }

    pub(crate) fn not_a_boolean(loc: Vec<Value>) -> Self {
        Self::new(loc, "bool_type", "Input should be a valid boolean")
    }

    pub(crate) fn not_a_time(loc: Vec<Value>) -> Self {
        let words = "Input should be a valid datetime or date";
        Self::new(loc, "datetime_from_date_parsing", words)
    }

    pub(crate) fn not_an_email(loc: Vec<Value>) -> Self {
        Self::new(loc, "value_error", "value is not a valid email address")
    }

    pub(crate) fn control(loc: Vec<Value>) -> Self {
        Self::new(loc, "value_error", "String should not contain control characters")
    }

    /// A limit that the rules of the house check themselves.
    pub(crate) fn of_field(error: &FieldError) -> Self {
        let loc = vec!["body".into(), error.field.into()];
        match error.fault {
            FieldFault::TooShort { min_length } => Self::too_short(loc, min_length),
            FieldFault::TooLong { max_length } => Self::too_long(loc, max_length),
            FieldFault::TooSmall { ge } => Self::below(loc, ge),
            FieldFault::TooLarge { le } => Self::above(loc, le),
            FieldFault::Control => Self::control(loc),
            FieldFault::NotAnEmail => Self::not_an_email(loc),
        }
    }

    /// A word that is none of the allowed ones.
    pub(crate) fn not_a_choice(loc: Vec<Value>, expected: &'static str) -> Self {
        Self::new(loc, "enum", format!("Input should be {expected}")).context("expected", expected)
    }
}

fn characters(count: usize) -> &'static str {
    if count == 1 { "character" } else { "characters" }
}
