//! The seam behind [`Store`](crate::Store): what an engine must do, and the closures it is handed.
//!
//! Closures arrive with their types erased. An engine runs one inside a transaction, decides its fate
//! (committed, undone, failed) and then finishes it, which answers the caller. A closure that is dropped
//! unfinished answers [`StoreError::Closed`].

use std::fmt::Debug;
use std::pin::Pin;

use tokio::sync::oneshot;

use crate::{ReadTx, StoreError, WriteTx};

/// What submitting to an engine or closing it returns.
pub(crate) type Pending<'a> = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + 'a>>;

/// Where the data is kept.
pub(crate) trait Engine: Debug + Send + Sync {
    /// Takes a read; waits while the engine has all it can hold.
    fn read(&self, job: Box<dyn ReadJob>) -> Pending<'_>;

    /// Takes a write; waits while the engine has all it can hold.
    fn write(&self, job: Box<dyn WriteJob>) -> Pending<'_>;

    /// Searches everything for damage; [`StoreError::Damaged`] when there is some.
    fn full_check(&self) -> Pending<'_>;

    /// Finishes what was taken, refuses what comes later, and leaves the data as after an orderly stop.
    fn close(&self) -> Pending<'_>;
}

/// A read closure with its types erased.
pub(crate) trait ReadJob: Send {
    /// Runs the closure once and keeps its result.
    fn run(&mut self, tx: &ReadTx<'_>);

    /// Answers the caller: with the closure's result, or with `outcome`'s error.
    fn finish(self: Box<Self>, outcome: Result<(), StoreError>);
}

/// A write closure with its types erased.
pub(crate) trait WriteJob: Send {
    /// Runs the closure and keeps its result. An engine may call this again after undoing the first run.
    fn run(&mut self, tx: &WriteTx<'_>) -> Verdict;

    /// Answers the caller: with the closure's result, or with `outcome`'s error.
    fn finish(self: Box<Self>, outcome: Result<(), StoreError>);
}

/// What a write closure wants done with its changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It returned `Ok`.
    Keep,
    /// It returned `Err`.
    Undo,
}

/// The closure's own result inside, the engine's outside.
pub(crate) type Answer<T, E> = Result<Result<T, E>, StoreError>;

/// A closure with its place for the result and its way back to the caller.
pub(crate) struct Task<F, T, E> {
    work: Option<F>,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Answer<T, E>>,
}

impl<F, T, E> Task<F, T, E> {
    /// Wraps a closure; the receiver gets its answer.
    pub(crate) fn new(work: F) -> (Box<Self>, oneshot::Receiver<Answer<T, E>>) {
        let (reply, answer) = oneshot::channel();
        (
            Box::new(Self {
                work: Some(work),
                result: None,
                reply,
            }),
            answer,
        )
    }

    fn answer(self, outcome: Result<(), StoreError>) {
        let answer = outcome.and_then(|()| self.result.ok_or(StoreError::Closed));
        // The caller may have stopped waiting; the outcome stands all the same.
        let _ = self.reply.send(answer);
    }
}

impl<F, T, E> ReadJob for Task<F, T, E>
where
    F: FnOnce(&ReadTx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: Send,
{
    fn run(&mut self, tx: &ReadTx<'_>) {
        if let Some(work) = self.work.take() {
            self.result = Some(work(tx));
        }
    }

    fn finish(self: Box<Self>, outcome: Result<(), StoreError>) {
        self.answer(outcome);
    }
}

/// A write's closure is `Fn`; this keeps it apart from [`Task`]'s reading kind.
pub(crate) struct WriteTask<F, T, E>(Task<F, T, E>);

impl<F, T, E> WriteTask<F, T, E> {
    /// Wraps a closure; the receiver gets its answer.
    pub(crate) fn new(work: F) -> (Box<Self>, oneshot::Receiver<Answer<T, E>>) {
        let (task, answer) = Task::new(work);
        (Box::new(Self(*task)), answer)
    }
}

impl<F, T, E> WriteJob for WriteTask<F, T, E>
where
    F: Fn(&WriteTx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: Send,
{
    fn run(&mut self, tx: &WriteTx<'_>) -> Verdict {
        let result = self.0.work.as_ref().map(|work| work(tx));
        let verdict = if matches!(result, Some(Ok(_))) {
            Verdict::Keep
        } else {
            Verdict::Undo
        };
        self.0.result = result;
        verdict
    }

    fn finish(self: Box<Self>, outcome: Result<(), StoreError>) {
        self.0.answer(outcome);
    }
}
