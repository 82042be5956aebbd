//! How a simulation looks as text and as JSON.

use std::fmt::Write as _;

use serde_json::{Value, json as object};

use super::story::{Chapter, Story};
use crate::{
    cli::look::{Look, Paint, Side, count, cut, plain, table},
    trial::world::{DeviceModel, Known},
};

/// Characters of a device's name in the table.
const NAME: usize = 24;

/// A line for each device, and how far to trust it.
pub(super) fn text(story: &Story, drawn: &[String], look: Look) -> String {
    let day =
        |at: crate::model::Timestamp| at.to_zoned(story.zone.clone()).strftime("%a %-d %B %Y").to_string();
    let mut text = format!(
        "{}: {} from {}, {}\n\n",
        story.station,
        count(usize::from(story.days), "day"),
        day(story.start),
        count(story.devices.len(), "device")
    );
    if story.devices.is_empty() {
        text += "no port of this station has a device: nothing to simulate\n";
        return text;
    }
    let head = ["port", "device", "switches", "on", "over 80 %", "level", "ready", "hottest", "switched by"];
    let mut rows = vec![head.map(str::to_owned)];
    rows.extend(story.devices.iter().map(row));
    use Side::{Left, Right};
    let sides = [Right, Left, Right, Right, Right, Right, Right, Right, Left];
    text += &table(sides, &rows, look);
    text.push('\n');
    for line in notes(story) {
        let _ = writeln!(text, "{}", look.paint(Paint::Faint, &line));
    }
    if let Some(trouble) = &story.trouble {
        let line = format!("nothing was learned from history: {}", plain(trouble));
        let _ = writeln!(text, "{}", look.paint(Paint::Yellow, &line));
    }
    if let [first, ..] = drawn {
        let _ = writeln!(text, "{} written: {}", count(drawn.len(), "drawing"), plain(first));
    }
    text
}

fn row(chapter: &Chapter) -> [String; 9] {
    let figures = &chapter.figures;
    let highest = chapter.track.samples.iter().map(|sample| sample.level).fold(0.0, f64::max);
    let ready = match chapter.ready() {
        None => String::new(),
        Some((low, high)) if low == high => format!("{low:.0} %"),
        Some((low, high)) => format!("{low:.0}–{high:.0} %"),
    };
    let by: Vec<String> =
        chapter.deciders.iter().map(|decider| format!("{} {}", decider.name, decider.times)).collect();
    [
        chapter.port.to_string(),
        cut(chapter.track.device.as_str(), NAME),
        figures.switches.to_string(),
        format!("{:.0} h", figures.hours_on),
        format!("{:.0} h", figures.hours_above_80),
        format!("{:.0}–{highest:.0} %", figures.lowest),
        ready,
        format!("{:.0} °C", figures.highest_temperature),
        by.join(", "),
    ]
}

/// What stands below the table.
fn notes(story: &Story) -> Vec<String> {
    let learned = story.devices.iter().filter(|chapter| chapter.known == Known::Well).count();
    let from = match learned {
        0 => "devices and people are as is usual for their kind; --json tells what was assumed".to_owned(),
        _ => format!(
            "{learned} of {} known from their own reports, the others as is usual for their kind; --json tells what was assumed",
            count(story.devices.len(), "device")
        ),
    };
    let mut notes = vec![
        "ready: lowest and highest level at the times of ready-by. on: with power while the device was there"
            .to_owned(),
        from,
    ];
    notes.push(format!("--seed {} gives the same again, another number other luck", story.seed));
    notes
}

/// The same for programs, with everything that was assumed.
pub(super) fn json(story: &Story, drawn: &[String]) -> Value {
    let devices: Vec<Value> = story.devices.iter().map(device).collect();
    object!({
        "station": story.station,
        "start": story.start,
        "end": story.end,
        "seed": story.seed,
        "devices": devices,
        "drawings": drawn,
        "trouble": story.trouble,
    })
}

fn device(chapter: &Chapter) -> Value {
    let figures = &chapter.figures;
    let switches = chapter.track.switches.iter();
    let ready = figures.ready.iter().map(|(at, level)| object!({ "at": at, "level": rounded(*level) }));
    let by = chapter.deciders.iter().map(|decider| object!({ "name": decider.name, "times": decider.times }));
    object!({
        "port": chapter.port,
        "device": chapter.track.device,
        "switches": figures.switches,
        "hours_on": rounded(figures.hours_on),
        "hours_above_80": rounded(figures.hours_above_80),
        "lowest": rounded(figures.lowest),
        "highest_temperature": rounded(figures.highest_temperature),
        "ready": ready.collect::<Vec<_>>(),
        "switched_by": by.collect::<Vec<_>>(),
        "switched": switches
            .map(|one| object!({ "at": one.at, "power": one.power, "reason": one.reason }))
            .collect::<Vec<_>>(),
        "model": model(&chapter.model, chapter.known),
    })
}

fn model(model: &DeviceModel, known: Known) -> Value {
    let habits = model.habits.iter().map(|away| {
        object!({
            "days": away.days.to_string(),
            "from": away.from.strftime("%H:%M").to_string(),
            "to": away.to.strftime("%H:%M").to_string(),
            "per_hour": rounded(away.per_hour),
        })
    });
    object!({
        "known": match known {
            Known::Nothing => "nothing",
            Known::Partly => "partly",
            Known::Well => "well",
        },
        "level": rounded(model.level),
        "charge_per_hour": rounded(model.charge_per_hour),
        "drain_per_hour": (0..24).map(|hour| rounded(model.drain.at(hour))).collect::<Vec<_>>(),
        "rise": rounded(model.rise),
        "away": habits.collect::<Vec<_>>(),
        "report_every_seconds": model.report_every.as_secs(),
    })
}

/// To a hundredth: more digits say nothing of a battery.
fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
