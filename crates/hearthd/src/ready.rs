//! What is said when the server answers: a line for programs, or a few for people.

use std::io::{self, Write as _};

use hearth_server::RunningServer;
use serde_json::json;

/// One line of JSON on the standard output, and nothing else there.
pub(crate) fn announce_to_programs(server: &RunningServer) -> io::Result<()> {
    let addresses: Vec<String> = server.addresses().iter().map(ToString::to_string).collect();
    let line = json!({
        "addresses": addresses,
        "name": server.server_name().to_string(),
        "fingerprint": server.fingerprint().map(|fingerprint| fingerprint.to_string()),
        "setup_link_file": server.setup_link_file(),
        "key_store": server.key_store().as_str(),
    });
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// Words on the error stream; the setup link, which is a secret and may be piped somewhere, on the standard
/// output.
pub(crate) fn announce_to_people(server: &RunningServer) -> io::Result<()> {
    eprintln!("{} is running: {}", server.server_name(), server.browser_url());
    for address in server.addresses() {
        eprintln!("  listening on {address}");
    }
    if let Some(fingerprint) = server.fingerprint() {
        eprintln!("  certificate {fingerprint}");
    }
    if let Some(note) = server.key_store().note() {
        eprintln!("  {note}");
    }
    let Some(file) = server.setup_link_file() else {
        return Ok(());
    };
    eprintln!(
        "Nobody owns this server yet. Open this link within half an hour (also in {}):",
        file.display()
    );
    let link = std::fs::read_to_string(file)?;
    let mut out = io::stdout().lock();
    writeln!(out, "{}", link.trim_end())?;
    out.flush()
}
