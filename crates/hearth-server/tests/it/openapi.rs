//! The committed API document is what the program says.

use std::path::Path;

/// Where the document is committed, for the client that is generated from it.
const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/packages/api/openapi.json");

#[test]
fn the_committed_document_is_fresh() {
    let document = hearth_server::openapi::document_json();
    if std::env::var_os("HEARTH_UPDATE_OPENAPI").is_some() {
        std::fs::write(COMMITTED, &document).unwrap();
    }
    let committed = std::fs::read_to_string(Path::new(COMMITTED)).unwrap_or_default();
    assert!(
        committed == document,
        "the API has changed: run `hearthd openapi > ui/packages/api/openapi.json` and generate the client anew"
    );
}
