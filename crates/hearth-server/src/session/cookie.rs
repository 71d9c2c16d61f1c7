//! The session cookie of our own browser client.
//!
//! The name carries the port, because browsers share cookies between all ports of a host; the `__Host-` prefix
//! makes browsers refuse it unless it is secure, host-only and for the whole site.

use std::time::Duration;

use http::header::{self, HeaderValue};
use http::request::Parts;
use zeroize::Zeroizing;

use crate::conventions::hosts::Site;

/// The cookie's name on a site.
fn name(site: &Site) -> String {
    match site.port() {
        443 => "__Host-hearth".to_owned(),
        port => format!("__Host-hearth-{port}"),
    }
}

/// The session secret that a request carries, if it carries one. Should a browser send two of the name, none
/// counts: one of them was planted.
pub(crate) fn value(parts: &Parts) -> Option<Zeroizing<String>> {
    let name = name(&Site::of_parts(parts)?);
    let headers = parts
        .headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut values = headers
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(key, _)| *key == name)
        .map(|(_, value)| value);
    let value = values.next()?;
    (values.next().is_none() && !value.is_empty()).then(|| Zeroizing::new(value.to_owned()))
}

/// How long a browser may keep the cookie: as long as browsers keep any. When the session in it ends is for the
/// server to say, which counts anew at each use.
const MAX_AGE: Duration = Duration::from_hours(400 * 24);

/// The header that gives a browser its session.
pub(crate) fn give(site: &Site, secret: &str) -> Option<HeaderValue> {
    let mut header = HeaderValue::from_str(&set(site, secret, MAX_AGE.as_secs())).ok()?;
    header.set_sensitive(true);
    Some(header)
}

/// The header that takes the session away.
pub(crate) fn take_away(site: &Site) -> Option<HeaderValue> {
    HeaderValue::from_str(&set(site, "", 0)).ok()
}

fn set(site: &Site, value: &str, max_age: u64) -> String {
    format!(
        "{}={value}; Path=/; Max-Age={max_age}; Secure; HttpOnly; SameSite=Strict",
        name(site)
    )
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn parts(host: &str, cookies: &[&str]) -> Parts {
        let mut request = Request::get("/").header("host", host);
        for cookie in cookies {
            request = request.header("cookie", *cookie);
        }
        request.body(()).unwrap().into_parts().0
    }

    fn found(host: &str, cookies: &[&str]) -> Option<String> {
        value(&parts(host, cookies)).map(|value| value.to_string())
    }

    #[test]
    fn the_name_depends_on_the_port() {
        let both = "__Host-hearth=a; __Host-hearth-8441=b; other=c";
        assert_eq!(found("a.test", &[both]).as_deref(), Some("a"));
        assert_eq!(found("a.test:8441", &[both]).as_deref(), Some("b"));
        assert_eq!(found("a.test:8442", &[both]), None);
    }

    #[test]
    fn planted_doubles_void_the_cookie() {
        assert_eq!(found("a.test", &["__Host-hearth=a", "__Host-hearth=b"]), None);
        assert_eq!(found("a.test", &["__Host-hearth="]), None);
    }

    #[test]
    fn the_cookie_is_locked_down() {
        let site = Site::of_parts(&parts("a.test:8441", &[])).unwrap();
        let header = give(&site, "secret").unwrap();
        assert_eq!(
            header.to_str().unwrap(),
            "__Host-hearth-8441=secret; Path=/; Max-Age=34560000; Secure; HttpOnly; SameSite=Strict"
        );
    }
}
