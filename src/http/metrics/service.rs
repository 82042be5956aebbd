//! The service itself: its version, its files, history and MQTT.

use std::fmt;

use prometheus_client::{encoding::DescriptorEncoder, metrics::MetricType};

use super::page::{counter, gauge};

/// How what is around the stations does.
#[derive(Debug)]
pub(in crate::http) struct Around {
    /// History is written.
    pub(in crate::http) history_ok: bool,
    /// Records that history lost since the start.
    pub(in crate::http) lost: u64,
    /// MQTT is connected; `None`: there is none.
    pub(in crate::http) mqtt_connected: Option<bool>,
    /// The files as they are now were not taken.
    pub(in crate::http) files_rejected: bool,
}

impl Around {
    pub(super) fn write(&self, page: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let help = "1, with the version of the service";
        let mut family = page.encode_descriptor("scs_build_info", help, None, MetricType::Gauge)?;
        gauge(1, &[("version", env!("CARGO_PKG_VERSION"))], &mut family)?;
        let none: [(&str, &str); 0] = [];
        let numbers = [
            (
                "scs_history_ok",
                "1 while history is written, 0 while the disk does not take it",
                Some(self.history_ok),
            ),
            ("scs_mqtt_connected", "1 while MQTT is connected; not there without MQTT", self.mqtt_connected),
            (
                "scs_files_rejected",
                "1 while the files have mistakes and older ones are at work",
                Some(self.files_rejected),
            ),
        ];
        for (name, help, value) in numbers {
            let mut family = page.encode_descriptor(name, help, None, MetricType::Gauge)?;
            if let Some(value) = value {
                gauge(u64::from(value), &none, &mut family)?;
            }
        }
        let help = "Records that history could not write";
        let mut family =
            page.encode_descriptor("scs_history_records_lost", help, None, MetricType::Counter)?;
        counter(self.lost, &none, &mut family)
    }
}
