//! How requests get in and events get out: HTTP routes, WebSocket hub, TLS listener, composition
