//! What is between us and the broker: how many messages are on their way, and when there is room for more.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::sync::Notify;

/// Counts the messages of one connection. Shared by who publishes and the task that runs the connection.
#[derive(Debug)]
pub(super) struct Way {
    /// Handed over, and not answered for by the broker.
    open: AtomicUsize,
    /// False when the broker answers for nothing, because that is the quality of service.
    is_answered: bool,
    room: Arc<Notify>,
    empty: Notify,
}

impl Way {
    /// Nothing is on its way. `qos` is the quality of service of what will be.
    pub(super) fn new(qos: u8) -> Self {
        Self { open: AtomicUsize::new(0), is_answered: qos > 0, room: Arc::default(), empty: Notify::new() }
    }

    /// A message is about to be handed over. Said before it is: it may be answered at once.
    pub(super) fn begins(&self) {
        self.open.fetch_add(1, Ordering::AcqRel);
    }

    /// It was not taken.
    pub(super) fn turned_back(&self) {
        self.arrived();
    }

    /// A message left the queue.
    pub(super) fn sent(&self) {
        if !self.is_answered {
            self.arrived();
        }
        self.room.notify_one();
    }

    /// The broker has answered for a message.
    pub(super) fn settled(&self) {
        if self.is_answered {
            self.arrived();
        }
    }

    /// Notified when something left the queue.
    pub(super) fn room(&self) -> Arc<Notify> {
        Arc::clone(&self.room)
    }

    /// Waits until nothing is on its way.
    pub(super) async fn emptied(&self) {
        while self.open.load(Ordering::Acquire) > 0 {
            self.empty.notified().await;
        }
    }

    fn arrived(&self) {
        let less = |open: usize| open.checked_sub(1);
        let before = self.open.fetch_update(Ordering::AcqRel, Ordering::Acquire, less);
        if before.is_ok_and(|open| open == 1) {
            // Kept for who asks a moment later.
            self.empty.notify_one();
        }
    }
}
