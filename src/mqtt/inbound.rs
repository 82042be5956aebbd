//! What others may say to a station: commands and reports, from bytes to values that cannot be wrong.
//!
//! Pure. Retained commands are not obeyed: a wish is about now, and a broker hands a retained one out again at every
//! connect. A retained report counts only with the time it was measured, else an old level would count as fresh.

use serde::Deserialize;

use super::wishes::{self, Command, Target};
use crate::model::{Celsius, DeviceName, Level, PortId, Timestamp};

/// A command is a few words.
const COMMAND_BYTES: usize = 256;
/// The same limit as for a body over REST.
const REPORT_BYTES: usize = 64 * 1024;
/// How much of what somebody sent is repeated in a message.
const SHOWN_CHARACTERS: usize = 120;

/// One message as it came from the broker.
pub(super) struct Message<'a> {
    /// The whole topic.
    pub(super) topic: &'a str,
    /// Any bytes.
    pub(super) payload: &'a [u8],
    /// True when the broker kept it from before we subscribed.
    pub(super) retained: bool,
}

/// What a message asks for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Inbound {
    /// A person or a program wants this.
    Command(Command),
    /// A device says what its battery is.
    Report(DeviceName, Reading),
    /// A number from elsewhere.
    Number(f64),
}

/// A report without the port, which only the station knows.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reading {
    /// State of charge.
    pub(super) level: Level,
    /// Whether the device says that it charges.
    pub(super) charging: Option<bool>,
    /// Battery temperature.
    pub(super) temperature: Option<Celsius>,
    /// When it was measured; `None` means now.
    pub(super) measured_at: Option<Timestamp>,
}

/// Why a message changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unheard {
    /// Nothing is wrong with it; it is just not for us.
    Ignored(&'static str),
    /// A report that cannot be taken, with what is wrong and what to do.
    Report(String),
    /// A command that cannot be taken, with what is wrong and what to do, and what it was for.
    Command(Option<Target>, String),
}

/// Reads one message that came on a topic under `root`.
pub(super) fn parse(root: &str, message: &Message<'_>) -> Result<Inbound, Unheard> {
    let below = message.topic.strip_prefix(root).and_then(|rest| rest.strip_prefix('/'));
    let Some(below) = below else { return Err(Unheard::Ignored("not under this station's topic")) };
    if message.payload.is_empty() {
        // This is how retained messages are cleared, and how some programs tidy up behind themselves.
        return Err(Unheard::Ignored("empty"));
    }
    let parts: Vec<&str> = below.splitn(5, '/').collect();
    match parts.as_slice() {
        ["port", port, name, "set"] => command(message, Some(port), name),
        ["mode", "set"] => command(message, None, "mode"),
        ["report", device] => report(message, device),
        _ => Err(Unheard::Ignored("no such topic")),
    }
}

/// Reads a number from elsewhere, on a topic that is not the station's own.
pub(super) fn number(message: &Message<'_>) -> Result<f64, Unheard> {
    if message.payload.is_empty() {
        return Err(Unheard::Ignored("empty"));
    }
    let refused = |text: String| Unheard::Report(format!("`{}`: {text}", printable(message.topic)));
    let text = text(message.payload, COMMAND_BYTES).map_err(refused)?;
    let number = text.trim().parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| {
        refused(format!("`{}` is not a number: publish a plain number such as 0.21", printable(text)))
    })
}

/// The text on the topic of a deadline; what it means the station knows. Empty takes back what was said.
pub(super) fn time(message: &Message<'_>) -> Result<String, Unheard> {
    let refused = |text: String| Unheard::Command(None, format!("`{}`: {text}", printable(message.topic)));
    text(message.payload, COMMAND_BYTES).map(|text| text.trim().to_owned()).map_err(refused)
}

/// Text of others, safe to be written to a log and short enough for a message.
pub(super) fn printable(text: &str) -> String {
    let mut shown = clean(&text.chars().take(SHOWN_CHARACTERS).collect::<String>());
    if text.chars().nth(SHOWN_CHARACTERS).is_some() {
        shown.push('…');
    }
    shown
}

fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn command(message: &Message<'_>, port: Option<&str>, name: &str) -> Result<Inbound, Unheard> {
    if message.retained {
        return Err(Unheard::Ignored("a retained command: a wish is about now"));
    }
    let refused = |target: Option<Target>, text: &str| {
        Unheard::Command(target, format!("`{}`: {}", printable(message.topic), clean(text)))
    };
    let number = |port: &str| {
        port.parse().map_err(|_| {
            refused(None, &format!("`{}` is not a port: ports are numbered from 1", printable(port)))
        })
    };
    let port: Option<PortId> = port.map(number).transpose()?;
    let target = wishes::settable(name).map(|field| Target { port, field });
    let words = text(message.payload, COMMAND_BYTES).map_err(|text| refused(target, &text))?;
    match (wishes::wish(name, words.trim()), target) {
        (Ok(wish), Some(target)) => Ok(Inbound::Command(Command { target, wish })),
        (Ok(_), None) => Err(Unheard::Ignored("no such topic")),
        (Err(text), target) => Err(refused(target, &text)),
    }
}

fn report(message: &Message<'_>, device: &str) -> Result<Inbound, Unheard> {
    let refused = |text: String| Unheard::Report(format!("`{}`: {text}", printable(message.topic)));
    let device = DeviceName::new(device).map_err(|error| refused(error.to_string()))?;
    let reading = text(message.payload, REPORT_BYTES)
        .and_then(|text| reading(text, device.as_str()))
        .map_err(refused)?;
    if message.retained && reading.measured_at.is_none() {
        return Err(Unheard::Ignored("a retained report without measured_at: nobody knows how old it is"));
    }
    Ok(Inbound::Report(device, reading))
}

fn text(payload: &[u8], limit: usize) -> Result<&str, String> {
    if payload.len() > limit {
        return Err(format!("{} bytes are too many: send at most {limit}", payload.len()));
    }
    std::str::from_utf8(payload).map_err(|_| "the payload is not text: send UTF-8".to_owned())
}

/// The body of a report over REST, so that a device can send the same to both.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    level: serde_json::Number,
    charging: Option<bool>,
    temperature: Option<serde_json::Number>,
    measured_at: Option<String>,
    /// Only there to be compared with the topic, which names the device.
    device: Option<String>,
}

fn reading(text: &str, device: &str) -> Result<Reading, String> {
    let text = text.trim();
    if !text.starts_with('{') {
        let level = level(text)?;
        return Ok(Reading { level, charging: None, temperature: None, measured_at: None });
    }
    let body: Body = serde_json::from_str(text).map_err(|error| {
        format!(
            "the report cannot be read ({}): send JSON such as {{\"level\": 57}}",
            printable(&error.to_string())
        )
    })?;
    if let Some(other) = body.device.filter(|other| other != device) {
        return Err(format!("the report is of `{}`: send it to that device's topic", printable(&other)));
    }
    let moment = |text: String| {
        text.parse().map_err(|_| {
            format!("measured_at `{}` is not a time: write it like 2026-11-22T07:00:00Z", printable(&text))
        })
    };
    Ok(Reading {
        level: level(&body.level.to_string())?,
        charging: body.charging,
        temperature: body.temperature.as_ref().map(degrees).transpose()?,
        measured_at: body.measured_at.map(moment).transpose()?,
    })
}

fn degrees(number: &serde_json::Number) -> Result<Celsius, String> {
    Celsius::new(number.as_f64().unwrap_or(f64::NAN))
}

/// Percent as people and programs write it: `57`, also `57.0`.
fn level(text: &str) -> Result<Level, String> {
    if let Ok(percent) = text.parse() {
        return Level::new(percent);
    }
    let number: Option<f64> = text.parse().ok();
    let whole = (0_i64..=100).find(|percent| number == i32::try_from(*percent).ok().map(f64::from));
    match (whole, number) {
        (Some(percent), _) => Level::new(percent),
        (None, Some(_)) => {
            Err(format!("level {} is not a whole number of percent, 0 to 100", printable(text)))
        }
        (None, None) => Err(format!(
            "`{}` is not a report: send the level in percent, or JSON such as {{\"level\": 57}}",
            printable(text)
        )),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, proptest};

    use super::{
        super::{topics::Field, wishes::Wish},
        *,
    };
    use crate::model::{ModeKind, ModeWish, Until};

    fn said(topic: &str, payload: impl AsRef<[u8]>) -> Result<Inbound, Unheard> {
        parse("desk", &Message { topic, payload: payload.as_ref(), retained: false })
    }

    fn kept(topic: &str, payload: &str) -> Result<Inbound, Unheard> {
        parse("desk", &Message { topic, payload: payload.as_bytes(), retained: true })
    }

    fn report_of(payload: &str) -> Reading {
        match said("desk/report/pixel-7", payload) {
            Ok(Inbound::Report(device, reading)) if device.as_str() == "pixel-7" => reading,
            other => panic!("{payload}: {other:?}"),
        }
    }

    fn why(topic: &str, payload: impl AsRef<[u8]>) -> String {
        match said(topic, payload) {
            Err(Unheard::Report(text)) => format!("report refused: {text}"),
            Err(Unheard::Command(_, text)) => format!("command refused: {text}"),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn commands_are_words_in_any_case() {
        let wanted = |port, wish: ModeWish| {
            let target = Target { port, field: Field::Mode };
            Ok(Inbound::Command(Command { target, wish: Wish::Mode(wish) }))
        };
        let port = PortId::new(3).ok();
        for (topic, payload, mode) in [
            ("desk/port/3/state/set", "ON", ModeKind::On),
            ("desk/port/3/state/set", " off\n", ModeKind::Off),
            ("desk/port/3/mode/set", "Auto", ModeKind::Auto),
            ("desk/port/3/mode/set", "ON", ModeKind::On),
            ("desk/port/3/mode/set", "off", ModeKind::Off),
        ] {
            assert_eq!(said(topic, payload), wanted(port, mode.into()), "{topic} {payload}");
        }
        let level = Level::new(90).ok();
        let once = ModeWish { level, until: Some(Until::Unplugged), ..ModeKind::Once.into() };
        let said_so = "once 90 until unplugged";
        assert_eq!(said("desk/port/3/mode/set", said_so), wanted(port, once));
        assert_eq!(said("desk/mode/set", "OFF"), wanted(None, ModeKind::Off.into()));
    }

    #[test]
    fn a_report_is_a_number_or_json() {
        let bare =
            Reading { level: Level::new(57).unwrap(), charging: None, temperature: None, measured_at: None };
        for same in ["57", " 57 ", "57.0", r#"{"level":57}"#, r#"{"level":57.0,"device":"pixel-7"}"#] {
            assert_eq!(report_of(same), bare, "{same}");
        }
        let whole = r#"{"level": 57, "charging": true, "temperature": 31.5, "measured_at": "2026-11-22T15:00:00+01:00"}"#;
        let reading = report_of(whole);
        assert_eq!(reading.charging, Some(true));
        assert_eq!(reading.temperature.map(Celsius::degrees), Some(31.5));
        assert_eq!(reading.measured_at, Some("2026-11-22T14:00:00Z".parse().unwrap()));
    }

    #[test]
    fn what_cannot_be_taken_says_why() {
        let long = format!("desk/report/{}", "x".repeat(65));
        let messages = [
            why("desk/port/3/state/set", "AUTO"),
            why("desk/port/3/mode/set", "blink\u{1b}[31m"),
            why("desk/mode/set", "hold 50 please"),
            why("desk/port/0/mode/set", "on"),
            why("desk/port/ten/state/set", "on"),
            why("desk/port/3/state/set", "o".repeat(257)),
            why("desk/report/pixel-7", "101"),
            why("desk/report/pixel-7", "0.57"),
            why("desk/report/pixel-7", "NaN"),
            why("desk/report/pixel-7", "full"),
            why("desk/report/pixel-7", [0xff, 0x00]),
            why("desk/report/pixel-7", "9".repeat(70_000)),
            why("desk/report/pixel-7", r#"{"levle": 57}"#),
            why("desk/report/pixel-7", r#"{"level": 57, "temp": 31}"#),
            why("desk/report/pixel-7", r#"{"level": 57, "device": "ipad"}"#),
            why("desk/report/pixel-7", r#"{"level": "57"}"#),
            why("desk/report/pixel-7", r#"{"level": 1e400}"#),
            why("desk/report/pixel-7", r#"{"level": 57, "temperature": 315}"#),
            why("desk/report/pixel-7", r#"{"level": 57, "temperature": "31.5"}"#),
            why("desk/report/pixel-7", r#"{"level": 57, "measured_at": "this morning"}"#),
            why(&long, "57"),
        ];
        insta::assert_snapshot!(messages.join("\n"), @r#"
        command refused: `desk/port/3/state/set`: `AUTO` is not a state: send ON or OFF
        command refused: `desk/port/3/mode/set`: `blink�[31m` is not a mode: use auto, on, off, once or hold
        command refused: `desk/mode/set`: `please` is not understood: write for example ONCE 90, HOLD 50 FOR 2 h, ON UNTIL 18:00
        command refused: `desk/port/0/mode/set`: `0` is not a port: ports are numbered from 1
        command refused: `desk/port/ten/state/set`: `ten` is not a port: ports are numbered from 1
        command refused: `desk/port/3/state/set`: 257 bytes are too many: send at most 256
        report refused: `desk/report/pixel-7`: level 101 is out of range: percent, 0 to 100
        report refused: `desk/report/pixel-7`: level 0.57 is not a whole number of percent, 0 to 100
        report refused: `desk/report/pixel-7`: level NaN is not a whole number of percent, 0 to 100
        report refused: `desk/report/pixel-7`: `full` is not a report: send the level in percent, or JSON such as {"level": 57}
        report refused: `desk/report/pixel-7`: the payload is not text: send UTF-8
        report refused: `desk/report/pixel-7`: 70000 bytes are too many: send at most 65536
        report refused: `desk/report/pixel-7`: the report cannot be read (unknown field `levle`, expected one of `level`, `charging`, `temperature`, `measured_at`, `device` at line 1 column 8): send JSON such as {"level": 57}
        report refused: `desk/report/pixel-7`: the report cannot be read (unknown field `temp`, expected one of `level`, `charging`, `temperature`, `measured_at`, `device` at line 1 column 20): send JSON such as {"level": 57}
        report refused: `desk/report/pixel-7`: the report is of `ipad`: send it to that device's topic
        report refused: `desk/report/pixel-7`: the report cannot be read (invalid type: string "57", expected a JSON number at line 1 column 14): send JSON such as {"level": 57}
        report refused: `desk/report/pixel-7`: the report cannot be read (number out of range at line 1 column 15): send JSON such as {"level": 57}
        report refused: `desk/report/pixel-7`: temperature 315 is out of range: degrees Celsius, -50 to 150 (Android's own broadcasts give tenths of a degree: divide by 10)
        report refused: `desk/report/pixel-7`: the report cannot be read (invalid type: string "31.5", expected a JSON number at line 1 column 35): send JSON such as {"level": 57}
        report refused: `desk/report/pixel-7`: measured_at `this morning` is not a time: write it like 2026-11-22T07:00:00Z
        report refused: `desk/report/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx`: `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx` is not a device name: use 1 to 64 characters, no control characters, no blanks at the ends
        "#);
    }

    #[test]
    fn a_signal_is_a_plain_number() {
        let read = |payload: &str| {
            number(&Message { topic: "energy/price", payload: payload.as_bytes(), retained: true })
        };
        assert_eq!(read("0.21"), Ok(0.21));
        assert_eq!(read(" -5\n"), Ok(-5.0));
        assert_eq!(read("1e3"), Ok(1000.0));
        assert_eq!(read(""), Err(Unheard::Ignored("empty")));
        for wrong in ["0,21", "inf", "NaN", "{\"value\": 1}", "0.21 EUR", "1e999"] {
            let told = Unheard::Report(format!(
                "`energy/price`: `{wrong}` is not a number: publish a plain number such as 0.21"
            ));
            assert_eq!(read(wrong), Err(told));
        }
    }

    #[test]
    fn retained_commands_and_reports_without_a_time_are_ignored() {
        assert!(matches!(kept("desk/port/3/state/set", "ON"), Err(Unheard::Ignored(_))));
        assert!(matches!(kept("desk/port/3/mode/set", "nonsense"), Err(Unheard::Ignored(_))));
        assert!(matches!(kept("desk/report/pixel-7", "57"), Err(Unheard::Ignored(_))));
        let dated = r#"{"level": 57, "measured_at": "2026-11-22T14:00:00Z"}"#;
        assert!(matches!(kept("desk/report/pixel-7", dated), Ok(Inbound::Report(..))));
    }

    #[test]
    fn other_topics_and_cleared_ones_are_not_for_us() {
        for topic in [
            "desk",
            "desk/status",
            "desk/port/3/state",
            "other/report/x",
            "desktop/report/x",
            "desk/port/3/state/set/x",
        ] {
            assert!(matches!(said(topic, "ON"), Err(Unheard::Ignored(_))), "{topic}");
        }
        assert_eq!(said("desk/port/3/state/set", ""), Err(Unheard::Ignored("empty")));
    }

    proptest! {
        #[test]
        fn any_bytes_on_any_topic_are_survived(topic in "\\PC{0,40}", bytes in any::<Vec<u8>>(), retained: bool) {
            for topic in [format!("desk/{topic}"), format!("desk/report/{topic}"), "desk/port/3/mode/set".to_owned()] {
                let _ = parse("desk", &Message { topic: &topic, payload: &bytes, retained });
            }
        }

        #[test]
        fn any_text_as_a_report_gives_a_level_or_a_short_reason(text in "\\PC{0,300}") {
            if let Err(Unheard::Report(reason)) = said("desk/report/pixel-7", &text) {
                prop_assert!(reason.chars().count() < 500);
            }
        }
    }
}
