//! Runs `uhubctl`: one call at a time on this host, each with an end, each counted.
//!
//! A call that was killed and is not gone (a hub in trouble keeps it inside the kernel) holds up the next ones, because
//! two at once have wedged hubs.

use std::time::Duration;

use tokio::{sync::watch, time::Instant};

use super::{
    UsbSettings,
    call::{self, Failure, Killed, Output},
    lock,
    parser::{Listing, parse},
    tool::{self, Tool},
};
use crate::model::{Driver, Purpose, SwitchProblem, Tally};

/// The way to the tool.
pub(super) struct Runner {
    settings: UsbSettings,
    tally: watch::Sender<Tally>,
    tool: Option<Tool>,
    /// A call that was killed and is not gone.
    stuck: Option<Killed>,
    /// The permission warning is told once.
    warned: bool,
}

/// What one call printed, read.
pub(super) struct Answer {
    pub(super) listing: Listing,
    pub(super) stderr: String,
}

/// Whether the names that devices choose may be in the output.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    /// Left out, if the tool can do that.
    Without,
    /// In it.
    With,
}

impl Runner {
    pub(super) fn new(settings: UsbSettings, tally: watch::Sender<Tally>) -> Self {
        Self { settings, tally, tool: None, stuck: None, warned: false }
    }

    /// How long one call may take.
    pub(super) fn limit(&self) -> Duration {
        self.settings.time_limit.unsigned_abs()
    }
    /// True if the output is always free of names, so that they must be asked for if they are wanted.
    pub(super) fn leaves_out_names(&self) -> bool {
        self.tool.as_ref().is_some_and(|tool| tool.without_names)
    }

    /// Runs the tool once. An answer is one that exited well and showed a hub.
    pub(super) async fn call(
        &mut self,
        purpose: Purpose,
        names: Names,
        arguments: &[&str],
    ) -> Result<Answer, SwitchProblem> {
        if let Some(stuck) = self.stuck.take()
            && let Err(alive) = stuck.gone().await
        {
            self.stuck = Some(alive);
            return Err(SwitchProblem::Timeout(self.limit().as_secs()));
        }
        let (path, without) = {
            let tool = self.tool().await?;
            (tool.info.path.clone(), tool.without_names && names == Names::Without)
        };
        let arguments: Vec<String> =
            without.then_some("-N").into_iter().chain(arguments.iter().copied()).map(str::to_owned).collect();
        // Another service ends a call that hangs after its own limit, so twice the limit is enough for one.
        let lock = lock::acquire(&self.settings.lock, self.limit().saturating_mul(2)).await?;
        let started = Instant::now();
        let ended = call::run(&path, &arguments, self.limit(), Some(lock)).await;
        let took = started.elapsed();
        let done = matches!(&ended, Ok(output) if output.code == Some(0));
        let too_long = matches!(&ended, Err(Failure::TooLong(_)));
        self.tally.send_modify(|tally| {
            tally.entry((Driver::Uhubctl, purpose)).or_default().add(took, done, too_long);
        });
        let arguments = arguments.join(" ");
        tracing::debug!(arguments, milliseconds = took.as_millis(), "uhubctl");
        match ended {
            Ok(output) => self.read(output),
            Err(Failure::NotStarted(error)) => {
                self.tool = None;
                Err(SwitchProblem::ToolMissing(format!("`{}`: {error}", path.display())))
            }
            Err(Failure::TooMuch(killed)) => {
                self.stuck = killed.gone().await.err();
                Err(SwitchProblem::Unreadable("endless output".to_owned()))
            }
            Err(Failure::TooLong(killed)) => {
                self.stuck = killed.gone().await.err();
                tracing::warn!(arguments, stuck = self.stuck.is_some(), "uhubctl hangs");
                Err(SwitchProblem::Timeout(self.limit().as_secs()))
            }
        }
    }

    /// The tool, examined once; again while it is missing, so that installing it is enough.
    async fn tool(&mut self) -> Result<&Tool, SwitchProblem> {
        if let Some(tool) = self.tool.take() {
            return Ok(self.tool.insert(tool));
        }
        let tool = tool::examine(&self.settings).await?;
        tracing::info!(path = %tool.info.path.display(), version = tool.info.version, "uhubctl found");
        if !tool.without_names {
            tracing::warn!("uhubctl is older than 2.5: the names of devices can disturb it");
        }
        Ok(self.tool.insert(tool))
    }

    fn read(&mut self, output: Output) -> Result<Answer, SwitchProblem> {
        let listing = parse(&output.stdout);
        if let Some(problem) = tool::exit_problem(&output) {
            return Err(problem);
        }
        if listing.blocks.is_empty() {
            return Err(SwitchProblem::Unreadable("no hub in its output".to_owned()));
        }
        if let Some(line) = tool::permission_line(&output.stderr)
            && !self.warned
        {
            self.warned = true;
            tracing::warn!(
                line,
                "uhubctl lacks a permission and switches the slow way: power may come back by itself"
            );
        }
        Ok(Answer { listing, stderr: output.stderr })
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;
    use crate::model::Span;

    #[tokio::test(start_paused = true)]
    async fn a_call_that_cannot_be_killed_holds_up_the_next_ones_until_it_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let settings = UsbSettings {
            uhubctl: Some(folder.path().join("nowhere")),
            time_limit: Span::from_secs(3),
            sysfs: folder.path().to_owned(),
            lock: folder.path().join("lock"),
        };
        let mut runner = Runner::new(settings, watch::Sender::new(Tally::new()));
        let (release, released) = oneshot::channel();
        runner.stuck = Some(Killed::until(released));
        for _ in 0..2 {
            let told = runner.call(Purpose::Read, Names::Without, &[]).await.err();
            assert_eq!(told, Some(SwitchProblem::Timeout(3)), "nothing is even tried");
        }
        drop(release);
        let told = runner.call(Purpose::Read, Names::Without, &[]).await.err();
        assert!(matches!(told, Some(SwitchProblem::ToolMissing(_))), "{told:?}");
    }
}
