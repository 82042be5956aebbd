//! How the findings look.

use std::fmt::Write as _;

use crate::{
    cli::look::{Look, Paint, count, fit, plain, wrap},
    host::doctor::{Findings, Line, Permit, Power, State},
};

impl Findings {
    fn number(&self, state: State) -> usize {
        self.lines.iter().filter(|line| line.state == state).count()
    }

    /// One line for each check, then the rule, then the sum.
    pub(super) fn text(&self, look: Look) -> String {
        let widest = self.lines.iter().map(|line| line.topic.chars().count()).max().unwrap_or(0).min(16);
        let mut text = String::new();
        for line in &self.lines {
            text.push_str(&line.text(widest, look));
        }
        if let Some(permit) = &self.permit {
            let _ =
                write!(text, "\n{}\n\n{}", look.paint(Paint::Faint, "Type this, once:"), permit.commands());
        }
        let notes = match self.number(State::Note) {
            0 => String::new(),
            some => format!(", {}", count(some, "note")),
        };
        let sum = match self.number(State::Wrong) {
            0 => look.paint(Paint::Green, &format!("nothing is wrong{notes}")),
            some => look.paint(Paint::Red, &format!("{some} wrong{notes}")),
        };
        let _ = writeln!(text, "\n{sum}");
        text
    }

    /// The same for programs.
    pub(super) fn json(&self) -> serde_json::Value {
        let lines = self.lines.iter().map(|line| {
            let Line { state, topic, text, hint } = line;
            serde_json::json!({ "state": state.word(), "check": topic, "text": text, "hint": hint })
        });
        serde_json::json!({
            "ok": self.well(),
            "checks": lines.collect::<Vec<_>>(),
            "ports": self.power.iter().map(power_json).collect::<Vec<_>>(),
            "rule": self.permit.as_ref().map(Permit::file),
            "commands": self.permit.as_ref().map(Permit::commands),
        })
    }
}

impl Line {
    fn text(&self, widest: usize, look: Look) -> String {
        use crate::cli::look::Side::Left;
        let paint = match self.state {
            State::Fine => Paint::Green,
            State::Note => Paint::Yellow,
            State::Wrong => Paint::Red,
        };
        let word = look.paint(paint, &fit(self.state.word(), 5, Left));
        let before = 5 + 2 + widest + 2;
        let room = look.width.saturating_sub(before).max(20);
        let mut text = String::new();
        for (n, part) in wrap(&self.text, room).iter().enumerate() {
            let _ = match n {
                0 => writeln!(text, "{word}  {}  {part}", fit(&self.topic, widest, Left)),
                _ => writeln!(text, "{:before$}{part}", ""),
            };
        }
        if !self.hint.is_empty() {
            let parts = wrap(&plain(&self.hint), room.saturating_sub(2));
            for (n, part) in parts.iter().enumerate() {
                let _ = writeln!(text, "{:before$}{} {part}", "", if n == 0 { "→" } else { " " });
            }
        }
        text
    }
}

fn power_json(of: &Power) -> serde_json::Value {
    let Power { station, port, socket, power } = of;
    serde_json::json!({
        "station": station,
        "port": port,
        "hub": socket.hub().as_str(),
        "socket": socket.port(),
        "power": power.as_ref().ok().map(|power| power.as_str()),
        "problem": power.as_ref().err(),
    })
}
