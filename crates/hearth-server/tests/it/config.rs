//! The committed sample file is what the program says.

/// Where the sample is committed.
const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/hearth.sample.toml");

#[test]
fn the_committed_sample_is_fresh() {
    let sample = hearth_server::config::sample();
    if std::env::var_os("HEARTH_UPDATE_SAMPLE").is_some() {
        std::fs::write(COMMITTED, &sample).unwrap();
    }
    let committed = std::fs::read_to_string(COMMITTED).unwrap_or_default();
    assert!(
        committed == sample,
        "settings have changed: run `hearthd config sample > docs/hearth.sample.toml`"
    );
}
