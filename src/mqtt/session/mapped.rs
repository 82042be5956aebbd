//! What a session hears of batteries on the topics of others.

use std::sync::Arc;

use super::{
    super::{
        inbound::{Message, Reading, printable},
        mapping::{self, Amiss, Body, Now, Said, Whose},
    },
    Session,
};
use crate::{
    controller::View,
    model::{DeviceName, ReportPlan, Timestamp},
};

impl Session<'_> {
    /// Takes a message on a topic that the station's file names in `reports`. False when it is on no such topic.
    pub(super) fn mapped(&mut self, message: &Message<'_>) -> bool {
        let plans = Arc::clone(&self.feed.plans);
        let mut ours =
            plans.iter().filter_map(|plan| Some((plan, plan.topic.parts_of(message.topic)?))).peekable();
        if ours.peek().is_none() {
            return false;
        }
        if message.payload.is_empty() {
            tracing::debug!(topic = printable(message.topic), "MQTT message ignored: empty");
            return true;
        }
        let body = match Body::new(message.payload) {
            Ok(body) => body,
            Err(wrong) => {
                self.amiss(message.topic, Amiss::Refused(wrong));
                return true;
            }
        };
        for (plan, parts) in ours {
            if let Err(amiss) = self.read(message, plan, &parts, &body) {
                self.amiss(message.topic, amiss);
            }
        }
        true
    }

    fn read(
        &mut self,
        message: &Message<'_>,
        plan: &ReportPlan,
        parts: &[&str],
        body: &Body<'_>,
    ) -> Result<(), Amiss> {
        let device = self.known(plan, mapping::whose(plan, parts, body))?;
        let said = mapping::read(plan, body)?;
        if message.retained && said.measured_at.is_none() {
            return Err(Amiss::Ignored("a retained value without its time: nobody knows how old it is"));
        }
        let at = self.caller.bridge.notices.now();
        let reading = self.combine(&device, &said, at);
        match reading {
            Some(reading) => self.report(&device, &reading),
            None => tracing::debug!(%device, topic = printable(message.topic), "no report follows from this"),
        }
        Ok(())
    }

    fn combine(&mut self, device: &DeviceName, said: &Said, at: Timestamp) -> Option<Reading> {
        let view = self.pictures.borrow();
        let port = view.devices.get(device).and_then(|port| view.ports.get(port));
        let now = Now {
            at,
            since: port.and_then(|port| port.memory.steady.as_ref()).map(|steady| steady.since),
            limit: view.station.silent_after,
            last: port.and_then(|port| port.memory.battery.as_ref()),
        };
        self.feed.take(device, said, now)
    }

    /// The device that is meant. A word on a topic with `+` may be anything: only devices of this station are meant by it.
    fn known(&self, plan: &ReportPlan, whose: Whose) -> Result<DeviceName, Amiss> {
        let word = match whose {
            Whose::Named(device) => return Ok(device),
            Whose::Called(word) => word,
        };
        let unknown = || {
            Amiss::Once(format!(
                "no device is called `{0}`: if it is one of this station, add devices: {{\"{0}\": \"its name\"}} to this \
                 topic's entry in `reports`",
                printable(&word)
            ))
        };
        let device =
            DeviceName::new(&word).map_err(|_| Amiss::Ignored("of what cannot be a device's name"))?;
        if is_at_home(&self.pictures.borrow(), &device) {
            return Ok(device);
        }
        match self.caller.bridge.directory.find_device(&device) {
            Some(_) => Err(Amiss::Ignored("of a device of another station")),
            // Who lists the devices means no others.
            None if !plan.devices.is_empty() => {
                Err(Amiss::Ignored("of a device that `devices` does not list"))
            }
            None => Err(unknown()),
        }
    }

    fn amiss(&mut self, topic: &str, amiss: Amiss) {
        let text = match amiss {
            Amiss::Ignored(why) => {
                tracing::debug!(topic = printable(topic), why, "MQTT message ignored");
                return;
            }
            Amiss::Refused(text) => mapping::about(topic, &text),
            Amiss::Once(text) => {
                let text = mapping::about(topic, &text);
                if !self.feed.is_news(&text) {
                    return;
                }
                text
            }
        };
        self.caller.bridge.notices.report(&text);
    }
}

/// True for a device that is in this station, belongs there by its file, or waits for a place there.
fn is_at_home(view: &View, device: &DeviceName) -> bool {
    view.devices.contains_key(device)
        || view.unplaced.contains_key(device)
        || view.ports.values().any(|port| port.plan.device.as_ref() == Some(device))
}
