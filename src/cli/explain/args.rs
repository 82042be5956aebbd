//! What `scs explain` understands.

use std::{fmt, str::FromStr};

use clap::Args;

use crate::{
    cli::api::Service,
    model::{DecisionId, DeviceName, PortId, StationName},
};

/// What `scs explain` is told.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  scs explain 3                         port 3 of the only station
  scs explain desk/3                    port 3 of the station desk
  scs explain 'Pixel 7'                 the device, wherever it is
  scs explain desk#1795356300000001     a decision of the past
  scs explain desk/3 --json | jq '.asked[].comparisons'

A port is explained by the rules at work and the values of this moment, a
decision by the rules that decided and what they saw. Numbers of decisions are
shown here, in the history of the API, and in every answer to a report.

Ends with 1 when there is no such thing, with 69 when nobody answers there.")]
pub struct Explain {
    /// A port, STATION/PORT, a device, or a decision as STATION#NUMBER
    #[arg(value_name = "WHAT")]
    pub what: What,
    /// Which service.
    #[command(flatten)]
    pub service: Service,
    /// Print the whole answer of the service, one JSON object
    #[arg(long)]
    pub json: bool,
}

/// What is to be explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A decision of the past.
    Decision(StationName, DecisionId),
    /// A port; without a station that of the only one.
    Port(Option<StationName>, PortId),
    /// The port that a device is in.
    Device(DeviceName),
}

impl FromStr for What {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let told = |error: crate::model::InvalidName| error.to_string();
        if let Some((station, id)) = text.rsplit_once('#')
            && let Ok(station) = StationName::new(station)
        {
            let id = id.parse().map_err(|_| format!("`{id}` is not the number of a decision"))?;
            return Ok(Self::Decision(station, id));
        }
        if let Some((station, port)) = text.rsplit_once('/')
            && let Ok(station) = StationName::new(station)
        {
            return Ok(Self::Port(Some(station), port.parse().map_err(told)?));
        }
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self::Port(None, text.parse().map_err(told)?));
        }
        DeviceName::new(text).map(Self::Device).map_err(told)
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decision(station, id) => write!(f, "{station}#{id}"),
            Self::Port(Some(station), port) => write!(f, "{station}/{port}"),
            Self::Port(None, port) => port.fmt(f),
            Self::Device(name) => name.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_devices_and_decisions_are_told_apart() {
        for text in ["3", "desk/3", "desk#17", "Pixel 7", "Mum's phone #2", "tablet"] {
            let what: What = text.parse().unwrap();
            let right = match text {
                "3" => matches!(what, What::Port(None, _)),
                "desk/3" => matches!(what, What::Port(Some(_), _)),
                "desk#17" => matches!(what, What::Decision(_, 17)),
                _ => matches!(what, What::Device(_)),
            };
            assert!(right && what.to_string() == text, "{what:?}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused_with_what_is_allowed() {
        let refused = |text: &str| text.parse::<What>().unwrap_err();
        assert_eq!(refused("desk#last"), "`last` is not the number of a decision");
        assert_eq!(refused("desk/0"), "`0` is not a port number: ports are numbered from 1 to 65535");
        assert!(refused("70000").contains("1 to 65535"));
        assert!(refused("").contains("is not a device name"));
    }
}
