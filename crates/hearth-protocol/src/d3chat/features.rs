//! The optional abilities that a Hearth lists in its descriptor; others list none.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};
use thiserror::Error;

use crate::text::impl_text;

/// Several events in one request.
pub const BATCH: &str = "batch";
/// Direct conversations across servers.
pub const DM: &str = "dm";
/// Files fetched from the server that holds them.
pub const MEDIA: &str = "media";
/// The MLS hub.
pub const MLS1: &str = "mls1";
/// Channels over three and more servers.
pub const PARTICIPANTS: &str = "participants";

/// Why texts are not features.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FeatureError {
    /// A text cannot be the name of a feature.
    #[error("a feature is named by 1 to 32 lower-case letters, digits, `.`, `_` or `-`")]
    Name,
    /// More than [`Features::MAX`] are listed.
    #[error("too many features")]
    TooMany,
}

/// The name of one ability. Unknown ones are kept, because they are part of what a peer attests.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Feature(String);

impl Feature {
    /// Reads a name. It can hold neither a comma nor a line feed, which separate names in signed forms.
    pub fn parse(text: &str) -> Result<Self, FeatureError> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-_".contains(&b);
        let well_formed = (1..=32).contains(&text.len()) && text.bytes().all(allowed);
        if well_formed {
            Ok(Self(text.to_owned()))
        } else {
            Err(FeatureError::Name)
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl_text!(Feature, FeatureError);

/// A server's features: sorted, each once, at most [`Features::MAX`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Features(BTreeSet<Feature>);

impl Features {
    /// Most features a server may list.
    pub const MAX: usize = 64;

    /// The features of these names.
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, FeatureError> {
        let features = names
            .into_iter()
            .map(Feature::parse)
            .collect::<Result<BTreeSet<_>, _>>()?;
        if features.len() > Self::MAX {
            Err(FeatureError::TooMany)
        } else {
            Ok(Self(features))
        }
    }

    /// Whether the server lists none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the server lists this one.
    pub fn contains(&self, name: &str) -> bool {
        self.iter().any(|feature| feature.as_str() == name)
    }

    /// The features in order.
    pub fn iter(&self) -> impl Iterator<Item = &Feature> {
        self.0.iter()
    }

    /// The form in which they are signed: sorted and comma-joined.
    pub fn joined(&self) -> String {
        self.iter().map(Feature::as_str).collect::<Vec<_>>().join(",")
    }
}

impl<'de> Deserialize<'de> for Features {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<Feature>::deserialize(deserializer)?;
        if names.len() > Self::MAX {
            return Err(de::Error::custom(FeatureError::TooMany));
        }
        Ok(Self(names.into_iter().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_sorted_and_joined() {
        let features = Features::of([PARTICIPANTS, BATCH, DM, BATCH]).unwrap();
        assert_eq!(features.joined(), "batch,dm,participants");
        assert!(features.contains(DM) && !features.contains(MLS1));
        assert_eq!(
            serde_json::to_string(&features).unwrap(),
            r#"["batch","dm","participants"]"#
        );
        assert_eq!(Features::default().joined(), "");
    }

    #[test]
    fn names_cannot_forge_the_signed_form() {
        for name in ["", "a,b", "a\nb", "A", "a b", &"x".repeat(33)] {
            assert_eq!(Feature::parse(name), Err(FeatureError::Name), "{name:?}");
        }
        assert!(serde_json::from_str::<Features>(r#"["dm","batch,mls1"]"#).is_err());
    }

    #[test]
    fn the_list_is_bounded() {
        let names: Vec<String> = (0..=Features::MAX).map(|n| format!("f{n}")).collect();
        let list = |names: &[String]| serde_json::to_string(names).unwrap();
        assert!(serde_json::from_str::<Features>(&list(&names[1..])).is_ok());
        assert!(serde_json::from_str::<Features>(&list(&names)).is_err());
    }
}
