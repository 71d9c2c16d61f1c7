//! What a client sends, and what follows from it.

use axum::extract::ws::Message;
use futures_util::SinkExt as _;
use hearth_bus::Topic;
use hearth_core::channels;
use hearth_core::live::{self, TypingError};
use hearth_protocol::ids::ChannelId;

use super::super::close::Close;
use super::super::frame::ClientFrame;
use super::{Ending, FAREWELL, Pulse, Session};

impl Session {
    /// Handles a frame of the client, or the end of its frames.
    pub(super) async fn on_frame(&mut self, frame: Result<Message, axum::Error>) -> Result<(), Ending> {
        let frame = frame.map_err(|error| reading_failed(&error))?;
        let was_pinged = matches!(std::mem::replace(&mut self.pulse, Pulse::Heard), Pulse::Pinged);
        self.timer.reset();
        let is_answer = was_pinged && matches!(frame, Message::Pong(_));
        if !is_answer && !self.pace.take(self.app.clock.monotonic()) {
            return Err(Close::TOO_FAST.into());
        }
        match frame {
            Message::Text(text) => self.on_text(&text).await,
            Message::Binary(_) => self.complain("Invalid JSON").await,
            Message::Ping(_) | Message::Pong(_) => Ok(()),
            Message::Close(_) => {
                // Lets the answer to the client's goodbye out.
                let _ = tokio::time::timeout(FAREWELL, self.socket.flush()).await;
                Err(Ending::Gone)
            }
        }
    }

    async fn on_text(&mut self, text: &str) -> Result<(), Ending> {
        match ClientFrame::parse(text) {
            Ok(ClientFrame::Ignored) => Ok(()),
            Ok(ClientFrame::Presence(presence)) => {
                live::set_presence(&self.app.core, &self.actor, presence).await;
                Ok(())
            }
            Ok(ClientFrame::Subscribe(channel)) => self.subscribe(channel).await,
            Ok(ClientFrame::Typing { channel, is_typing }) => self.typing(channel, is_typing).await,
            Err(fault) => self.complain(fault.0).await,
        }
    }

    /// Members hear their channels without asking; asking is answered for clients that do.
    async fn subscribe(&mut self, channel: ChannelId) -> Result<(), Ending> {
        let topic = Topic::Channel(channel);
        if self.subscriber.has_joined(&topic) {
            return Ok(());
        }
        // Joined only after the answer: leaving again would not take back what was queued meanwhile. A
        // membership that ends meanwhile is told behind it, on the account's own topic.
        match channels::is_member(&self.app.core, channel, self.actor.user_id).await {
            Ok(true) => {
                self.subscriber.join(topic);
                Ok(())
            }
            refused => {
                if let Err(error) = refused {
                    tracing::warn!(%error, "could not ask whether a socket may hear a channel");
                }
                self.complain("Not a member of this channel").await
            }
        }
    }

    async fn typing(&mut self, channel: ChannelId, is_typing: bool) -> Result<(), Ending> {
        match live::typing(&self.app.core, &self.actor, channel, is_typing).await {
            // A notice too many is not worth an error: the next one will do.
            Ok(()) | Err(TypingError::TooMany { .. }) => Ok(()),
            Err(TypingError::NotMember) => self.complain("Not a member of this channel").await,
            Err(TypingError::Store(error)) => {
                tracing::warn!(%error, "could not pass on a typing notice");
                Ok(())
            }
        }
    }

    async fn complain(&mut self, words: &str) -> Result<(), Ending> {
        let text = serde_json::json!({ "error": words }).to_string();
        self.send(Message::Text(text.into())).await
    }
}

/// Reading fails for three reasons: the frame is too large, the client broke the protocol, or it is gone.
fn reading_failed(error: &axum::Error) -> Ending {
    let words = error.to_string();
    if words.contains("too long") || words.contains("too big") {
        Close::TOO_BIG.into()
    } else {
        Ending::Gone
    }
}
