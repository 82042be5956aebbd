//! How the ports of a station look in a terminal.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::{
    cli::look::{Look, Paint, Side, age, cut, fit, table, wrap},
    model::Span,
};

/// Below this many columns the reason gets a line of its own.
const WIDE: usize = 76;
/// Columns of a narrow terminal before what belongs to a port.
const INDENT: usize = 5;

/// One station.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Page {
    pub(super) name: String,
    pub(super) title: String,
    /// What of the power budget is taken, and how many wait; `None`: there is none.
    pub(super) power: Option<String>,
    pub(super) ports: Vec<Row>,
}

/// One port.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Row {
    pub(super) port: u16,
    pub(super) device: Option<String>,
    /// Percent.
    pub(super) level: Option<u8>,
    /// `on`, `off`; `None`: not known.
    pub(super) power: Option<String>,
    /// `auto`, or `off until 14:30`.
    pub(super) mode: String,
    /// Age of the last report.
    pub(super) age: Option<Span>,
    /// Why it is so.
    pub(super) reason: String,
    /// What is wrong with the port, if something is.
    pub(super) trouble: Option<String>,
}

impl Page {
    /// The station with its ports, as wide as the terminal.
    pub(super) fn text(&self, look: Look) -> String {
        let on = self.ports.iter().filter(|row| row.power.as_deref() == Some("on")).count();
        let title = if self.title.is_empty() { String::new() } else { format!(" · {}", self.title) };
        let ports = format!(" · {on} of {} ports on", self.ports.len());
        let power = self.power.as_ref().map(|power| format!(" · power: {power}")).unwrap_or_default();
        let head = wrap(&format!("{}{title}{ports}{power}", self.name), look.width).join("\n");
        let body = if look.width >= WIDE { self.wide(look) } else { self.narrow(look) };
        format!("{head}\n{body}")
    }

    fn wide(&self, look: Look) -> String {
        let heading = ["port", "device", "level", "power", "mode", "report", "why"].map(str::to_owned);
        let rows: Vec<_> = std::iter::once(heading).chain(self.rows(look)).collect();
        let sides = [Side::Right, Side::Left, Side::Right, Side::Left, Side::Left, Side::Right, Side::Left];
        table(sides, &rows, look)
    }

    /// The cells of all ports. When a whole hub has a trouble, people read it once.
    fn rows(&self, look: Look) -> impl Iterator<Item = [String; 7]> {
        let mut told: BTreeMap<&str, u16> = BTreeMap::new();
        self.ports.iter().map(move |row| {
            let first = row.trouble.as_deref().map(|trouble| *told.entry(trouble).or_insert(row.port));
            let mut cells = row.cells(look);
            if let (Some(first), [.., why]) = (first, &mut cells)
                && first != row.port
                && look.is_terminal()
            {
                *why = format!("! the same as port {first}");
            }
            cells
        })
    }

    fn narrow(&self, look: Look) -> String {
        let mut text = String::new();
        let left = look.width.saturating_sub(INDENT).max(10);
        for [port, device, level, power, mode, report, why] in self.rows(look) {
            let first = format!(
                "{} {} {} {} {mode} {report}",
                fit(&port, 4, Side::Right),
                fit(&device, 12, Side::Left),
                fit(&level, 5, Side::Right),
                fit(&power, 4, Side::Left),
            );
            let first = first.trim_end();
            if first.chars().count() <= look.width {
                let _ = writeln!(text, "{first}");
            } else {
                let _ = writeln!(text, "{} {device}", fit(&port, 4, Side::Right));
                for part in wrap(&format!("{level} {power} {mode} {report}"), left) {
                    let _ = writeln!(text, "{:INDENT$}{part}", "");
                }
            }
            if !why.is_empty() {
                for part in wrap(&why, left) {
                    let _ = writeln!(text, "{:INDENT$}{}", "", look.paint(Paint::Faint, &part));
                }
            }
        }
        text
    }
}

impl Row {
    fn cells(&self, look: Look) -> [String; 7] {
        // A port without a device is never touched: there is nothing more to say of it.
        let known =
            |text: Option<String>| text.unwrap_or_else(|| self.device.as_ref().map_or("", |_| "?").into());
        [
            self.port.to_string(),
            cut(self.device.as_deref().unwrap_or("–"), if look.is_terminal() { 24 } else { usize::MAX }),
            known(self.level.map(|level| format!("{level} %"))),
            known(self.power.clone()),
            if self.device.is_some() { self.mode.clone() } else { String::new() },
            known(self.age.map(age)),
            self.trouble.as_ref().map_or_else(|| self.reason.clone(), |trouble| format!("! {trouble}")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Page {
        let row = |port, device: &str, level, power: &str, reason: &str| Row {
            port,
            device: Some(device.into()),
            level: Some(level),
            power: Some(power.into()),
            mode: "auto".into(),
            age: Some(Span::from_mins(2)),
            reason: reason.into(),
            trouble: None,
        };
        let mut ports = vec![
            row(1, "pixel-7", 81, "off", "81% is at or over 80%"),
            row(2, "Mäxchens Galaxy S9+", 19, "on", "19% is at or under 20%"),
            Row { port: 3, power: Some("on".into()), ..Row::default() },
            Row { port: 4, device: Some("nexus-5".into()), mode: "off until 22:30".into(), ..Row::default() },
        ];
        ports[3].trouble = Some("the order was sent, but the hub still shows the port on".into());
        Page { name: "desk".into(), title: "Charging station in the office".into(), power: None, ports }
    }

    #[test]
    fn on_a_wide_terminal_each_port_is_a_line() {
        assert_eq!(
            page().text(Look { width: 100, colour: false }),
            "desk · Charging station in the office · 2 of 4 ports on
port  device               level  power  mode             report  why
   1  pixel-7               81 %  off    auto                 2m  81% is at or over 80%
   2  Mäxchens Galaxy S9+   19 %  on     auto                 2m  19% is at or under 20%
   3  –                           on
   4  nexus-5                  ?  ?      off until 22:30       ?  ! the order was sent, but the hub
                                                                  still shows the port on
"
        );
    }

    #[test]
    fn into_a_file_nothing_is_cut_or_shortened() {
        let mut page = page();
        let trouble = page.ports[3].trouble.clone();
        page.ports[0].trouble = trouble;
        let shown = page.text(Look { width: 100, colour: false });
        assert!(shown.ends_with("! the same as port 1\n"), "{shown}");
        page.ports[1].device = Some("the tablet beside the door of the second office".into());
        let text = page.text(Look { width: usize::MAX, colour: false });
        assert_eq!(text.lines().count(), 6, "{text}");
        assert!(text.contains("of the second office   19 %"), "{text}");
        assert!(text.ends_with("! the order was sent, but the hub still shows the port on\n"), "{text}");
    }

    #[test]
    fn on_a_narrow_one_the_reason_stands_below() {
        let text = page().text(Look { width: 44, colour: false });
        assert_eq!(
            text,
            "desk · Charging station in the office · 2 of
4 ports on
   1 pixel-7       81 % off  auto 2m
     81% is at or over 80%
   2 Mäxchens Ga…  19 % on   auto 2m
     19% is at or under 20%
   3 –                  on
   4 nexus-5
     ? ? off until 22:30 ?
     ! the order was sent, but the hub still
     shows the port on
"
        );
        assert!(text.lines().all(|line| line.chars().count() <= 44));
    }
}
