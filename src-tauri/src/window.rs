//! The one window: how it is made, shown, and kept on the app's own pages.

use tauri::utils::config::WindowConfig;
use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Manager, Url, WebviewWindowBuilder};

/// The window's label, as `tauri.conf.json` and the capabilities name it.
pub(crate) const LABEL: &str = "main";

/// Makes the window as `tauri.conf.json` describes it. It is made here and not by Tauri, because only a builder
/// takes the rules about navigation.
pub(crate) fn make(app: &AppHandle) -> anyhow::Result<()> {
    let config = described(app)?;
    let development = app.config().build.dev_url.clone().filter(|_| tauri::is_dev());
    WebviewWindowBuilder::from_config(app, config)?
        .on_navigation(move |url| {
            let stays = is_own_page(url, development.as_ref());
            if !stays {
                tracing::warn!(
                    scheme = url.scheme(),
                    host = url.host_str(),
                    "navigation away was refused"
                );
            }
            stays
        })
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    Ok(())
}

/// Brings the window to the front, from wherever it was.
pub(crate) fn show(app: &AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else {
        return;
    };
    let shown = window
        .show()
        .and_then(|()| window.unminimize())
        .and_then(|()| window.set_focus());
    if let Err(error) = shown {
        tracing::warn!(%error, "the window could not be brought to the front");
    }
}

/// Takes the window away without ending anything.
pub(crate) fn hide(app: &AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else {
        return;
    };
    if let Err(error) = window.hide() {
        tracing::warn!(%error, "the window could not be hidden");
    }
}

fn described(app: &AppHandle) -> anyhow::Result<&WindowConfig> {
    let mut windows = app.config().app.windows.iter();
    let found = windows.find(|window| window.label == LABEL);
    found.ok_or_else(|| anyhow::anyhow!("tauri.conf.json describes no window called {LABEL}"))
}

/// Whether a page is the app's own: what travels in the binary or, in development, what Vite serves.
fn is_own_page(url: &Url, development: Option<&Url>) -> bool {
    let embedded = match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        // How the same pages are addressed where web views know no schemes of ours (Windows).
        "http" | "https" => cfg!(windows) && url.host_str() == Some("tauri.localhost"),
        _ => false,
    };
    embedded || development.is_some_and(|development| development.origin() == url.origin())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().expect("a good address")
    }

    #[test]
    fn only_the_apps_own_pages_are_shown() {
        assert!(is_own_page(&url("tauri://localhost/"), None));
        assert!(is_own_page(&url("tauri://localhost/index.html#/servers"), None));
        for elsewhere in [
            "https://example.org/",
            "http://127.0.0.1:5174/",
            "tauri://elsewhere/",
            "file:///etc/passwd",
            "data:text/html,hello",
            "javascript:alert(1)",
        ] {
            assert!(!is_own_page(&url(elsewhere), None), "{elsewhere}");
        }
    }

    #[test]
    fn development_adds_its_server_and_nothing_else() {
        let vite = url("http://127.0.0.1:5174");
        assert!(is_own_page(
            &url("http://127.0.0.1:5174/routes/home"),
            Some(&vite)
        ));
        assert!(!is_own_page(&url("http://127.0.0.1:5173/"), Some(&vite)));
        assert!(!is_own_page(&url("http://localhost:5174/"), Some(&vite)));
    }
}
