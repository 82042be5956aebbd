//! The part of the API's answers that a status needs. Fields that other versions add do no harm.

use jiff::tz::TimeZone;
use serde::Deserialize;

use super::page::{Page, Row};
use crate::{
    cli::held::{Held, Mode},
    model::{Span, Timestamp, Value},
};

/// A station of `GET /api/v1/stations`.
#[derive(Debug, Deserialize)]
pub(super) struct Station {
    pub(super) station: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    zone: String,
    #[serde(default)]
    budget: Option<Budget>,
}

/// The power budget of a station.
#[derive(Debug, Deserialize)]
struct Budget {
    #[serde(default)]
    limits: Vec<Limit>,
    #[serde(default)]
    waiting: Vec<u16>,
}

/// One limit of it.
#[derive(Debug, Deserialize)]
struct Limit {
    of: String,
    name: Option<String>,
    max_on: Option<u32>,
    on: u32,
    max_watts: Option<f64>,
    watts: f64,
}

impl Limit {
    /// `8 of 8 on`, `57.5 of 60 W`, `left: 2 of 2 on`.
    fn in_words(&self) -> String {
        let count = self.max_on.map(|most| format!("{} of {most} on", self.on));
        let watts = self.max_watts.map(|most| format!("{} of {most} W", self.watts));
        let both: Vec<String> = [count, watts].into_iter().flatten().collect();
        let name = self.name.as_ref().map(|name| format!("{} {name}: ", self.of)).unwrap_or_default();
        format!("{name}{}", both.join(", "))
    }
}

impl Budget {
    /// What of it is taken, and how many wait.
    fn in_words(&self) -> String {
        let mut parts: Vec<String> = self.limits.iter().map(Limit::in_words).collect();
        match self.waiting.len() {
            0 => {}
            1 => parts.push("1 waits".to_owned()),
            many => parts.push(format!("{many} wait")),
        }
        parts.join(", ")
    }
}

/// A port of `GET /api/v1/stations/{station}/ports`.
#[derive(Debug, Deserialize)]
pub(super) struct Port {
    port: u16,
    device: Option<String>,
    power: Option<String>,
    mode: Mode,
    held_by: Option<Held>,
    battery: Option<Battery>,
    decision: Option<Decision>,
    problem: Option<Problem>,
    alarm: Option<Problem>,
    fault: Option<Problem>,
    unwell: Option<Problem>,
    unknown_device: Option<Unknown>,
    #[serde(default)]
    adjusted: Vec<Adjusted>,
}

/// A parameter that somebody set at run time.
#[derive(Debug, Deserialize)]
struct Adjusted {
    name: String,
    value: Value,
    problem: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Unknown {
    serial: String,
}

#[derive(Debug, Deserialize)]
struct Battery {
    level: u8,
    measured_at: Timestamp,
}

#[derive(Debug, Deserialize)]
struct Decision {
    reason: String,
    rule: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Problem {
    message: String,
}

/// What is shown of a station and its ports at this moment.
pub(super) fn page(station: &Station, ports: Vec<Port>, now: Timestamp) -> Page {
    let zone = TimeZone::get(&station.zone).unwrap_or(TimeZone::UTC);
    // The service's clock may be ahead of ours: its newest report cannot be younger than nothing.
    let newest = ports.iter().filter_map(|port| Some(port.battery.as_ref()?.measured_at)).max();
    let now = newest.map_or(now, |newest| newest.max(now));
    let rows = ports.into_iter().map(|port| row(port, &zone, now)).collect();
    let power = station.budget.as_ref().map(Budget::in_words).filter(|words| !words.is_empty());
    Page { name: station.station.clone(), title: station.title.clone(), power, ports: rows }
}

/// The worst of what is wrong at a port.
fn trouble(port: &Port) -> Option<String> {
    let told = [&port.alarm, &port.problem, &port.fault, &port.unwell].into_iter().flatten().next();
    let unknown = |unknown: &Unknown| {
        format!("nobody knows the device with the serial number `{}`: name it", unknown.serial)
    };
    told.map(|problem| problem.message.clone()).or_else(|| port.unknown_device.as_ref().map(unknown))
}

fn row(port: Port, zone: &TimeZone, now: Timestamp) -> Row {
    let age = |battery: &Battery| now.duration_since(battery.measured_at).max(Span::ZERO);
    let trouble = trouble(&port);
    Row {
        port: port.port,
        device: port.device,
        level: port.battery.as_ref().map(|battery| battery.level),
        power: port.power,
        mode: port.held_by.as_ref().map_or_else(|| port.mode.words(zone, now), |held| held.words(zone, now)),
        age: port.battery.as_ref().map(age),
        reason: with_values(port.decision.map(reason).unwrap_or_default(), &port.adjusted),
        trouble,
    }
}

/// A reason, and what people set over the file: who reads the file would not understand the reason.
fn with_values(reason: String, adjusted: &[Adjusted]) -> String {
    let values = adjusted.iter().map(|set| match &set.problem {
        None => format!("{} = {}", set.name, set.value),
        Some(_) => format!("{} = {}, not applied", set.name, set.value),
    });
    let values = values.collect::<Vec<_>>().join(", ");
    match (values.is_empty(), reason.is_empty()) {
        (true, _) => reason,
        (false, true) => format!("set at run time: {values}"),
        (false, false) => format!("{reason}; set at run time: {values}"),
    }
}

fn reason(decision: Decision) -> String {
    match decision.rule {
        Some(rule) => format!("{} ({rule})", decision.reason),
        None => decision.reason,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cli::look::Look;

    #[test]
    fn answers_become_a_page() {
        let station = json!({"station": "desk", "title": "Office", "zone": "Europe/Berlin", "more": 1,
            "budget": {"turn": "15 min", "stagger": "0 s", "waiting": [1, 4],
                       "limits": [{"of": "station", "name": null, "max_on": 3, "on": 3, "max_watts": 60.0, "watts": 22.5},
                                  {"of": "group", "name": "left", "max_on": 2, "on": 2, "max_watts": null, "watts": 15.0}]}});
        let ports = json!([
            {"port": 1, "device": "pixel-7", "power": "off", "mode": {"mode": "auto", "until": null},
             "battery": {"level": 81, "measured_at": "2026-11-22T14:00:00Z"},
             "decision": {"reason": "81% is at or over 80%", "rule": "keep-between"}, "problem": null,
             "adjusted": [{"rule": "keep-between", "name": "high", "value": 80, "problem": null},
                          {"rule": "ready-by", "name": "hours", "value": 7, "problem": "gone"}]},
            {"port": 2, "device": null, "power": "on", "mode": {"mode": "auto"}},
            {"port": 3, "device": "kiosk", "power": null, "mode": {"mode": "on", "until": "2026-11-23T07:30:00Z"},
             "decision": {"reason": "a person switched it on"}, "problem": {"message": "no hub"}},
            {"port": 4, "device": "tv", "power": "on", "mode": {"mode": "off"},
             "held_by": {"of": "station", "mode": {"mode": "off", "until": null}},
             "decision": {"reason": "a person switched it off"}, "alarm": {"message": "tried once an hour"},
             "fault": {"message": "the hub does not cut the power"}},
            {"port": 5, "power": "on", "mode": {"mode": "auto"}, "unknown_device": {"serial": "Z9", "name": ""}},
        ]);
        let station = serde_json::from_value(station).unwrap();
        let ports = serde_json::from_value(ports).unwrap();
        let page = page(&station, ports, "2026-11-22T14:05:30Z".parse().unwrap());
        assert_eq!(
            page.text(Look { width: 100, colour: false }),
            "desk · Office · 3 of 5 ports on · power: 3 of 3 on, 22.5 of 60 W, group left: 2 of 2 on, 2 wait
port  device   level  power  mode                   report  why
   1  pixel-7   81 %  off    auto                       5m  81% is at or over 80% (keep-between);
                                                            set at run time: high = 80, hours = 7,
                                                            not applied
   2  –               on
   3  kiosk        ?  ?      on until 23 Nov 08:30       ?  ! no hub
   4  tv           ?  on     off (station)               ?  ! tried once an hour
   5  –               on                                    ! nobody knows the device with the
                                                            serial number `Z9`: name it
"
        );
    }

    #[test]
    fn a_clock_that_is_ahead_does_not_make_reports_older_than_new() {
        let station =
            Station { station: "desk".into(), title: String::new(), zone: String::new(), budget: None };
        let battery = Battery { level: 50, measured_at: "2026-11-22T15:00:00Z".parse().unwrap() };
        let mode = Mode::default();
        let port = Port {
            port: 1,
            device: Some("x".into()),
            power: None,
            mode,
            held_by: None,
            battery: Some(battery),
            decision: None,
            problem: None,
            alarm: None,
            fault: None,
            unwell: None,
            unknown_device: None,
            adjusted: Vec::new(),
        };
        let page = page(&station, vec![port], "2026-11-22T14:00:00Z".parse().unwrap());
        assert_eq!(page.ports[0].age, Some(Span::ZERO));
    }
}
