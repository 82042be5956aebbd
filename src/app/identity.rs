//! By which Home Assistant knows this service: an id that is made once and kept in history.

use crate::{
    history,
    mqtt::{Form, InstallationId, MqttSettings},
    settings::Settings,
};

/// The broker's settings with the id, unless the settings name one. Without an id nothing is announced: a new one at
/// every start would leave devices behind that nobody is.
pub(super) async fn identified(settings: &Settings) -> Option<MqttSettings> {
    let mut broker = settings.mqtt.clone()?;
    if broker.discovery.id.is_none() {
        broker.discovery.id = kept(settings).await;
        if broker.discovery.id.is_none() && broker.discovery.form != Form::Off {
            tracing::error!(
                "nothing is announced to Home Assistant until the next start: give `mqtt: (discovery: (id: \"sc_…\"))` in \
                 settings.ron to do without history"
            );
        }
    }
    Some(broker)
}

async fn kept(settings: &Settings) -> Option<InstallationId> {
    let path = settings.history.path.clone();
    let fresh = match getrandom::u32() {
        Ok(random) => InstallationId::from_random(random),
        Err(error) => {
            tracing::error!("the system gave no random bytes: {error}");
            return None;
        }
    };
    let found =
        tokio::task::spawn_blocking(move || history::installation(&path, fresh.as_str())).await.ok()?;
    match found {
        Ok(text) => InstallationId::new(&text),
        Err(error) => {
            tracing::error!("the id of this service could not be kept: {error}");
            None
        }
    }
}
