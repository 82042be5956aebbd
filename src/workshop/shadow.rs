//! The door to the set of rules in shadow: start it, look at it, end it.
//!
//! Nothing is kept or checked here; one owner in `app` does it, one wish at a time.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{mpsc, oneshot, watch},
    time::timeout,
};

use crate::{
    config::{Edit, Files},
    model::{Author, Diagnostic, ShadowEnd, ShadowId, Timestamp, Version},
};

/// Wishes that may wait; each waits for the one before it.
const WISHES: usize = 8;
/// A thousand rules with their tests take seconds on a Raspberry Pi, and a reload may stand before this.
const PATIENCE: Duration = Duration::from_secs(30);

/// A set of rules in shadow: changes of the files at work that are asked and not followed.
#[derive(Clone, Debug, PartialEq)]
pub struct Shadow {
    /// Its number.
    pub id: ShadowId,
    /// When it was started.
    pub at: Timestamp,
    /// Who started it.
    pub by: Author,
    /// What it changes.
    pub edits: Vec<Edit>,
    /// The version of the files at work that it was made over last.
    pub over: Version,
    /// The version of the files as they would be; `None`: they do not check any more, and it waits until they do.
    pub version: Option<Version>,
    /// Why they do not check.
    pub problems: Vec<Diagnostic>,
    /// Files that it changes and that somebody else has changed since it was started, as one would type them.
    pub overtaken: Vec<String>,
}

/// What is wanted of the shadow.
#[derive(Clone, Debug)]
pub enum ShadowWish {
    /// Start one, in place of the present one.
    Start(Vec<Edit>),
    /// End this one.
    End(ShadowId, ShadowEnd),
}

/// What came of a wish: the shadow that was started or ended.
pub type ShadowAnswer = Result<Arc<Shadow>, NotShadowed>;

/// A wish on its way.
#[derive(Debug)]
pub struct ShadowRequest {
    /// What is wanted.
    pub wish: ShadowWish,
    /// By whom.
    pub by: Author,
    /// Where the answer goes.
    pub answer: oneshot::Sender<ShadowAnswer>,
}

/// Why it was not done. `Display` says what to do.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NotShadowed {
    /// Nothing runs in shadow, or not this.
    #[error("there is no such shadow: see `GET /api/v1/shadow`, and start one with `PUT /api/v1/shadow`")]
    None,
    /// The changes are what the files say already.
    #[error("these changes are what the files say already: there is nothing to compare")]
    Same,
    /// With the changes the files would not be taken.
    #[error("nothing runs in shadow: with these changes the files would not be taken")]
    Rejected(Vec<Diagnostic>),
    /// The disk does not take it.
    #[error("it could not be kept on disk ({0}): nothing was changed")]
    NotKept(String),
    /// Others wait already, or it took too long.
    #[error("the service is busy with other changes: try again in a few seconds")]
    Busy,
    /// The service is stopping.
    #[error("the service is stopping")]
    Stopped,
}

/// Asks for a shadow, and shows the present one. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Shadows {
    wishes: mpsc::Sender<ShadowRequest>,
    present: watch::Receiver<Option<Arc<Shadow>>>,
}

/// A door, and where its wishes arrive; `present` shows the shadow of now.
pub fn shadow_door(
    present: watch::Receiver<Option<Arc<Shadow>>>,
) -> (Shadows, mpsc::Receiver<ShadowRequest>) {
    let (wishes, asked) = mpsc::channel(WISHES);
    (Shadows { wishes, present }, asked)
}

impl Shadows {
    /// The shadow of now.
    pub fn present(&self) -> Option<Arc<Shadow>> {
        self.present.borrow().clone()
    }

    /// Has changes of the files asked in shadow. Answers once they are on disk and asked.
    pub async fn start(&self, edits: Vec<Edit>, by: Author) -> ShadowAnswer {
        self.ask(ShadowWish::Start(edits), by).await
    }

    /// Ends a shadow. Answers once that is on disk.
    pub async fn end(&self, id: ShadowId, how: ShadowEnd, by: Author) -> ShadowAnswer {
        self.ask(ShadowWish::End(id, how), by).await
    }

    async fn ask(&self, wish: ShadowWish, by: Author) -> ShadowAnswer {
        let (answer, done) = oneshot::channel();
        self.wishes.try_send(ShadowRequest { wish, by, answer }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => NotShadowed::Busy,
            mpsc::error::TrySendError::Closed(_) => NotShadowed::Stopped,
        })?;
        match timeout(PATIENCE, done).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(NotShadowed::Stopped),
            Err(_) => Err(NotShadowed::Busy),
        }
    }
}

impl Shadow {
    /// The texts of the files that edits change, as they are now; `None`: there is no such file.
    pub fn bases(edits: &[Edit], files: &Files) -> Vec<Option<String>> {
        let text = |edit: &Edit| files.file(edit.kind, &edit.name).map(|file| file.text.clone());
        edits.iter().map(text).collect()
    }
}
