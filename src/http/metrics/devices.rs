//! The batteries of devices, as each said last.

use std::fmt;

use prometheus_client::{
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, gauge::ConstGauge},
};

use crate::{
    controller::{PortState, View},
    model::Battery,
};

/// A number of a device: its name, what it is, and where it stands.
type Number = (&'static str, &'static str, fn(&PortState, &Battery) -> Option<f64>);

const NUMBERS: [Number; 5] = [
    ("scs_device_level_percent", "The level of its battery, as it said last", |_, battery| {
        Some(f64::from(battery.level.percent()))
    }),
    ("scs_device_temperature_celsius", "The temperature of its battery, as it said last", |_, battery| {
        battery.temperature.map(f64::from)
    }),
    (
        "scs_device_charging",
        "1 while it says that it charges, 0 while it says that it does not",
        |_, battery| battery.charging.map(|is_charging| if is_charging { 1.0 } else { 0.0 }),
    ),
    ("scs_device_online", "1 while it reports, 0 while it is silent", |port, _| {
        Some(if port.is_online() { 1.0 } else { 0.0 })
    }),
    ("scs_device_heard_timestamp_seconds", "When it was last heard, seconds since 1970", |port, _| {
        port.memory.heard_at.map(|at| at.as_duration().as_secs_f64())
    }),
];

/// Writes what devices in ports said.
pub(super) fn write(views: &[View], page: &mut DescriptorEncoder<'_>) -> fmt::Result {
    for (name, help, number) in NUMBERS {
        let mut family = page.encode_descriptor(name, help, None, MetricType::Gauge)?;
        for view in views {
            for (id, port) in &view.ports {
                let Some((device, battery)) = port.device().zip(port.memory.battery.as_ref()) else {
                    continue;
                };
                let Some(value) = number(port, battery) else { continue };
                let port = id.to_string();
                let labels = [
                    ("station", view.station.name.as_str()),
                    ("port", port.as_str()),
                    ("device", device.as_str()),
                ];
                ConstGauge::new(value).encode(family.encode_family(&labels)?)?;
            }
        }
    }
    Ok(())
}
