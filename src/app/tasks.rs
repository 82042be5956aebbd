//! The tasks of the service, by name. One that ends before it was told to is news.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use tokio::{
    task::{AbortHandle, Id, JoinError, JoinSet},
    time::{Instant, timeout_at},
};

/// All running tasks.
#[derive(Debug, Default)]
pub(super) struct Tasks {
    set: JoinSet<()>,
    names: BTreeMap<Id, String>,
    handles: BTreeMap<Id, AbortHandle>,
    /// Told to end.
    expected: BTreeSet<Id>,
    /// Ended early while another task's end was waited for.
    news: VecDeque<String>,
}

impl Tasks {
    /// Starts a task under a name.
    pub(super) fn spawn(&mut self, name: &str, task: impl Future<Output = ()> + Send + 'static) {
        let handle = self.set.spawn(task);
        self.names.insert(handle.id(), name.to_owned());
        self.handles.insert(handle.id(), handle);
    }

    /// From now on this task may end.
    pub(super) fn may_end(&mut self, name: &str) {
        let ids = self.names.iter().filter(|(_, other)| *other == name).map(|(id, _)| *id);
        self.expected.extend(ids);
    }

    /// Waits until a task ends that was not told to; gives its name.
    pub(super) async fn unexpected_end(&mut self) -> String {
        if let Some(name) = self.news.pop_front() {
            return name;
        }
        loop {
            match self.set.join_next_with_id().await {
                Some(result) => {
                    if let Some(name) = self.ended(result) {
                        return name;
                    }
                }
                None => std::future::pending().await,
            }
        }
    }

    /// Waits until a task that was told to end has ended; ends it by force when that takes longer than `limit`.
    pub(super) async fn end(&mut self, name: &str, limit: Duration) {
        self.may_end(name);
        let end = Instant::now() + limit;
        while self.names.values().any(|other| other == name) {
            match timeout_at(end, self.set.join_next_with_id()).await {
                Ok(Some(result)) => {
                    let news = self.ended(result);
                    self.news.extend(news);
                }
                Ok(None) => return,
                Err(_) => {
                    tracing::warn!(task = name, "did not end in time and is left behind");
                    return;
                }
            }
        }
    }

    /// Ends all tasks at once but the one of this name: what they hold is free.
    pub(super) fn cut_others(&mut self, name: &str) {
        let others = self.names.iter().filter(|(_, other)| *other != name).map(|(id, _)| *id);
        for id in others.collect::<Vec<_>>() {
            self.expected.insert(id);
            if let Some(handle) = self.handles.get(&id) {
                handle.abort();
            }
        }
    }

    /// Forgets a task that has ended; gives its name when it was not told to.
    fn ended(&mut self, result: Result<(Id, ()), JoinError>) -> Option<String> {
        let (id, panicked) = match result {
            Ok((id, ())) => (id, None),
            Err(error) => (error.id(), Some(error)),
        };
        let name = self.names.remove(&id).unwrap_or_default();
        self.handles.remove(&id);
        if let Some(error) = panicked.filter(|error| !error.is_cancelled()) {
            tracing::error!(task = name, "{error}");
        }
        (!self.expected.remove(&id)).then_some(name)
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    const LONG: Duration = Duration::from_secs(3600);

    fn are_running(tasks: &Tasks) -> Vec<&str> {
        tasks.names.values().map(String::as_str).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_ends_early_is_named() {
        let mut tasks = Tasks::default();
        tasks.spawn("http", pending());
        tasks.spawn("usb", ready(()));
        assert_eq!(tasks.unexpected_end().await, "usb");
        assert_eq!(are_running(&tasks), ["http"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_panic_is_an_end_like_any_other() {
        let mut tasks = Tasks::default();
        tasks.spawn("station desk", async { panic!("on purpose, by this test") });
        assert_eq!(tasks.unexpected_end().await, "station desk");
    }

    #[tokio::test(start_paused = true)]
    async fn an_end_that_was_told_is_no_news() {
        let mut tasks = Tasks::default();
        assert!(timeout_at(Instant::now() + LONG, tasks.unexpected_end()).await.is_err(), "nothing runs");
        tasks.spawn("station desk", ready(()));
        tasks.may_end("station desk");
        assert!(timeout_at(Instant::now() + LONG, tasks.unexpected_end()).await.is_err());
        // Its name may be used again, and is news again.
        tasks.spawn("station desk", ready(()));
        assert_eq!(tasks.unexpected_end().await, "station desk");
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_does_not_end_is_left_behind_after_its_limit() {
        let mut tasks = Tasks::default();
        tasks.spawn("usb", pending());
        tasks.spawn("http", async { drop(timeout_at(Instant::now() + LONG, pending::<()>()).await) });
        let began = Instant::now();
        tasks.end("usb", LONG / 2).await;
        assert_eq!(began.elapsed(), LONG / 2);
        tasks.end("http", LONG).await;
        assert_eq!(began.elapsed(), LONG);
        assert_eq!(are_running(&tasks), ["usb"]);
        tasks.end("of this name there is none", LONG).await;
        assert_eq!(began.elapsed(), LONG);
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_ends_early_while_another_is_waited_for_is_news() {
        let mut tasks = Tasks::default();
        tasks.spawn("usb", ready(()));
        tasks.spawn("station desk", pending());
        tasks.end("station desk", LONG).await;
        assert_eq!(timeout_at(Instant::now() + LONG, tasks.unexpected_end()).await.unwrap(), "usb");
    }
}
