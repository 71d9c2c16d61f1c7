//! Several secrets as one text, the content of every kind of key file.
//!
//! The first line names the format; each further line is a name, a space and base64. Names this version does
//! not know are kept as they are, so that an older version does not drop a newer one's keys.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

const FIRST_LINE: &str = "hearth-keys-v1";
/// Far more than there will ever be; a file with more is not ours.
const MAX_SECRETS: usize = 64;
const MAX_NAME_LEN: usize = 64;

/// Named secrets, in the order of their names.
#[derive(Default)]
pub(crate) struct Bundle(BTreeMap<String, Zeroizing<Vec<u8>>>);

impl Bundle {
    /// Reads a text made by [`Bundle::to_text`]; `Err` says what is wrong with it.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, &'static str> {
        let text = std::str::from_utf8(text).map_err(|_| "not a text")?;
        let text = text.strip_suffix('\n').ok_or("the last line is incomplete")?;
        let mut lines = text.split('\n');
        if lines.next() != Some(FIRST_LINE) {
            return Err("not a key file of this version");
        }
        let mut secrets = BTreeMap::new();
        for line in lines {
            let (name, secret) = parse_line(line)?;
            if secrets.insert(name, secret).is_some() {
                return Err("a name appears twice");
            }
        }
        if secrets.len() > MAX_SECRETS {
            return Err("too many secrets");
        }
        Ok(Self(secrets))
    }

    /// The text that [`Bundle::parse`] reads.
    pub(crate) fn to_text(&self) -> Zeroizing<String> {
        let len: usize = self
            .0
            .iter()
            .map(|(name, secret)| name.len() + secret.len().div_ceil(3) * 4 + 2)
            .sum();
        // Reserved in full: a text that grew would leave copies of itself behind in freed memory.
        let mut text = Zeroizing::new(String::with_capacity(FIRST_LINE.len() + 1 + len));
        text.push_str(FIRST_LINE);
        text.push('\n');
        for (name, secret) in &self.0 {
            text.push_str(name);
            text.push(' ');
            STANDARD.encode_string(secret.as_slice(), &mut text);
            text.push('\n');
        }
        text
    }

    /// The secret of a name.
    pub(crate) fn find(&self, name: &str) -> Option<&Zeroizing<Vec<u8>>> {
        self.0.get(name)
    }

    /// Adds or replaces a secret.
    pub(crate) fn insert(&mut self, name: &str, secret: &[u8]) {
        self.0.insert(name.to_owned(), Zeroizing::new(secret.to_vec()));
    }

    /// Removes a secret and says whether there was one.
    pub(crate) fn remove(&mut self, name: &str) -> bool {
        self.0.remove(name).is_some()
    }
}

fn parse_line(line: &str) -> Result<(String, Zeroizing<Vec<u8>>), &'static str> {
    let (name, secret) = line.split_once(' ').ok_or("a line is not a name and a secret")?;
    let is_name_char = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if name.is_empty() || name.len() > MAX_NAME_LEN || !name.bytes().all(is_name_char) {
        return Err("a name is malformed");
    }
    let secret = STANDARD.decode(secret).map_err(|_| "a secret is not base64")?;
    Ok((name.to_owned(), Zeroizing::new(secret)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_round_trip_and_unknown_names_are_kept() {
        let text = b"hearth-keys-v1\nfrom-the-future AAEC\nsigning-key /w==\n";
        let mut bundle = Bundle::parse(text).unwrap();
        assert_eq!(bundle.find("signing-key").unwrap().as_slice(), [0xff]);
        assert_eq!(bundle.to_text().as_bytes(), text);
        assert!(bundle.remove("signing-key") && !bundle.remove("signing-key"));
        bundle.insert("token-key", b"");
        assert_eq!(
            bundle.to_text().as_str(),
            "hearth-keys-v1\nfrom-the-future AAEC\ntoken-key \n"
        );
    }

    #[test]
    fn the_text_is_reserved_in_full() {
        let mut bundle = Bundle::default();
        for len in 0..20 {
            bundle.insert(&format!("k{len}"), &vec![7; len]);
        }
        let text = bundle.to_text();
        assert_eq!(text.len(), text.capacity());
    }

    #[test]
    fn malformed_texts_are_refused() {
        for text in [
            &b""[..],
            b"hearth-keys-v1",
            b"hearth-keys-v2\n",
            b"hearth-keys-v1\n\n",
            b"hearth-keys-v1\nsigning-key\n",
            b"hearth-keys-v1\nSigning AA==\n",
            b"hearth-keys-v1\n AA==\n",
            b"hearth-keys-v1\na AA\n",
            b"hearth-keys-v1\na AA==\na AA==\n",
            b"hearth-keys-v1\na \xff\n",
        ] {
            assert!(Bundle::parse(text).is_err(), "{}", String::from_utf8_lossy(text));
        }
    }
}
