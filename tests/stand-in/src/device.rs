//! What a run of `uhubctl` finds, and how a hub answers it: well, or as a fault wants it.

use std::ffi::c_int;

use crate::{
    error,
    stage::Stage,
    world::{Call, Does, Hub, Switching, Words, World},
};

/// What is behind a `libusb_device *` and, once open, a `libusb_device_handle *`.
pub(crate) struct Listed {
    pub(crate) stage: Stage,
    pub(crate) at: String,
    pub(crate) hub: bool,
    pub(crate) usb: u16,
    pub(crate) id: (u16, u16),
    pub(crate) words: Words,
    pub(crate) may_open: bool,
    pub(crate) container: Option<String>,
}

/// What is there at this moment, after the faults of a listing.
pub(crate) fn listed(stage: &Stage, world: &mut World) -> Vec<Listed> {
    let mut hidden = Vec::new();
    for at in world.hubs.iter().map(|hub| hub.at.clone()).collect::<Vec<_>>() {
        let Some(fault) = world.fault(&at, Call::List, None) else { continue };
        match fault.does {
            Does::Hang => hang(),
            Does::Unplug => world.unplug(&at),
            Does::PowerBack => power_back(world, &at, fault.port),
            Does::Hide => hidden.push(at),
            Does::Fail(_) | Does::Ignore => {}
        }
    }
    let there: Vec<&Hub> =
        world.hubs.iter().filter(|hub| world.reaches(&hub.at) && !hidden.contains(&hub.at)).collect();
    let hubs = there.iter().map(|hub| Listed {
        stage: stage.clone(),
        at: hub.at.clone(),
        hub: true,
        usb: hub.usb,
        id: hub.id,
        words: hub.words.clone(),
        may_open: true,
        container: hub.container.clone(),
    });
    let plugged = there.iter().flat_map(|hub| {
        let powered = hub.ports.iter().filter(|(_, port)| port.power);
        powered.filter_map(move |(number, port)| Some((hub, number, port.device.as_ref()?)))
    });
    let devices = plugged.filter(|(_, _, device)| device.listed).map(|(hub, number, device)| {
        let joint = if hub.at.contains('-') { '.' } else { '-' };
        Listed {
            stage: stage.clone(),
            at: format!("{}{joint}{number}", hub.at),
            hub: false,
            usb: 0x0200,
            id: device.id,
            words: device.words.clone(),
            may_open: device.open,
            container: None,
        }
    });
    hubs.chain(devices).collect()
}

fn power_back(world: &mut World, at: &str, only: Option<u8>) {
    let ports = world.hub_mut(at).into_iter().flat_map(|hub| &mut hub.ports);
    for (_, port) in ports.filter(|(number, _)| only.is_none_or(|only| only == **number)) {
        port.power = true;
    }
}

fn hang() -> ! {
    loop {
        std::thread::park();
    }
}

/// The hub descriptor: ports that are switched together have their overcurrent together too.
pub(crate) fn description(hub: &Hub) -> Vec<u8> {
    let kind = if hub.usb >= 0x0300 { 0x2a } else { 0x29 };
    let switching = match hub.switching {
        Switching::Single => 0x09,
        Switching::Ganged => 0x00,
        Switching::Never => 0x02,
    };
    let ports = u8::try_from(hub.ports.len()).unwrap_or(u8::MAX);
    vec![12, kind, ports, switching, 0, 50, 100, 0, 0, 0, 0, 0]
}

impl Listed {
    /// One call to a hub, which goes well unless a fault wants it otherwise; an answer below zero is an error.
    pub(crate) fn ask(
        &self,
        call: Call,
        port: Option<u8>,
        line: &str,
        well: impl FnOnce(&mut World) -> c_int,
    ) -> c_int {
        let (ended, ignored) = self.stage.change(|world| {
            if !world.reaches(&self.at) {
                return (Some(error::NO_DEVICE), false);
            }
            let fault = world.fault(&self.at, call, port);
            match fault.map(|fault| (fault.does, fault.port)) {
                Some((Does::Fail(code), _)) => (Some(code), false),
                Some((Does::Ignore, _)) => (Some(0), true),
                Some((Does::Hang, _)) => (None, false),
                Some((Does::Unplug, _)) => {
                    world.unplug(&self.at);
                    (Some(error::NO_DEVICE), false)
                }
                Some((Does::PowerBack, only)) => {
                    power_back(world, &self.at, only);
                    (Some(well(world)), false)
                }
                Some((Does::Hide, _)) | None => (Some(well(world)), false),
            }
        });
        let told = match ended {
            None => ": hangs".to_owned(),
            Some(_) if ignored => ": ignored".to_owned(),
            Some(code) if code < 0 => format!(": {code}"),
            Some(_) => String::new(),
        };
        if !line.is_empty() {
            self.stage.note(&format!("{line}{told}"));
        }
        ended.unwrap_or_else(|| hang())
    }
}
