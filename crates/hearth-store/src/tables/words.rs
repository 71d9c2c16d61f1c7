//! Enums that are stored as words: one macro gives them their text, both ways.

/// Defines an enum whose variants are stored and shown as the given words.
macro_rules! words {
    (
        $(#[$doc:meta])*
        $name:ident($expected:literal) { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),* $(,)? }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        pub enum $name {
            $($(#[$variant_doc])* $variant),*
        }

        impl $name {
            /// The stored word, which is also the one on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// Reads the stored word; `None` for any other text.
            pub fn parse(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl From<$name> for $crate::Value {
            fn from(word: $name) -> Self {
                Self::from(word.as_str())
            }
        }

        impl $crate::FromValue for $name {
            const EXPECTED: &'static str = $expected;

            fn from_value(value: &$crate::Value) -> Option<Self> {
                match value {
                    $crate::Value::Text(word) => Self::parse(word),
                    _ => None,
                }
            }
        }
    };
}

pub(crate) use words;
