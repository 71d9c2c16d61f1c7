//! One socket from its first event to its end. What its client sends is handled in [`client`].

use std::time::Duration;

use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use futures_util::{FutureExt as _, SinkExt as _};
use hearth_bus::{Lagged, Presence, Signal, Subscriber, Topic};
use hearth_core::live;
use hearth_core::{Actor, channels, sessions};
use tokio::time::{Interval, MissedTickBehavior};

use super::close::Close;
use super::pace::Pace;
use super::table::Place;
use super::ticket::Grant;
use crate::app::App;

mod client;

/// Events that are written together when they are waiting together.
const BATCH: usize = 32;
/// What pages hear when nothing else happens: browsers do not show them pings, and a connection whose other end
/// has vanished looks like a quiet one.
const HEARTBEAT: &str = r#"{"type":"heartbeat"}"#;
/// How long the client is waited for after we have said goodbye: long enough for our last frame to arrive.
const FAREWELL: Duration = Duration::from_secs(2);

/// How a socket ends.
enum Ending {
    /// The client is gone; there is nobody to tell.
    Gone,
    /// We end it, and say why.
    Close(Close),
}

impl From<Close> for Ending {
    fn from(close: Close) -> Self {
        Self::Close(close)
    }
}

/// Whether the client answers.
enum Pulse {
    /// It has been heard since our last ping.
    Heard,
    /// We have pinged and wait for anything.
    Pinged,
}

/// A socket of an account.
pub(super) struct Session {
    app: App,
    actor: Actor,
    socket: WebSocket,
    subscriber: Subscriber,
    pace: Pace,
    pulse: Pulse,
    timer: Interval,
    heartbeat: Interval,
    place: Place,
}

/// Somebody who was let in, and hears already.
pub(super) struct Admitted {
    actor: Actor,
    subscriber: Subscriber,
    place: Place,
}

impl Admitted {
    /// Lets the account in, before the client is told that its socket is open: whoever sees it open may ask what
    /// it has missed, and everything after that question must arrive by itself.
    pub(super) async fn admit(app: &App, grant: Grant) -> Result<Self, Close> {
        // The queue hears before anything is asked, so that nothing that happens meanwhile is missed.
        let subscriber = app.bus.connect(app.config.limits.socket_queue);
        subscriber.join(Topic::User(grant.user_id));
        let actor = sessions::authenticate(&app.core, grant.user_id, grant.session_id).await;
        let actor = actor.map_err(|_| Close::BAD_TICKET)?;
        let channels = channels::ids_of(&app.core, actor.user_id)
            .await
            .map_err(|_| Close::INTERNAL)?;
        for channel in channels {
            subscriber.join(Topic::Channel(channel));
        }
        let place = app.sockets.take(actor.user_id).ok_or(Close::TOO_MANY)?;
        Ok(Self {
            actor,
            subscriber,
            place,
        })
    }
}

impl Session {
    /// Serves an account's socket to the end.
    pub(super) async fn run(app: App, socket: WebSocket, admitted: Admitted) {
        live::set_presence(&app.core, &admitted.actor, Some(Presence::Online)).await;
        Self::new(app, socket, admitted).serve().await;
    }

    fn new(app: App, socket: WebSocket, admitted: Admitted) -> Self {
        let Admitted {
            actor,
            subscriber,
            place,
        } = admitted;
        let limits = &app.config.limits;
        let mut timer = tokio::time::interval(limits.socket_ping_interval);
        timer.reset();
        let mut heartbeat = tokio::time::interval(limits.socket_heartbeat_interval);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        heartbeat.reset();
        Self {
            pace: Pace::new(limits.socket_frames_per_minute, app.clock.monotonic()),
            timer,
            heartbeat,
            pulse: Pulse::Heard,
            app,
            actor,
            socket,
            subscriber,
            place,
        }
    }

    async fn serve(mut self) {
        let ending = self.until_the_end().await;
        if let Ending::Close(close) = ending {
            say_goodbye(&mut self.socket, close).await;
        }
        let Self {
            app, actor, place, ..
        } = self;
        drop(place);
        if !app.sockets.has(actor.user_id) {
            live::set_presence(&app.core, &actor, None).await;
        }
    }

    /// Stopping comes first; then what the house has to say, which may be to leave a channel or to end; then
    /// the client; silence and heartbeats last.
    async fn until_the_end(&mut self) -> Ending {
        let stopping = self.app.stopping.clone();
        loop {
            let step = tokio::select! {
                biased;
                () = stopping.cancelled() => Err(Close::STOPPING.into()),
                signal = self.subscriber.recv() => self.on_signals(signal).await,
                frame = self.socket.recv() => match frame {
                    Some(frame) => self.on_frame(frame).await,
                    None => Err(Ending::Gone),
                },
                _ = self.timer.tick() => self.on_silence().await,
                _ = self.heartbeat.tick() => self.send(Message::Text(Utf8Bytes::from_static(HEARTBEAT))).await,
            };
            if let Err(ending) = step {
                return ending;
            }
        }
    }

    /// Handles a signal and those that wait behind it, then writes all of their events at once.
    async fn on_signals(&mut self, first: Result<Signal, Lagged>) -> Result<(), Ending> {
        let mut next = Some(first);
        let mut taken = 0;
        while let Some(signal) = next {
            let signal = signal.map_err(|Lagged| Close::TOO_SLOW)?;
            self.on_signal(signal).await?;
            taken += 1;
            next = if taken < BATCH {
                self.subscriber.recv().now_or_never()
            } else {
                None
            };
        }
        let flushed =
            tokio::time::timeout(self.app.config.limits.socket_write_timeout, self.socket.flush()).await;
        written(flushed)
    }

    async fn on_signal(&mut self, signal: Signal) -> Result<(), Ending> {
        match signal {
            Signal::Event(json) => match Utf8Bytes::try_from(json) {
                Ok(text) => self.write(Message::Text(text)).await?,
                Err(_) => return Err(Close::INTERNAL.into()),
            },
            Signal::Joined(channel) => self.subscriber.join(Topic::Channel(channel)),
            Signal::Left(channel) => self.subscriber.leave(&Topic::Channel(channel)),
            Signal::CloseSession {
                session,
                code,
                reason,
            } => {
                if session.is_none_or(|session| session == self.actor.session_id) {
                    return Err(Close { code, reason }.into());
                }
            }
        }
        Ok(())
    }

    async fn on_silence(&mut self) -> Result<(), Ending> {
        match self.pulse {
            Pulse::Pinged => Err(Ending::Gone),
            Pulse::Heard => {
                self.pulse = Pulse::Pinged;
                self.timer.reset_after(self.app.config.limits.socket_ping_timeout);
                self.send(Message::Ping(<_>::default())).await
            }
        }
    }

    /// Gives a frame to the socket's buffer; it leaves with the next flush, or earlier.
    async fn write(&mut self, message: Message) -> Result<(), Ending> {
        let limit = self.app.config.limits.socket_write_timeout;
        written(tokio::time::timeout(limit, self.socket.feed(message)).await)
    }

    async fn send(&mut self, message: Message) -> Result<(), Ending> {
        let limit = self.app.config.limits.socket_write_timeout;
        written(tokio::time::timeout(limit, self.socket.send(message)).await)
    }
}

/// A write that takes too long means a client that does not read.
fn written<T>(result: Result<Result<(), axum::Error>, T>) -> Result<(), Ending> {
    match result {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(Ending::Gone),
        Err(_) => Err(Close::TOO_SLOW.into()),
    }
}

/// Says goodbye and waits a moment for the client to say it too: a connection that is dropped with unread
/// frames in it would take our last frame along.
pub(super) async fn say_goodbye(socket: &mut WebSocket, close: Close) {
    let farewell = async {
        if socket.send(Message::Close(Some(close.frame()))).await.is_ok() {
            while let Some(Ok(_)) = socket.recv().await {}
        }
    };
    let _ = tokio::time::timeout(FAREWELL, farewell).await;
}
