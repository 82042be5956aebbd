//! Conditions in words: the value and the limit, and whether the one reaches the other.

use jiff::Zoned;

use crate::{
    model::{Facts, Value},
    rules::{Comparison, Condition, Input, Kind, Setting, Term, TermKind, Trace, TraceStep},
};

/// What is read as a plain yes or no, said as people say it: when it is so, and when it is not.
const YES_OR_NO: [(&str, &str, &str); 11] = [
    ("battery.has_temp", "the device reports a temperature", "the device reports no temperature"),
    (
        "battery.has_charging",
        "the device says whether it charges",
        "the device does not say whether it charges",
    ),
    ("battery.charging", "the device says that it charges", "the device says that it does not charge"),
    ("port.on", "the port is on", "the port is off"),
    (
        "port.has_minutes",
        "it is known since when the port is as it is",
        "it is not known since when the port is as it is",
    ),
    (
        "history.has_full",
        "it is known when the device was last full",
        "it is not known when the device was last full",
    ),
    (
        "history.knows_rate",
        "it is known how fast the device charges",
        "it is not known yet how fast the device charges",
    ),
    ("history.knows_drain", "it is known what the device uses", "it is not known yet what the device uses"),
    (
        "deadline.has_next",
        "the device is to be ready at some time",
        "the device is not to be ready at any time",
    ),
    ("deadline.in_time", "it will be ready in time", "it will not be ready in time"),
    (
        "rule.holds",
        "this rule brought the port into its present state",
        "this rule did not bring the port into its present state",
    ),
];

/// Tells of one way through a rule.
pub(super) struct Telling<'a> {
    settings: Vec<&'a Setting>,
    inputs: &'a [Input],
    now: Zoned,
}

impl<'a> Telling<'a> {
    pub(super) fn new(trace: &'a Trace, facts: &Facts) -> Self {
        let settings = trace.steps.iter().filter_map(|step| match step {
            TraceStep::Set(setting) => Some(setting),
            TraceStep::Asked(_) | TraceStep::Chosen { .. } | TraceStep::Left { .. } => None,
        });
        Self {
            settings: settings.collect(),
            inputs: &trace.inputs,
            now: facts.at.to_zoned(facts.zone.clone()),
        }
    }

    /// What made a condition come out as it did: of an `&&` that is false the part that is false, of one that is true
    /// all parts.
    pub(super) fn decisive(&self, condition: &Condition) -> Vec<String> {
        match &condition.kind {
            Kind::Not(inner) => self.decisive(inner),
            Kind::All(parts) | Kind::Any(parts) => {
                let all = matches!(condition.kind, Kind::All(_));
                let settles = Some(!all);
                let settled = parts.iter().filter(|part| condition.holds != settles || part.holds == settles);
                let mut told: Vec<String> = settled.take(8).flat_map(|part| self.decisive(part)).collect();
                told.dedup();
                told
            }
            Kind::Compared { left, comparison, right } => {
                vec![self.compared(left, *comparison, right, condition.holds)]
            }
            Kind::Plain(term) => vec![self.plain(term, condition.holds)],
        }
    }

    fn compared(&self, left: &Term, comparison: Comparison, right: &Term, holds: Option<bool>) -> String {
        let turned = comparison != Comparison::Inside
            && (left.kind == TermKind::Literal
                || (right.kind == TermKind::Input && left.kind != TermKind::Input));
        let (left, comparison, right) =
            if turned { (right, mirrored(comparison), left) } else { (left, comparison, right) };
        let Some(holds) = holds else {
            return format!("{} cannot be held against {}", left.text, right.text);
        };
        let named = self.named(&left.text, left.value.as_ref());
        let not = if holds { "" } else { "not " };
        match comparison {
            Comparison::Equal | Comparison::Different => {
                let same = (comparison == Comparison::Equal) == holds;
                match (same, right.kind) {
                    (true, TermKind::Literal) => named,
                    (true, _) => format!("{named}, the same as {}", self.filled_in(&right.text)),
                    (false, _) => format!("{named}, not {}", self.limit(right)),
                }
            }
            Comparison::Inside if left.kind == TermKind::Literal => {
                let list = self.limit(right);
                format!("{} is {not}in {list}", left.text)
            }
            Comparison::Inside => format!("{named}, {not}in {}", self.limit(right)),
            Comparison::Under => format!("{named}, {not}under {}", self.limit(right)),
            Comparison::AtOrUnder => format!("{named}, {not}at or under {}", self.limit(right)),
            Comparison::Over => format!("{named}, {not}over {}", self.limit(right)),
            Comparison::AtOrOver => format!("{named}, {not}at or over {}", self.limit(right)),
        }
    }

    fn plain(&self, term: &Term, holds: Option<bool>) -> String {
        let Some(holds) = holds else { return format!("{} cannot be had", term.text) };
        if let Some((_, yes, no)) = YES_OR_NO.iter().find(|(input, _, _)| *input == term.text) {
            return (if holds { *yes } else { *no }).to_owned();
        }
        let not = if holds { "" } else { "not " };
        if let Some(told) = self.of_the_clock(&term.text, not) {
            return told;
        }
        if let Some(signal) = argument_of(&term.text, "signal.has(") {
            let signal = self.filled_in(signal);
            return if holds {
                format!("{signal} was received")
            } else {
                format!("no {signal} was received yet")
            };
        }
        // Why a variable is so is told where it is made.
        self.named(&term.text, term.value.as_ref())
    }

    /// A question about the time, with the time.
    fn of_the_clock(&self, text: &str, not: &str) -> Option<String> {
        let unquoted = |text: &str| self.filled_in(text).replace('"', "");
        let time = self.now.strftime("%H:%M");
        if let Some(times) = argument_of(text, "clock.is_between(") {
            return Some(format!("it is {time}, {not}between {}", unquoted(times).replace(", ", " and ")));
        }
        if let Some(hours) = argument_of(text, "clock.hour_in(") {
            return Some(format!("it is {time}, {not}in the hours {}", unquoted(hours)));
        }
        let days = argument_of(text, "clock.is_on(")?;
        Some(format!("it is {}, {not}one of {}", self.now.strftime("%A"), unquoted(days)))
    }

    /// `battery.level is 50`
    pub(super) fn named(&self, text: &str, value: Option<&Value>) -> String {
        let text = if text.contains('(') { self.filled_in(text) } else { text.to_owned() };
        match value {
            Some(value) => format!("{text} is {}", shown(value)),
            None => format!("{text} cannot be had"),
        }
    }

    /// `20 (low)`
    fn limit(&self, term: &Term) -> String {
        match (&term.value, term.kind) {
            (Some(value), TermKind::Literal) => shown(value),
            (Some(value), _) => format!("{} ({})", shown(value), term.text),
            (None, _) => self.filled_in(&term.text),
        }
    }

    /// What a variable is, as set last, or what an input was read as.
    fn value_of(&self, word: &str) -> Option<&Value> {
        let variable = self.settings.iter().rev().find(|setting| setting.name == word);
        let input = || self.inputs.iter().rev().find(|input| input.input == word);
        variable.map_or_else(|| input()?.value.as_ref(), |setting| setting.value.as_ref())
    }

    /// The text with values for the variables and inputs in it.
    pub(super) fn filled_in(&self, text: &str) -> String {
        let mut filled = String::new();
        let mut word = String::new();
        let mut quoted = false;
        for letter in text.chars().chain(std::iter::once('\n')) {
            let of_a_word = letter.is_alphanumeric() || matches!(letter, '_' | '.');
            if of_a_word && !quoted {
                word.push(letter);
                continue;
            }
            match self.value_of(&word).filter(|_| letter != '(') {
                Some(value) => filled.push_str(&shown(value)),
                None => filled.push_str(&word),
            }
            word.clear();
            quoted ^= letter == '"';
            filled.push(letter);
        }
        filled.pop();
        filled
    }

    /// True when a condition asks for a variable.
    pub(super) fn mentions(&self, condition: &Condition, name: &str) -> bool {
        match &condition.kind {
            Kind::Not(inner) => self.mentions(inner, name),
            Kind::All(parts) | Kind::Any(parts) => {
                parts.iter().any(|part| part.holds.is_some() && self.mentions(part, name))
            }
            Kind::Compared { left, right, .. } => [left, right].iter().any(|term| has_word(&term.text, name)),
            Kind::Plain(term) => has_word(&term.text, name),
        }
    }
}

/// Facts in a row: `a`, `a, and b`, `a; b; and c`.
pub(super) fn and(facts: &[String]) -> String {
    match facts {
        [] => String::new(),
        [only] => only.clone(),
        [first, second] => format!("{first}, and {second}"),
        [most @ .., last] => format!("{}; and {last}", most.join("; ")),
    }
}

fn has_word(text: &str, name: &str) -> bool {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != '.')
        .any(|word| word == name)
}

fn argument_of<'t>(text: &'t str, call: &str) -> Option<&'t str> {
    text.strip_prefix(call)?.strip_suffix(')')
}

fn mirrored(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Under => Comparison::Over,
        Comparison::AtOrUnder => Comparison::AtOrOver,
        Comparison::Over => Comparison::Under,
        Comparison::AtOrOver => Comparison::AtOrUnder,
        same @ (Comparison::Equal | Comparison::Different | Comparison::Inside) => same,
    }
}

/// A value as people read it: at most two digits after the point, texts between quotation marks.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Int(number) => number.to_string(),
        Value::Float(number) => {
            let rounded = (number * 100.0).round() / 100.0;
            if rounded.is_finite() { format!("{}", rounded + 0.0) } else { number.to_string() }
        }
        Value::Text(text) => format!("\"{text}\""),
        Value::Bool(answer) => answer.to_string(),
    }
}
