//! What `scs mode` understands.

use std::{fmt, str::FromStr};

use clap::Args;

use crate::{
    cli::api::Service,
    model::{DeviceName, Level, MODE_LENGTHS, ModeKind, PortId, StationName, Until, length},
};

/// What `scs mode` is told.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  scs mode 3 on --for '2 h'             port 3 of the only station
  scs mode desk/3 once                  charge it to 100 % once, then the rules
  scs mode desk/3 once --level 90 --until unplugged
  scs mode 'Pixel 7' hold --level 60    the device, in whichever port it is
  scs mode desk/all off --until 18:00   all ports that have no mode of their own
  scs mode desk/3 auto                  give it back

A port's mode counts before that of the device in it, and that before the
station's. Heat and the floor of the battery stand above all modes.

Ends with 1 when the service refuses, with 69 when nobody answers there.")]
pub struct SetMode {
    /// A port, STATION/PORT, a device, or STATION/all
    #[arg(value_name = "WHAT")]
    pub what: Whose,
    /// auto, on, off, once or hold
    #[arg(value_name = "MODE")]
    pub mode: ModeKind,
    /// For once and hold: percent, 5 to 100 [default: 100 for once, 50 for hold]
    #[arg(long, value_name = "PERCENT", value_parser = level)]
    pub level: Option<Level>,
    /// End after so long, for example '2 h' [default: until taken back]
    #[arg(long = "for", value_name = "DURATION", value_parser = lasting, conflicts_with = "until")]
    pub lasting: Option<String>,
    /// End at a time in the station's zone such as 18:00, at 2026-11-22T18:00:00Z, or once unplugged
    #[arg(long, value_name = "WHEN")]
    pub until: Option<Until>,
    /// Which service.
    #[command(flatten)]
    pub service: Service,
    /// Print the whole answer of the service, one JSON object
    #[arg(long)]
    pub json: bool,
}

/// What `scs cycle` is told.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  scs cycle 3                           port 3 of the only station
  scs cycle desk/3
  scs cycle 'Pixel 7'                   the device, in whichever port it is

Then what was wanted before is wanted again. A port that is not seen to have
power, or whose device has no battery (battery: false), is refused.

Ends with 1 when the service refuses, with 69 when nobody answers there.")]
pub struct Cycle {
    /// A port, STATION/PORT, or a device
    #[arg(value_name = "WHAT")]
    pub what: Whose,
    /// Which service.
    #[command(flatten)]
    pub service: Service,
    /// Print the whole answer of the service, one JSON object
    #[arg(long)]
    pub json: bool,
}

fn level(text: &str) -> Result<Level, String> {
    let percent = text.parse().map_err(|_| "use a whole number of percent, 5 to 100".to_owned())?;
    Level::new(percent)
}

fn lasting(text: &str) -> Result<String, String> {
    length(text, &MODE_LENGTHS).map(|_| text.to_owned())
}

/// Whose mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// A port's; without a station that of the only one.
    Port(Option<StationName>, PortId),
    /// A device's.
    Device(DeviceName),
    /// A station's.
    Station(StationName),
}

impl FromStr for Whose {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let told = |error: crate::model::InvalidName| error.to_string();
        if let Some((station, port)) = text.rsplit_once('/')
            && let Ok(station) = StationName::new(station)
        {
            return match port {
                "all" => Ok(Self::Station(station)),
                port => Ok(Self::Port(Some(station), port.parse().map_err(told)?)),
            };
        }
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self::Port(None, text.parse().map_err(told)?));
        }
        DeviceName::new(text).map(Self::Device).map_err(told)
    }
}

impl fmt::Display for Whose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Port(Some(station), port) => write!(f, "{station}/{port}"),
            Self::Port(None, port) => port.fmt(f),
            Self::Device(name) => name.fmt(f),
            Self::Station(name) => write!(f, "{name}/all"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_devices_and_stations_are_told_apart() {
        for text in ["3", "desk/3", "desk/all", "Pixel 7", "Mum's phone", "all"] {
            let whose: Whose = text.parse().unwrap();
            let right = match text {
                "3" => matches!(whose, Whose::Port(None, _)),
                "desk/3" => matches!(whose, Whose::Port(Some(_), _)),
                "desk/all" => matches!(whose, Whose::Station(_)),
                _ => matches!(whose, Whose::Device(_)),
            };
            assert!(right && whose.to_string() == text, "{whose:?}");
        }
        assert!("desk/0".parse::<Whose>().unwrap_err().contains("numbered from 1"));
    }
}
