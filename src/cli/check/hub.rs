//! Whether the hubs that stations name are there, and whether the faster way of switching would work.
//!
//! Files are also checked where no hub is: all that is found here is a warning, in bounded time.

use std::{collections::BTreeSet, time::Duration};

use tokio::time::timeout;

use crate::{
    config::Plan,
    host::hubs::{Hubs, ONE_SIDE, Place, by_reason, look_around, sockets_of},
    model::{Diagnostic, Severity, Socket, Station, SwitchKind, SwitchProblem},
    settings::Settings,
    usb::{self, Access, Pace, Survey},
};

/// Whoever checks files does not wait longer than this for hubs; measuring may take as long again.
const PATIENCE: Duration = Duration::from_secs(6);

/// The hub of one station.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Report {
    /// The station.
    pub(super) station: String,
    /// True when all its ports are there.
    pub(super) there: bool,
    /// False when a side of a port cannot be read or switched.
    pub(super) whole: bool,
    /// What to know when only one side of the hub is seen.
    pub(super) half: Option<String>,
    /// Whether the kernel's files would do.
    pub(super) sysfs: Sysfs,
    /// How fast either way reads the ports, if both work.
    pub(super) pace: Option<Pace>,
}

/// Whether `switch: Sysfs()` works here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sysfs {
    /// It does.
    Works,
    /// The rights are missing.
    Denied,
    /// The file system is read-only.
    ReadOnly,
    /// The kernel has no such files: it is older than 6.0, or does not show this hub.
    Absent,
}

/// Looks at the hubs of all stations that have a real one.
pub(super) async fn look(settings: &Settings, plan: &Plan) -> (Vec<Diagnostic>, Vec<Report>) {
    let real = |station: &&_| -> bool { is_real(station) };
    let stations: Vec<&Station> = plan.stations.values().map(AsRef::as_ref).filter(real).collect();
    if stations.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let file = |station: &Station| {
        settings.directories.stations.join(format!("{}.ron", station.name)).display().to_string()
    };
    let Ok((survey, hubs)) = timeout(PATIENCE, look_around(&settings.host())).await else {
        let message = format!(
            "the hubs of this host did not answer within {} s, so nothing is known of those of the stations",
            PATIENCE.as_secs()
        );
        return (vec![warning("usb", "hub-slow", message, "`scs doctor` says more")], Vec::new());
    };
    let places = hubs.places(&stations, &survey);
    let (mut problems, mut reports) = (Vec::new(), Vec::new());
    for twice in hubs.claimed_twice(&stations, &places, &survey) {
        let path = settings.directories.stations.join(format!("{}.ron", twice.station));
        problems.push(warning(&path.display().to_string(), "socket-used-twice", twice.text, ONE_SIDE));
    }
    for station in stations {
        let Some(place) = places.get(&station.name) else { continue };
        let (found, report, sockets) = judge(station, &file(station), place, &survey, &hubs);
        problems.extend(found);
        let Some(mut report) = report else { continue };
        if report.sysfs == Sysfs::Works {
            report.pace = timeout(PATIENCE, usb::measure(&settings.usb, &sockets)).await.ok().flatten();
        }
        reports.push(report);
    }
    (problems, reports)
}

fn is_real(station: &Station) -> bool {
    station.switch != SwitchKind::Simulated
}

/// What is wrong, and what is known, of the hub of a station; and its sockets where they are now. Where the host shows no
/// USB at all, as in CI, nothing is said.
pub(super) fn judge(
    station: &Station,
    file: &str,
    place: &Place,
    survey: &Survey,
    hubs: &Hubs,
) -> (Vec<Diagnostic>, Option<Report>, BTreeSet<Socket>) {
    let told = matches!(survey.without_uhubctl, None | Some(SwitchProblem::ToolMissing(_)));
    if survey.hubs.is_empty() && !survey.from_kernel && told {
        return (Vec::new(), None, BTreeSet::new());
    }
    let sockets = sockets_of(station, place);
    let misplaced = station.hub.as_ref().and_then(|plan| place.misplaced(plan));
    let mut problems: Vec<Diagnostic> =
        misplaced.into_iter().map(|told| warning(file, told.code, told.text, &told.hint)).collect();
    let absent = !place.is_found();
    let power: Vec<_> = sockets.iter().map(|(port, socket)| (*port, hubs.power(socket, survey))).collect();
    if !absent {
        let wrong = power.iter().filter_map(|(port, power)| Some((*port, power.as_ref().err()?.as_str())));
        let hint = "`scs discover` shows which sockets there are";
        problems.extend(by_reason(wrong).into_iter().map(|text| warning(file, "hub-socket", text, hint)));
    }
    let troubles: Vec<(u16, String)> = sockets
        .iter()
        .flat_map(|(port, socket)| {
            let troubles = hubs.side_troubles(socket, survey, station.switch);
            troubles.into_iter().map(|trouble| (*port, trouble))
        })
        .collect();
    if !absent {
        let sides = by_reason(troubles.iter().map(|(port, trouble)| (*port, trouble.as_str())));
        let hint = "`scs doctor` says more";
        problems.extend(sides.into_iter().map(|text| warning(file, "hub-side", text, hint)));
    }
    let half = sockets.iter().find_map(|(_, socket)| hubs.half(socket, survey));
    let sockets: BTreeSet<Socket> = sockets.into_iter().map(|(_, socket)| socket).collect();
    let report = Report {
        station: station.name.to_string(),
        there: power.iter().all(|(_, power)| power.is_ok()),
        whole: troubles.is_empty(),
        half,
        sysfs: sysfs(&sockets, survey),
        pace: None,
    };
    if station.switch == SwitchKind::Sysfs && !absent {
        problems.extend(report.sysfs.problem(file));
    }
    (problems, (!absent).then_some(report), sockets)
}

/// Whether the kernel has files for all these sockets, on both sides, that this user may write.
fn sysfs(sockets: &BTreeSet<Socket>, survey: &Survey) -> Sysfs {
    let twin = |socket: &Socket| {
        survey.hubs.get(socket.hub()).and_then(|hub| Socket::new(hub.twin.clone()?, socket.port()).ok())
    };
    let sides = sockets.iter().flat_map(|socket| [Some(socket.clone()), twin(socket)]).flatten();
    let access = |side: Socket| {
        let found = survey.hubs.get(side.hub()).and_then(|hub| hub.sockets.get(&side.port()));
        found.map_or(Access::Absent, |socket| socket.disable_file)
    };
    let all: Vec<Access> = sides.map(access).collect();
    match () {
        () if all.is_empty() || all.contains(&Access::Absent) => Sysfs::Absent,
        () if all.contains(&Access::ReadOnly) => Sysfs::ReadOnly,
        () if all.contains(&Access::No) => Sysfs::Denied,
        () => Sysfs::Works,
    }
}

fn warning(file: &str, code: &str, message: String, hint: &str) -> Diagnostic {
    Diagnostic {
        file: file.to_owned(),
        line: 0,
        column: 0,
        length: 0,
        severity: Severity::Warning,
        code: code.to_owned(),
        message,
        hint: hint.to_owned(),
    }
}

impl Sysfs {
    fn problem(self, file: &str) -> Option<Diagnostic> {
        let hint = "`scs doctor` says what to type, or write `switch: Uhubctl()`";
        self.why().map(|why| {
            warning(file, "no-sysfs", format!("`switch: Sysfs()` does not work here: {why}"), hint)
        })
    }

    /// Why it does not work; `None`: it does.
    pub(super) fn why(self) -> Option<&'static str> {
        match self {
            Self::Works => None,
            Self::Denied => Some("the rights are missing, which `scs doctor` mends"),
            Self::ReadOnly => Some("/sys is read-only, as in a container"),
            Self::Absent => Some("the kernel has no files for these ports; it needs Linux 6.0"),
        }
    }
}

impl Report {
    /// One line for people.
    pub(super) fn text(&self) -> String {
        let hub = match (self.there, self.whole, &self.half) {
            (false, ..) => "not all of its ports are there".to_owned(),
            (true, false, _) => "its ports are there, but not both sides of each".to_owned(),
            (true, true, Some(half)) => format!("its ports are there; {half}"),
            (true, true, None) => "its ports are there".to_owned(),
        };
        let sysfs = match (self.sysfs.why(), self.pace) {
            (Some(why), _) => format!("`switch: Sysfs()` does not work here ({why})"),
            (None, None) => "`switch: Sysfs()` works here".to_owned(),
            (None, Some(pace)) => format!(
                "`switch: Sysfs()` works here and reads them in {} instead of {}{}",
                short(pace.sysfs),
                short(pace.uhubctl),
                times(pace)
            ),
        };
        format!("{}: {hub}; {sysfs}", self.station)
    }

    /// The same for programs; times in milliseconds.
    pub(super) fn json(&self) -> serde_json::Value {
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        serde_json::json!({
            "station": self.station,
            "there": self.there,
            "both_sides": self.whole && self.half.is_none(),
            "sysfs_works": self.sysfs == Sysfs::Works,
            "sysfs_problem": self.sysfs.why(),
            "sysfs_ms": self.pace.map(|pace| ms(pace.sysfs)),
            "uhubctl_ms": self.pace.map(|pace| ms(pace.uhubctl)),
        })
    }
}

fn short(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    if ms < 10.0 { format!("{ms:.1} ms") } else { format!("{ms:.0} ms") }
}

/// How much faster, if that is worth a word.
fn times(pace: Pace) -> String {
    let times = pace.uhubctl.as_secs_f64() / pace.sysfs.as_secs_f64().max(1e-6);
    if times >= 2.0 { format!(", {times:.0} times faster") } else { String::new() }
}
