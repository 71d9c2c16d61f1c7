//! Build script of the desktop app: reads `tauri.conf.json` and checks what the window may call.
//!
//! It runs in the repository's root, where Tauri would look for `capabilities/` and `permissions/`; both live
//! in `src-tauri/` instead. Declaring permissions at all makes Tauri refuse every command no capability names.

use std::path::Path;

use tauri_build::{AppManifest, Attributes};

/// The console's pages, which travel inside the binary.
const PAGES: &str = "ui/dist/console";

fn main() {
    for source in ["src-tauri/capabilities", "src-tauri/permissions", "icons", PAGES] {
        println!("cargo:rerun-if-changed={source}");
    }
    assert!(
        Path::new(PAGES).join("index.html").exists(),
        "{PAGES} has no pages yet: run `./dev setup`, which builds them, and then build again"
    );
    let manifest = AppManifest::new().permissions_path_pattern("./src-tauri/permissions/*.toml");
    let attributes = Attributes::new()
        .app_manifest(manifest)
        .capabilities_path_pattern("./src-tauri/capabilities/*.json");
    if let Err(error) = tauri_build::try_build(attributes) {
        panic!("{error:#}");
    }
}
