//! Names that nobody may take: they would speak for the house (A12).

use hearth_protocol::names::Username;

/// Folded. Names that sound like the server itself, its staff, a mailbox of RFC 2142, or everybody.
const RESERVED: &[&str] = &[
    "abuse",
    "admin",
    "administrator",
    "all",
    "anonymous",
    "channel",
    "console",
    "deleted",
    "everyone",
    "hearth",
    "here",
    "host",
    "hostmaster",
    "info",
    "mod",
    "moderator",
    "noreply",
    "no-reply",
    "null",
    "official",
    "operator",
    "owner",
    "postmaster",
    "root",
    "security",
    "server",
    "service",
    "staff",
    "superadmin",
    "support",
    "system",
    "undefined",
    "unknown",
    "webmaster",
];

/// Whether a name is kept for the house, in whatever case and with whatever joins its letters.
pub(super) fn is_reserved(name: &Username) -> bool {
    let folded = name.folded();
    let joined: String = folded.chars().filter(char::is_ascii_alphanumeric).collect();
    RESERVED.contains(&folded.as_str()) || RESERVED.contains(&joined.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_house_keeps_its_names() {
        for name in [
            "admin", "Admin", "ADMIN_", "-root-", "no-reply", "noreply", "sys_tem",
        ] {
            assert!(is_reserved(&Username::parse(name).unwrap()), "{name}");
        }
        for name in ["alice", "administrata", "rooted", "bob-admin", "---"] {
            assert!(!is_reserved(&Username::parse(name).unwrap()), "{name}");
        }
    }
}
