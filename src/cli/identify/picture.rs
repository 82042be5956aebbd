//! What one look at the service shows of a station, and which ports a search may switch. Pure.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{
    cli::held::{Held, Mode},
    host::hubs::is_phone,
    model::{ChipId, DeviceName, ModeKind, PortId, Power, Timestamp},
};

/// A port of `GET /api/v1/stations/{station}/ports`; fields that other versions add do no harm.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Port {
    pub(super) port: PortId,
    pub(super) device: Option<DeviceName>,
    #[serde(default)]
    pub(super) device_assumed: bool,
    /// The device that the station file names, and its serial number there.
    #[serde(default)]
    pub(super) file_device: Option<DeviceName>,
    pub(super) serial: Option<String>,
    pub(super) socket: SocketOf,
    pub(super) plugged: Option<Plugged>,
    pub(super) power: Option<Power>,
    pub(super) power_since: Option<Timestamp>,
    /// What the power should be.
    pub(super) wanted: Option<Power>,
    #[serde(default)]
    pub(super) switching: bool,
    pub(super) mode: Mode,
    pub(super) held_by: Option<Held>,
    pub(super) problem: Option<Told>,
    pub(super) fault: Option<Fault>,
    pub(super) alarm: Option<Told>,
    pub(super) probe: Option<Probe>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct SocketOf {
    pub(super) hub: String,
    pub(super) port: u8,
}

/// A USB device that the hub shows.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Plugged {
    pub(super) id: ChipId,
    pub(super) serial: Option<String>,
    pub(super) name: String,
}

impl Plugged {
    /// As a person may recognise it: `18d1:4ee7 Pixel 7`.
    pub(super) fn words(&self) -> String {
        format!("{} {}", self.id, self.name).trim_end().to_owned()
    }
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Told {
    pub(super) message: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Fault {
    pub(super) code: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Probe {
    pub(super) power: Power,
}

/// What a device said last.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct Said {
    pub(super) charging: Option<bool>,
    pub(super) measured_at: Timestamp,
}

/// One look.
#[derive(Clone, Debug)]
pub(super) struct Picture {
    /// The service's time, to the second, not later than what is shown.
    pub(super) at: Timestamp,
    /// The ports of the station.
    pub(super) ports: BTreeMap<PortId, Port>,
    /// What all devices said that report, wherever they are.
    pub(super) said: BTreeMap<DeviceName, Said>,
}

impl Picture {
    /// Devices that report without saying whether they charge.
    pub(super) fn silent_about_charging(&self) -> impl Iterator<Item = &DeviceName> {
        self.said.iter().filter(|(_, said)| said.charging.is_none()).map(|(device, _)| device)
    }
}

impl Port {
    /// The device and its serial number, when the hub shows right now that it is this one.
    pub(super) fn proven(&self) -> Option<(&DeviceName, &str)> {
        let serial = self.plugged.as_ref()?.serial.as_deref()?;
        let device = self.device.as_ref().filter(|_| !self.device_assumed)?;
        Some((device, serial))
    }

    /// Why a search must not switch this port, if so. What is plugged in is not looked at.
    pub(super) fn forbidden(&self) -> Option<String> {
        let mode = self.held_by.as_ref().map_or(self.mode.mode, |held| held.mode.mode);
        let held = match mode {
            ModeKind::Auto => None,
            ModeKind::On | ModeKind::Off => Some(format!("a person switched it {mode}")),
            ModeKind::Once | ModeKind::Hold => Some(format!("a person charges it, `{mode}`")),
        };
        if let Some(held) = held {
            return Some(format!("{held}: give it back with mode `auto` first"));
        }
        let alarm = self.alarm.as_ref()?;
        Some(format!("it has an alarm: {}", alarm.message))
    }

    /// What is plugged in when it never reported and is no phone by its numbers: not to be switched unasked. A name alone
    /// says nothing, as `scs discover` or a guess may have given it.
    pub(super) fn stranger(&self, said: &BTreeMap<DeviceName, Said>) -> Option<&Plugged> {
        let reports = self.device.as_ref().is_some_and(|device| said.contains_key(device));
        self.plugged.as_ref().filter(|plugged| !reports && !is_phone(plugged.id))
    }

    /// True when the service knows already that the hub does not cut the power.
    pub(super) fn leaks(&self) -> bool {
        self.fault.as_ref().is_some_and(|fault| fault.code == "power_leak")
    }
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// A port with these fields beside those that every port has.
    pub(in super::super) fn port(number: u16, fields: &Value) -> Port {
        let mut port = json!({
            "port": number, "socket": {"hub": "5-2", "port": number}, "power": "on",
            "mode": {"mode": "auto"}, "more": "of another version",
        });
        for (name, value) in fields.as_object().unwrap() {
            port[name] = value.clone();
        }
        serde_json::from_value(port).unwrap()
    }

    #[test]
    fn a_serial_number_proves_a_device_only_while_the_hub_shows_it() {
        let plugged = json!({"id": "18d1:4ee7", "serial": "R5", "name": "Pixel"});
        let shown = port(1, &json!({"device": "pixel-7", "device_assumed": false, "plugged": plugged}));
        assert_eq!(shown.proven().map(|(device, serial)| (device.as_str(), serial)), Some(("pixel-7", "R5")));
        let assumed = port(1, &json!({"device": "pixel-7", "device_assumed": true}));
        assert!(assumed.proven().is_none());
    }

    #[test]
    fn what_a_person_holds_and_what_is_given_up_is_left_alone() {
        let held = port(1, &json!({"mode": {"mode": "off"}})).forbidden().unwrap();
        assert!(held.starts_with("a person switched it off"), "{held}");
        let given_up = port(1, &json!({"alarm": {"message": "no hub"}})).forbidden();
        assert_eq!(given_up.as_deref(), Some("it has an alarm: no hub"));
        assert!(port(1, &json!({})).forbidden().is_none());
    }

    #[test]
    fn a_stranger_is_what_never_reported_and_is_no_phone_whatever_its_name() {
        let keyboard = json!({"id": "046d:c31c", "serial": null, "name": "Keyboard"});
        let disk = json!({"id": "04e8:61f5", "serial": "S5", "name": "Portable SSD T5"});
        let phone = json!({"id": "04e8:6860", "serial": "X1", "name": "Galaxy"});
        let said = Said { charging: None, measured_at: Timestamp::UNIX_EPOCH };
        let said = BTreeMap::from([(DeviceName::new("board").unwrap(), said)]);
        let stranger = |fields: &Value| port(1, fields).stranger(&said).map(Plugged::words);
        assert_eq!(stranger(&json!({"plugged": keyboard})).as_deref(), Some("046d:c31c Keyboard"));
        assert!(stranger(&json!({"plugged": keyboard, "device": "lamp"})).is_some());
        assert!(stranger(&json!({"plugged": disk, "device": "portable-ssd-t5"})).is_some());
        assert!(stranger(&json!({"plugged": keyboard, "device": "board"})).is_none());
        assert!(stranger(&json!({"plugged": phone})).is_none());
    }
}
