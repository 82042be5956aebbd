//! How the findings look.

use std::fmt::Write as _;

use super::{
    checks::{Line, State},
    rule::Permit,
    sockets::Power,
};
use crate::cli::look::{Look, Paint, count, fit, plain, wrap};

/// What the doctor says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Findings {
    /// Every check.
    pub(super) lines: Vec<Line>,
    /// What lets this user switch, if that is missing or asked for.
    pub(super) permit: Option<Permit>,
    /// The power of every port.
    pub(super) power: Vec<Power>,
}

impl Findings {
    /// True when nothing is wrong.
    pub(super) fn well(&self) -> bool {
        self.number(State::Wrong) == 0
    }

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
            "ports": self.power.iter().map(Power::json).collect::<Vec<_>>(),
            "rule": self.permit.as_ref().map(Permit::file),
            "commands": self.permit.as_ref().map(Permit::commands),
        })
    }
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Fine => "ok",
            Self::Note => "note",
            Self::Wrong => "wrong",
        }
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
