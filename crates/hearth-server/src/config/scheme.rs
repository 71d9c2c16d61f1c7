//! How settings are declared: one macro that makes a struct, its defaults and its documentation from the same
//! lines, so that the sample file, the environment names and `--print-config` cannot drift from the code.

use super::value::Given;

/// One concern's settings, as the loader and the printers see them.
pub trait Section {
    /// The table's name in the file, also the middle part of its environment names.
    fn name(&self) -> &'static str;

    /// The concern's documentation, one line each.
    fn about(&self) -> &'static [&'static str];

    /// Every key with its documentation and present value, in declaration order.
    fn keys(&self) -> Vec<Key>;

    /// Replaces one key's value. `Ok(false)` when there is no such key.
    fn set(&mut self, key: &str, given: Given<'_>) -> Result<bool, String>;
}

/// One key of a section.
#[derive(Clone, Debug)]
pub struct Key {
    /// The key's name in the file.
    pub name: &'static str,
    /// Its documentation, one line each, as written above the field.
    pub doc: &'static [&'static str],
    /// What may be written there, in words.
    pub shape: &'static str,
    /// The present value as TOML text.
    pub value: String,
}

/// Declares the settings of one concern.
macro_rules! settings {
    (
        $(#[doc = $about:literal])+
        pub struct $name:ident in $section:literal {
            $(
                $(#[doc = $doc:literal])+
                pub $field:ident : $type:ty = $default:expr,
            )+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name {
            $( $(#[doc = $doc])+ pub $field: $type, )+
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $( $field: $default, )+ }
            }
        }

        impl $crate::config::scheme::Section for $name {
            fn name(&self) -> &'static str {
                $section
            }

            fn about(&self) -> &'static [&'static str] {
                &[$($about),+]
            }

            fn keys(&self) -> Vec<$crate::config::scheme::Key> {
                vec![$(
                    $crate::config::scheme::Key {
                        name: stringify!($field),
                        doc: &[$($doc),+],
                        shape: <$type as $crate::config::value::Setting>::SHAPE,
                        value: $crate::config::value::Setting::to_toml(&self.$field).to_string(),
                    }
                ),+]
            }

            fn set(
                &mut self,
                key: &str,
                given: $crate::config::value::Given<'_>,
            ) -> Result<bool, String> {
                match key {
                    $( stringify!($field) => {
                        self.$field = $crate::config::value::Setting::read(given)?;
                        Ok(true)
                    } )+
                    _ => Ok(false),
                }
            }
        }
    };
}

pub(crate) use settings;
