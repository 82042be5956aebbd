//! Words that people bring from other languages, and what they mean here.

use crate::rules::{
    check::{hints, scan},
    host::verbs::VERBS,
    inputs::INPUTS,
};

/// Words of other languages and what to write here.
pub(in crate::rules) fn habit(word: &str) -> Option<&'static str> {
    Some(match word {
        "elif" | "elsif" | "elseif" => "write `else if`",
        "not" => "write `!` for not",
        "and" => "write `&&` for and",
        "or" => "write `||` for or",
        "True" | "TRUE" | "yes" | "Yes" => "write `true`",
        "False" | "FALSE" | "no" | "No" => "write `false`",
        "def" | "function" | "func" | "sub" => "functions are written fn name(value) { … }",
        "var" | "val" | "local" | "my" | "static" => "variables are declared with `let`",
        "when" | "unless" => "write if … { … }",
        "null" | "nil" | "None" | "none" | "undefined" => {
            "nothing is ever empty here; ask battery.has_temp, battery.has_charging or port.has_minutes"
        }
        "on" | "turn_on" | "on_" | "ON" => "to give power write charge(\"why\")",
        "off" | "turn_off" | "OFF" | "stop" => "to take power away write rest(\"why\")",
        "hold" | "wait" | "stay" => "to leave the port as it is write keep(\"why\")",
        "print" | "debug" | "log" | "echo" | "puts" => {
            "rules print nothing; what you want to know goes into the reason"
        }
        "eval" => "what a rule does stands in its text",
        "import" | "export" => {
            "functions that rules share stand in rules/lib/ and are called NAME::function(…)"
        }
        "<<" | ">>" | "<<=" | ">>=" => "to compare write `<` or `>`",
        "sleep" | "delay" | "timestamp" | "now" => {
            "rules do not wait; they are asked again, and `clock` tells the time"
        }
        "between" => "write battery.level in 20..=80",
        "is" | "equals" => "write `==`",
        "end" => "blocks end with `}`",
        "#" => "comments begin with //",
        _ => return None,
    })
}

/// Signs of other languages and what to write here.
pub(in crate::rules) fn sign(sign: &str) -> Option<&'static str> {
    Some(match sign {
        "===" => "write `==`",
        "!==" => "write `!=`",
        ":=" => "write `=`",
        "->" | "=>" => "what an `if` does stands between { and }",
        "++" => "write `x += 1`",
        "--" => "write `x -= 1`",
        _ => return None,
    })
}

/// What a character that people do not see is called.
pub(in crate::rules) fn unseen(found: &str) -> Option<&'static str> {
    Some(match found.chars().next()? {
        '\u{a0}' | '\u{202f}' => "non-breaking space",
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => "character that is not shown",
        '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{205f}' | '\u{3000}' => "space of another width",
        _ => return None,
    })
}

/// A word of the language in the wrong letters.
fn keyword(word: &str) -> Option<String> {
    const WORDS: [&str; 9] = ["if", "else", "let", "switch", "fn", "return", "true", "false", "throw"];
    let small = word.to_lowercase();
    let known = WORDS.contains(&small.as_str()) && small != word;
    known.then(|| format!("write `{small}`, in small letters"))
}

/// What the place of an unknown word says about it.
pub(in crate::rules) fn in_place(word: &str, at: (u32, u32), text: &str) -> Option<String> {
    let after = scan::rest_of_line(text, at).get(word.len()..).unwrap_or_default().trim_start();
    if after.starts_with('"') && word.len() == 1 {
        return Some("texts with values in them stand between backticks: `${battery.level}%`".to_owned());
    }
    if let Some(hint) = keyword(word) {
        return Some(hint);
    }
    let before: String = scan::line_before(text, at).trim_end().to_owned();
    let verb = VERBS.iter().map(|(verb, _)| *verb).find(|verb| before.ends_with(&format!("{verb}(")));
    if let Some(verb) = verb {
        return Some(format!("texts stand between double quotes: {verb}(\"…\")"));
    }
    let compared = before.ends_with("==") || before.ends_with("!=");
    compared.then(|| format!("texts stand between double quotes: \"{word}\""))
}

/// What other programs call the values of an input.
pub(in crate::rules) fn synonym(input: &str, name: &str) -> Option<&'static str> {
    Some(match (input, name.to_lowercase().as_str()) {
        ("battery", "percent" | "percentage" | "soc" | "charge" | "value" | "state" | "battery_level") => {
            "level"
        }
        ("battery", "temperature" | "heat" | "celsius") => "temp",
        ("battery", "is_charging" | "plugged" | "status") => "charging",
        ("battery", "has_temperature") => "has_temp",
        ("port", "power" | "state" | "is_on" | "powered" | "enabled" | "off") => "on",
        ("port", "id" | "no" | "nr") => "number",
        ("device", "id" | "model") => "name",
        ("device", "type" | "category") => "kind",
        ("device", "labels" | "groups" | "tag") => "tags",
        ("clock", "now") => "time",
        ("clock", "day" | "day_of_week" | "dow") => "weekday",
        ("clock", "hours") => "hour",
        ("rule", "active" | "mine" | "decided") => "holds",
        _ => return None,
    })
}

/// What was probably meant by a name behind a point, where it is not known what stands before it.
pub(in crate::rules) fn property(name: &str, keys: &[&str]) -> String {
    let values = INPUTS.iter().flat_map(|input| input.values.iter().copied());
    let known: Vec<&str> = values.chain(keys.iter().copied()).collect();
    let like =
        hints::nearest(name, &known).or_else(|| INPUTS.iter().find_map(|input| synonym(input.name, name)));
    like.map(|meant| format!("did you mean `{meant}`?")).unwrap_or_default()
}

/// The input that has a value of this name, or of a like one.
pub(in crate::rules) fn inside_of(name: &str) -> Option<String> {
    INPUTS.iter().find_map(|input| {
        let known = synonym(input.name, name).filter(|_| name.len() > 3);
        known.map(|known| format!("did you mean `{}.{known}`?", input.name))
    })
}

/// The names that a script declares, roughly: good enough for a guess.
pub(in crate::rules) fn declared(text: &str) -> Vec<String> {
    let words: Vec<&str> = text
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
        .take(5000)
        .collect();
    let pairs = words.iter().zip(words.iter().skip(1));
    pairs
        .filter(|(before, _)| matches!(**before, "let" | "const"))
        .map(|(_, name)| (*name).to_owned())
        .collect()
}
