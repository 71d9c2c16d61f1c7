//! The name a Hearth takes when nobody has chosen one: the machine's own, as the local network knows it.

/// Where an untouched Hearth listens and is found.
pub(crate) const PORT: u16 = 8443;

/// `<machine>.local:8443`, or `localhost:8443` where the machine has no usable name of its own.
pub(crate) fn suggested() -> String {
    from_host(&host_name().unwrap_or_default())
}

/// The suggestion for a given machine name. Only its first label counts: the rest belongs to some network.
fn from_host(host: &str) -> String {
    let label: String = host
        .split('.')
        .next()
        .unwrap_or_default()
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .take(63)
        .collect();
    match label.trim_matches('-') {
        "" | "localhost" => format!("localhost:{PORT}"),
        label => format!("{label}.local:{PORT}"),
    }
}

/// What the kernel says this machine is called.
#[cfg(target_os = "linux")]
fn host_name() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
    Some(name.trim().to_owned())
}

/// Windows and macOS both bring a `hostname` command. Not run in this project's tests.
#[cfg(not(target_os = "linux"))]
fn host_name() -> Option<String> {
    let output = std::process::Command::new("hostname").output().ok()?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_label_becomes_a_local_name() {
        assert_eq!(from_host("Lenas-Laptop"), "lenas-laptop.local:8443");
        assert_eq!(from_host("lena.office.example"), "lena.local:8443");
    }

    #[test]
    fn what_a_name_cannot_hold_is_replaced() {
        assert_eq!(from_host("Büro_PC 2"), "b-ro-pc-2.local:8443");
        assert_eq!(
            from_host(&"x".repeat(80)),
            format!("{}.local:8443", "x".repeat(63))
        );
    }

    #[test]
    fn a_nameless_machine_is_localhost() {
        for host in ["", "localhost", "localhost.localdomain", "---", "..."] {
            assert_eq!(from_host(host), "localhost:8443", "{host:?}");
        }
    }
}
