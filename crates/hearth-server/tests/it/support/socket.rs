//! A client's end of a socket, over a real connection.

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::TestApp;
use super::app::NAME;
use super::people::Person;

/// A client's end of a WebSocket.
pub(crate) struct Socket(WebSocketStream<TlsStream<TcpStream>>);

impl TestApp {
    /// Opens a socket with a ticket, from no page at all.
    pub(crate) async fn open(&self, ticket: &str) -> Socket {
        self.try_open(&format!("?ticket={ticket}"), None).await.unwrap()
    }

    /// Opens a socket for somebody and waits until it hears.
    pub(crate) async fn socket(&self, who: &Person) -> Socket {
        let ticket = self.ticket(who).await;
        let mut socket = self.open(&ticket).await;
        socket.settle().await;
        socket
    }

    /// Tries to open a socket.
    pub(crate) async fn try_open(&self, query: &str, origin: Option<&str>) -> Result<Socket, Error> {
        let stream = self.connect().await;
        self.try_open_over(stream, query, origin).await
    }

    /// Tries to open a socket over a connection that is already there.
    pub(crate) async fn try_open_over(
        &self,
        stream: TlsStream<TcpStream>,
        query: &str,
        origin: Option<&str>,
    ) -> Result<Socket, Error> {
        let mut request = format!("wss://{NAME}/ws{query}").into_client_request().unwrap();
        if let Some(origin) = origin {
            request
                .headers_mut()
                .insert("origin", HeaderValue::from_str(origin).unwrap());
        }
        let (socket, _) = tokio_tungstenite::client_async(request, stream).await?;
        Ok(Socket(socket))
    }
}

impl Socket {
    /// The next event.
    pub(crate) async fn event(&mut self) -> Value {
        match self.message().await {
            Message::Text(text) => serde_json::from_str(&text).unwrap(),
            other => panic!("not an event: {other:?}"),
        }
    }

    /// The next message that is not a ping or pong.
    pub(crate) async fn message(&mut self) -> Message {
        loop {
            match self.0.next().await.expect("the socket is open").unwrap() {
                Message::Ping(_) | Message::Pong(_) => {}
                message => return message,
            }
        }
    }

    /// The code with which the server closes, whatever it says before.
    pub(crate) async fn close_code(&mut self) -> u16 {
        loop {
            if let Message::Close(frame) = self.message().await {
                return frame.expect("a reason").code.into();
            }
        }
    }

    pub(crate) async fn send(&mut self, frame: &Value) {
        self.send_text(&frame.to_string()).await;
    }

    pub(crate) async fn send_text(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    pub(crate) async fn send_message(&mut self, message: Message) {
        self.0.send(message).await.unwrap();
    }

    /// Sends without minding whether anybody listens; `false` when nobody does.
    pub(crate) async fn try_send(&mut self, text: &str) -> bool {
        self.0.send(Message::text(text)).await.is_ok()
    }

    /// Waits until the server's loop runs: whatever is published from now on is heard.
    pub(crate) async fn settle(&mut self) {
        self.send_text("settle").await;
        assert_eq!(self.event().await["error"], "Invalid JSON");
    }

    /// Waits until everything sent so far has been handled, and returns the events that came meanwhile.
    pub(crate) async fn drain(&mut self) -> Vec<Value> {
        self.send_text("drain").await;
        let mut events = Vec::new();
        loop {
            let event = self.event().await;
            if event["error"] == "Invalid JSON" {
                return events;
            }
            events.push(event);
        }
    }

    /// Says goodbye and waits for the answer.
    pub(crate) async fn leave(mut self) {
        self.0.close(None).await.unwrap();
        while let Some(Ok(_)) = self.0.next().await {}
    }
}
