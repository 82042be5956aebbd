//! Asks the host for its hubs. The only part that is not pure.

use std::{collections::BTreeMap, sync::Arc};

use tokio::task::spawn_blocking;

use super::{Hubs, Lock, lock};
use crate::{
    config::{self, Files},
    host::HostSettings,
    model::{HubModel, ModelName, Span},
    usb::{self, Survey, UsbSettings},
};

/// Where another program holds the lock, `uhubctl` is waited for no longer than twice this.
const BRIEF: Span = Span::from_secs(1);

/// What hangs on the buses, and the same as people buy it. Of broken files only the shipped models are known.
pub(crate) async fn look_around(settings: &HostSettings) -> (Survey, Hubs) {
    look_past(settings, &lock(&settings.usb.lock).await).await
}

/// The same where the state of the lock is known: nobody waits long for one that another program does not let go.
pub(crate) async fn look_past(settings: &HostSettings, lock: &Lock) -> (Survey, Hubs) {
    let models = models(settings).await;
    let mut usb = settings.usb.clone();
    if *lock == Lock::Held {
        usb = UsbSettings { time_limit: usb.time_limit.min(BRIEF), ..usb };
    }
    let survey = usb::survey(&usb).await;
    let hubs = Hubs::of(&survey, &models);
    (survey, hubs)
}

/// A slow memory card shall not hold up those who wait for other things.
async fn models(settings: &HostSettings) -> BTreeMap<ModelName, Arc<HubModel>> {
    let directories = settings.directories.clone();
    let read = move || config::models(&Files::read_hubs(&directories).unwrap_or_default());
    spawn_blocking(read).await.unwrap_or_default()
}
