//! A report as a device sends it.

use poem_openapi::{Object, types::Example};
use serde::Deserialize;

use super::super::{fields, wire::Time};
use crate::model::{Celsius, DeviceName, Level, PortId, StationName};

/// What a device says of its battery. Name the device, or the port that it is in.
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields, expecting = "a JSON object such as {\"device\": \"pixel-7\", \"level\": 57}")]
#[oai(rename = "Report", example)]
pub(in crate::http) struct ReportIn {
    /// The station; only needed with `port` when there are several stations.
    #[serde(default, deserialize_with = "fields::station")]
    #[oai(nullable)]
    pub(in crate::http) station: Option<StationName>,
    /// The port that the device is in, by the number on the housing.
    #[serde(default, deserialize_with = "fields::port")]
    #[oai(nullable)]
    pub(in crate::http) port: Option<PortId>,
    /// The device, by the name in the station file or given at run time.
    #[serde(default, deserialize_with = "fields::device")]
    #[oai(nullable)]
    pub(in crate::http) device: Option<DeviceName>,
    /// State of charge, a whole percent.
    #[serde(deserialize_with = "fields::level")]
    pub(in crate::http) level: Level,
    /// Whether the device says that it charges.
    #[serde(default, deserialize_with = "fields::charging")]
    #[oai(nullable)]
    pub(in crate::http) charging: Option<bool>,
    /// Battery temperature in degrees Celsius.
    #[serde(default, deserialize_with = "fields::temperature")]
    #[oai(nullable)]
    pub(in crate::http) temperature: Option<Celsius>,
    /// When it was measured; left out: now. Reports of one port must come in order.
    #[serde(default, deserialize_with = "fields::measured_at")]
    #[oai(nullable)]
    pub(in crate::http) measured_at: Option<Time>,
}

impl Example for ReportIn {
    fn example() -> Self {
        Self {
            station: None,
            port: None,
            device: DeviceName::new("pixel-7").ok(),
            // INVARIANT: 0 and 57 are percent.
            level: Level::new(57).or_else(|_| Level::new(0)).unwrap_or_else(|_| unreachable!()),
            charging: Some(true),
            temperature: Celsius::new(31.5).ok(),
            measured_at: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(json: &str) -> String {
        serde_json::from_str::<ReportIn>(json).unwrap_err().to_string()
    }

    #[test]
    fn a_whole_number_may_be_written_with_a_point() {
        let report: ReportIn =
            serde_json::from_str(r#"{"port": 3.0, "level": 57.0, "temperature": 31}"#).unwrap();
        assert_eq!(report.level.percent(), 57);
        assert_eq!(report.port.map(PortId::get), Some(3));
    }

    #[test]
    fn a_wrong_value_is_named_with_what_is_allowed() {
        assert!(
            error(r#"{"level": 57.5}"#)
                .starts_with("level must be a whole number, percent, 0 to 100, not 57.5")
        );
        assert!(error(r#"{"level": "57"}"#).contains("not the text `57`"));
        assert!(error(r#"{"level": 101}"#).starts_with("level 101 is out of range"));
        assert!(error(r#"{"level": 5, "port": 0}"#).starts_with("port must be a number, 1 to 65535, not 0"));
        assert!(error(r#"{"level": 5, "charging": "yes"}"#).starts_with("charging must be true or false"));
        assert!(error(r#"{"level": 5, "measured_at": "now"}"#).starts_with("`now` is not a time"));
    }

    #[test]
    fn unknown_fields_are_answered_with_the_known() {
        let error = error(r#"{"levle": 5}"#);
        assert!(
            error.starts_with("unknown field `levle`, expected one of `station`, `port`, `device`, `level`")
        );
    }
}
