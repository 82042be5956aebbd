//! The reference of what a rule can see, say and call, made from the tables by which rules are checked.

use std::fmt::Write as _;

use crate::rules::{
    compile::LONGEST,
    host::{
        CALLS, DEPTH, FUNCTIONS as OWN_FUNCTIONS, LIST, MAP, OPERATIONS, TEXT, TIME_LIMIT, VARIABLES,
        library::MOST_FILES,
    },
    inputs::INPUTS,
};

/// Inputs and questions, as they are written, with what they are.
const SEEN: [(&str, &str); 48] = [
    ("battery.level", "percent, whole number 0 to 100"),
    ("battery.has_temp", "whether the device reports a temperature"),
    ("battery.temp", "degrees Celsius; ask `battery.has_temp` first"),
    ("battery.has_charging", "whether the device says if it charges"),
    ("battery.charging", "what it says, true or false; ask `battery.has_charging` first"),
    ("battery.age_minutes", "whole minutes since this was measured"),
    ("device.name", "the name in the station file, or given later"),
    ("device.kind", "`\"phone\"`, `\"tablet\"`, … from the station file; may be empty"),
    ("device.tags", "a list of words from the station file"),
    ("port.number", "the number on the housing"),
    ("port.on", "whether the port has power"),
    ("port.has_minutes", "whether it is known since when the port is in this state"),
    ("port.minutes", "whole minutes in this state; ask `port.has_minutes` first"),
    ("station.name", "the name of the station"),
    ("station.ports_on", "how many of its ports have power"),
    ("rule.name", "the name of this rule"),
    ("rule.holds", "true when this rule brought the port into its present state"),
    ("history.charge_per_hour", "how fast the device charges by the station file, percent points per hour"),
    ("history.knows_rate", "whether enough was seen to know how fast the device really charges"),
    ("history.sure", "how sure that is, 0 to 100; 0 before enough was seen"),
    ("history.knows_drain", "whether it is known what the device uses without power"),
    ("history.drain_per_hour", "what it uses, percent points per hour; ask `history.knows_drain` first"),
    (
        "history.has_full",
        "whether it is known when the device was last full: at 100 %, or at 80 % and more and no fuller after 3 hours with power",
    ),
    ("history.hours_since_full", "whole hours since then; ask `history.has_full` first"),
    (
        "history.minutes_to_charge(from, to)",
        "whole minutes from one level to another, rounded up: as learned from the device's reports, else by the station file with the slow end of a charge above 80 %; 0 when it is there",
    ),
    (
        "history.minutes_above(what, limit)",
        "whole minutes for which `\"level\"` or `\"temp\"` has been at or above the limit without a break",
    ),
    ("clock.time", "`\"22:05\"`, in the station's time zone"),
    ("clock.hour", "the hour of it, 0 to 23"),
    ("clock.weekday", "`\"Monday\"`"),
    ("clock.date", "`\"2026-12-24\"`"),
    (
        "clock.minutes_until(moment)",
        "whole minutes until `\"07:00\"` comes next, or until `\"2026-12-24 07:00\"`; what is over is ten years away",
    ),
    ("clock.minutes_until(moment, days)", "the same on certain days: `\"Mon-Fri\"`, `\"Sat, Sun\"`"),
    ("clock.is_between(from, to)", "true from one time of day until just before another, also over midnight"),
    ("clock.is_on(days)", "true on these days: `\"Mon-Fri\"`, `\"Sat, Sun\"`"),
    ("clock.hour_in(hours)", "true in these hours: `\"0-5, 13\"`"),
    ("signal.has(name)", "whether this number was received since the service started"),
    ("signal.value(name)", "the number; ask `signal.has` first"),
    ("signal.age_minutes(name)", "whole minutes since it was received; ask `signal.has` first"),
    ("deadline.has_next", "whether the device is to be ready at some time"),
    ("deadline.minutes_left", "minutes until then; ask `deadline.has_next` first"),
    ("deadline.target", "percent that it is to have then"),
    (
        "deadline.starts_in",
        "minutes until charging for it is to begin, as planned for the whole station; 0 when it is time",
    ),
    ("deadline.in_time", "false when it will not make it"),
    ("deadline.source", "who asks for it, for example `\"Mon-Fri 08:00\"`"),
    ("charge(why)", "the port gets power; the rule ends"),
    ("rest(why)", "the port gets no power; the rule ends"),
    ("keep(why)", "the port stays as it is, and no further rule is asked; the rule ends"),
    (
        "param(name, default)",
        "a value that the station file, or a person at run time, may set; `low` and `high`, or `target` alone, are the `minlevel` and `maxlevel` of MQTT",
    ),
];

/// What each function gives back.
const GIVES: [(&str, &str); 16] = [
    ("abs(x)", "the number without its sign"),
    ("min(a, b)", "the smaller of two numbers"),
    ("max(a, b)", "the larger of two numbers"),
    ("round(x)", "the nearest whole number"),
    ("floor(x)", "the whole number at or below"),
    ("ceiling(x)", "the whole number at or above"),
    ("to_int(x)", "the whole part of a number"),
    ("to_float(x)", "the number as one with a fraction, so that `/` keeps it"),
    ("to_string(x)", "a number, a list or true and false as a text"),
    ("len(x)", "how many characters or items"),
    ("contains(x, y)", "whether a text, a list or a range holds something; `y in x` is the same"),
    ("starts_with(x, y)", "whether a text begins so"),
    ("ends_with(x, y)", "whether a text ends so"),
    ("to_lower(x)", "the text in small letters"),
    ("to_upper(x)", "the text in capital letters"),
    ("trim(x)", "the text without blanks at its ends"),
];

/// The page, in Markdown.
pub fn reference() -> String {
    let mut page = String::from(
        "# Rules: everything at a glance\n\nMade from the program by `scs rules reference`. What it means, with examples: \
         [rules.md](rules.md).\n",
    );
    for input in &INPUTS {
        let begins = |name: &str| name.strip_prefix(input.name).is_some_and(|rest| rest.starts_with('.'));
        table(&mut page, &format!("`{}`", input.name), SEEN.iter().filter(|(name, _)| begins(name)));
    }
    let words = || SEEN.iter().filter(|(name, _)| !name.contains('.'));
    table(&mut page, "Verbs, and parameters", words());
    table(&mut page, "Functions", GIVES.iter());
    page.push_str("\n## Limits\n\n| what | at most |\n|---|---|\n");
    let limits = [
        ("steps of one run", OPERATIONS.to_string()),
        ("time of one run", format!("{} ms", TIME_LIMIT.as_millis())),
        ("functions calling functions, deep", CALLS.to_string()),
        ("nested expressions and blocks, deep", DEPTH.to_string()),
        ("a text, bytes", TEXT.to_string()),
        ("a list, items", LIST.to_string()),
        ("a map, entries", MAP.to_string()),
        ("variables, of which the inputs are", format!("{VARIABLES}, {}", INPUTS.len())),
        ("functions of one file", OWN_FUNCTIONS.to_string()),
        ("a file, bytes", LONGEST.to_string()),
        ("files in rules/lib", MOST_FILES.to_string()),
    ];
    for (what, most) in limits {
        // INVARIANT: writing to a String cannot fail.
        let _ = writeln!(page, "| {what} | {most} |");
    }
    page
}

fn table<'a>(page: &mut String, title: &str, lines: impl Iterator<Item = &'a (&'a str, &'a str)>) {
    let _ = write!(page, "\n## {title}\n\n| write | what it is |\n|---|---|\n");
    for (name, says) in lines {
        let _ = writeln!(page, "| `{name}` | {says} |");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::host::{functions::FUNCTIONS, verbs::VERBS};

    /// `a.b(c, d)` as name and number of values.
    fn signature(written: &str) -> (&str, usize) {
        let (name, values) = written.split_once('(').unwrap_or((written, ""));
        (name, values.split(',').filter(|value| !value.is_empty()).count())
    }

    #[test]
    fn everything_is_told_once_and_nothing_else() {
        let mut wanted: Vec<(String, usize)> = INPUTS
            .iter()
            .flat_map(|input| {
                let values = input.values.iter().map(|value| (format!("{}.{value}", input.name), 0));
                let ask = |(name, n): &(&str, usize)| (format!("{}.{name}", input.name), *n);
                values.chain(input.questions.iter().map(ask)).collect::<Vec<_>>()
            })
            .collect();
        wanted.extend(VERBS.iter().map(|(verb, _)| ((*verb).to_owned(), 1)));
        wanted.push(("param".to_owned(), 2));
        let told = |list: &[(&str, &str)]| {
            let mut told: Vec<(String, usize)> = list
                .iter()
                .map(|(written, _)| signature(written))
                .map(|(name, n)| (name.to_owned(), n))
                .collect();
            told.sort();
            told
        };
        wanted.sort();
        assert_eq!(told(&SEEN), wanted);
        let mut functions: Vec<(String, usize)> =
            FUNCTIONS.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect();
        functions.sort();
        assert_eq!(told(&GIVES), functions);
    }
}
