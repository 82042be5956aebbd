//! A hub drawn as it lies on the table.

use crate::{
    cli::look::{Look, Paint, Side, fit},
    host::hubs::{Unit, UnitPort, name_of},
    model::Power,
    usb::Survey,
};

/// Columns before everything that belongs to a hub.
pub(super) const INDENT: &str = "  ";
/// Columns of one port: wide enough for the start of a name.
const CELL: usize = 8;
/// Most hubs with many ports have two rows of eight.
const LONGEST_ROW: usize = 8;

/// The ports in rows, each with its number, its power, and the start of what is in it.
pub(super) fn draw(unit: &Unit, survey: &Survey, look: Look) -> String {
    let room = look.width.saturating_sub(INDENT.len() + 1) / (CELL + 1);
    let most = room.clamp(1, LONGEST_ROW);
    let rows = unit.ports.len().div_ceil(most).max(1);
    let columns = unit.ports.len().div_ceil(rows).max(1);
    let drawn: Vec<Vec<Cell>> = unit
        .ports
        .chunks(columns)
        .map(|row| row.iter().map(|port| Cell::of(unit, port, survey)).collect())
        .collect();
    let mut lines = Vec::new();
    let mut above = 0;
    for row in &drawn {
        lines.push(border(above, row.len()));
        above = row.len();
        lines.push(line(row, |cell| look.paint(cell.paint, &fit(&cell.head, CELL, Side::Left))));
        lines.push(line(row, |cell| fit(&cell.name, CELL, Side::Left)));
    }
    lines.push(border(above, 0));
    lines.iter().map(|line| format!("{INDENT}{line}\n")).collect()
}

struct Cell {
    head: String,
    name: String,
    paint: Paint,
}

impl Cell {
    fn of(unit: &Unit, port: &UnitPort, survey: &Survey) -> Self {
        let (power, paint) = match port.power(survey) {
            Ok(Power::On) => ("on", Paint::Green),
            Ok(Power::Off) => ("off", Paint::Faint),
            Err(_) => ("?", Paint::Yellow),
        };
        let name = match (unit.guest(port, survey), port.thing(survey)) {
            (Some(_), _) => "a hub".to_owned(),
            (None, Some(thing)) => short(&name_of(thing)),
            (None, None) => String::new(),
        };
        Self { head: format!("{:>2} {power}", port.number), name, paint }
    }
}

/// The last words of a name that have room in a cell: the first ones mostly say who made it.
fn short(name: &str) -> String {
    let fits = |start: &usize| name.get(*start..).is_some_and(|end| end.chars().count() <= CELL);
    let mut starts = std::iter::once(0).chain(name.match_indices(' ').map(|(at, _)| at + 1));
    starts.find(fits).and_then(|start| name.get(start..)).unwrap_or(name).to_owned()
}

fn line(row: &[Cell], text: impl Fn(&Cell) -> String) -> String {
    row.iter().fold(String::from("│"), |line, cell| format!("{line}{}│", text(cell)))
}

/// The line between a row of `above` ports and one of `below`.
fn border(above: usize, below: usize) -> String {
    let corner = |at: usize| {
        let (up, down) = (above > 0 && at <= above, below > 0 && at <= below);
        let (left, right) = (at > 0, at < above.max(below));
        match (up, down, left, right) {
            (false, _, false, _) => '┌',
            (false, _, _, true) => '┬',
            (false, ..) => '┐',
            (true, true, false, _) => '├',
            (true, true, _, true) => '┼',
            (true, true, ..) => '┤',
            (true, false, false, _) => '└',
            (true, false, _, true) => '┴',
            (true, false, ..) => '┘',
        }
    };
    let columns = above.max(below);
    let mut text = String::from(corner(0));
    for at in 1..=columns {
        text.push_str(&"─".repeat(CELL));
        text.push(corner(at));
    }
    text
}
