//! Properties of names: one spelling each, and nothing that a URL would read differently.

use hearth_protocol::names::{CryptidName, ServerName, UserAddress, Username};
use proptest::prelude::*;
use url::Url;

proptest! {
    #[test]
    fn parsing_never_panics_and_what_passes_is_canonical(text in "\\PC{0,80}") {
        if let Ok(name) = ServerName::parse(&text) {
            prop_assert_eq!(ServerName::parse(name.as_str()), Ok(name.clone()));
            prop_assert!(name.as_str().is_ascii());
            prop_assert_eq!(name.as_str().to_ascii_lowercase(), name.as_str());
        }
    }

    #[test]
    fn texts_that_look_like_names_are_canonical_too(
        text in "[a-zA-Z0-9.\\-_\\[\\]:@/ üß。０xX]{0,24}(:[0-9]{1,6})?"
    ) {
        if let Ok(name) = ServerName::parse(&text) {
            prop_assert_eq!(ServerName::parse(name.as_str()), Ok(name.clone()));
            prop_assert_eq!(serde_json::from_value::<ServerName>(serde_json::to_value(&name).unwrap()).unwrap(), name);
        }
    }

    /// The HTTP client parses the base URL with another parser: both must see the same host and port.
    #[test]
    fn the_url_parser_sees_the_same_host(
        text in "([a-zA-Z0-9.\\-ü。０xX]{1,24}|[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}|\\[[0-9a-f:]{2,20}\\])(:[0-9]{1,5})?"
    ) {
        if let Ok(name) = ServerName::parse(&text) {
            let url = Url::parse(&name.base_url()).unwrap();
            let host = url.host().unwrap();
            let same = match host {
                url::Host::Domain(domain) => domain == name.host(),
                url::Host::Ipv4(ip) => name.ip() == Some(ip.into()),
                url::Host::Ipv6(ip) => name.ip() == Some(ip.into()),
            };
            prop_assert!(same, "{name} became {url}");
            prop_assert_eq!(url.port(), name.port());
            prop_assert_eq!(url.path(), "/");
            prop_assert!(url.username().is_empty() && url.password().is_none());
        }
    }

    #[test]
    fn plain_names_pass(host in "[a-z][a-z0-9]{0,20}(\\.[a-z][a-z0-9]{0,20}){0,3}", port in 1_u16..) {
        let name = ServerName::parse(&format!("{}:{port}", host.to_uppercase())).unwrap();
        prop_assert_eq!(name.host(), host.as_str());
        prop_assert_eq!(name.port(), (port != 443).then_some(port));
    }

    #[test]
    fn a_cryptid_name_is_a_server_name_without_a_port(text in "[a-z0-9.\\-:]{0,24}") {
        if let Ok(name) = CryptidName::parse(&text) {
            let server = name.to_server_name();
            prop_assert_eq!(server.as_str(), name.as_str());
            prop_assert_eq!(server.port(), None);
            prop_assert!(!server.is_ip_literal() && name.as_str().contains('.'));
        }
    }

    #[test]
    fn addresses_come_back_as_they_were(user in "[A-Za-z0-9_-]{3,64}", server in "[a-z]{1,10}\\.[a-z]{2,10}") {
        let text = format!("{user}@{server}");
        let address = UserAddress::parse(&text).unwrap();
        prop_assert_eq!(address.to_string(), text);
        prop_assert_eq!(address, UserAddress::new(Username::parse(&user).unwrap(), ServerName::parse(&server).unwrap()));
    }
}
