//! Asks the host for its hubs. The only part that is not pure.

use super::Hubs;
use crate::{
    config::{self, Files},
    settings::Settings,
    usb::{self, Survey},
};

/// What hangs on the buses, and the same as people buy it. Of broken files only the shipped models are known.
pub(in crate::cli) async fn look_around(settings: &Settings) -> (Survey, Hubs) {
    let models = config::models(&Files::read_hubs(&settings.directories).unwrap_or_default());
    let survey = usb::survey(&settings.usb).await;
    let hubs = Hubs::of(&survey, &models);
    (survey, hubs)
}
