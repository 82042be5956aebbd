//! How the account of a device looks as text.

use std::fmt::Write as _;

use serde::Deserialize;

use crate::cli::look::{Look, Side, plain, table};

/// The account, as far as the page shows it.
#[derive(Debug, Deserialize)]
pub(super) struct Told {
    device: String,
    from: String,
    to: String,
    per_hour: f64,
    per_hour_learned: bool,
    cut: bool,
    total: Both,
    days: Vec<Day>,
}

#[derive(Debug, Deserialize)]
struct Day {
    date: String,
    was: Was,
    stayed: Stayed,
}

#[derive(Debug, Deserialize)]
struct Both {
    was: Was,
    stayed: Stayed,
}

#[derive(Debug, Deserialize)]
struct Was {
    hours_known: f64,
    hours_above_80: f64,
    hours_above_35_degrees: f64,
    hours_by_level: Vec<f64>,
    full_cycles: f64,
    switches: u32,
    lowest: Option<f64>,
    highest_temperature: Option<f64>,
}

#[derive(Debug, Deserialize)]
struct Stayed {
    hours_above_80: f64,
    hours_by_level: Vec<f64>,
    full_cycles: f64,
}

/// Bars of the bands are so long at most.
const BAR: f64 = 32.0;

/// A line for each day, and how long the battery was at which level.
pub(super) fn page(told: &Told, look: Look) -> String {
    let mut text = format!("{}: {} to {}\n\n", plain(&told.device), plain(&told.from), plain(&told.to));
    if told.days.is_empty() {
        text += "it did not report in these days\n";
        return text;
    }
    let head = [
        "day", "known", "> 80 %", "charger", "> 35 °C", "cycles", "charger", "switches", "lowest", "hottest",
    ];
    let mut rows = vec![head.map(str::to_owned)];
    rows.extend(told.days.iter().map(|day| row(&plain(&day.date), &day.was, &day.stayed)));
    rows.push(row("all", &told.total.was, &told.total.stayed));
    use Side::{Left, Right};
    let sides = [Left, Right, Right, Right, Right, Right, Right, Right, Right, Right];
    text += &table(sides, &rows, look);
    text.push('\n');
    text += &bands(&told.total);
    let rate = if told.per_hour_learned { "as it was seen to charge" } else { "its rate is not known yet" };
    let _ = writeln!(
        text,
        "\nknown: hours between reports at most 45 minutes apart; only these are counted\n\
         charger: had it stayed on the charger whenever it was in reach, at {:.0} % per hour, {rate}",
        told.per_hour
    );
    if told.cut {
        text += "there were too many reports for one answer: the earliest days are missing\n";
    }
    text
}

fn row(day: &str, was: &Was, stayed: &Stayed) -> [String; 10] {
    let maybe = |value: Option<f64>, unit: &str| value.map_or_else(String::new, |v| format!("{v:.0} {unit}"));
    [
        day.to_owned(),
        format!("{:.1} h", was.hours_known),
        format!("{:.1} h", was.hours_above_80),
        format!("{:.1} h", stayed.hours_above_80),
        format!("{:.1} h", was.hours_above_35_degrees),
        format!("{:.2}", was.full_cycles),
        format!("{:.2}", stayed.full_cycles),
        was.switches.to_string(),
        maybe(was.lowest, "%"),
        maybe(was.highest_temperature, "°C"),
    ]
}

/// How long the battery was at which level, the highest first.
fn bands(total: &Both) -> String {
    let most = total.was.hours_by_level.iter().copied().fold(0.0, f64::max);
    let mut text = String::new();
    for (band, hours) in total.was.hours_by_level.iter().enumerate().rev() {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a bar is 0 to 32 long")]
        let length = if most > 0.0 { (hours / most * BAR).round().clamp(0.0, BAR) as usize } else { 0 };
        let stayed = total.stayed.hours_by_level.get(band).copied().unwrap_or_default();
        let name = format!("{}–{} %", band * 10, band * 10 + 10);
        let line = format!("{name:>9} {hours:>7.1} h  (charger {stayed:>6.1} h)  {}", "▇".repeat(length));
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_days_stand_beside_those_on_the_charger() {
        let was = json!({
            "hours_known": 24.0, "hours_above_80": 1.5, "hours_above_35_degrees": 0.0,
            "hours_by_level": [0.0, 0.0, 0.0, 0.0, 12.0, 10.5, 0.0, 0.0, 1.5, 0.0],
            "full_cycles": 0.4, "switches": 3, "lowest": 41.0, "highest_temperature": null,
        });
        let stayed = json!({
            "hours_above_80": 23.0, "hours_by_level": [0, 0, 0, 0, 0, 0, 0, 0, 0, 24], "full_cycles": 0.6,
        });
        let told = json!({
            "device": "pixel-7", "from": "2026-11-22", "to": "2026-11-22", "per_hour": 40.0,
            "per_hour_learned": true, "cut": false, "total": { "was": was, "stayed": stayed },
            "days": [{ "date": "2026-11-22", "was": was, "stayed": stayed }],
        });
        let text = page(&serde_json::from_value(told).unwrap(), Look { width: 120, colour: false });
        let day = text.lines().find(|line| line.starts_with("2026-11-22")).unwrap();
        let cells: Vec<&str> = day.split_whitespace().collect();
        assert_eq!(
            cells,
            ["2026-11-22", "24.0", "h", "1.5", "h", "23.0", "h", "0.0", "h", "0.40", "0.60", "3", "41", "%"]
        );
        assert!(
            text.contains(&format!("  40–50 %    12.0 h  (charger    0.0 h)  {}\n", "▇".repeat(32))),
            "{text}"
        );
        assert!(text.contains("at 40 % per hour, as it was seen to charge"), "{text}");
    }
}
