//! Topics of others that tell of batteries: which topic, whose battery, and where in the payload each value stands.
//!
//! Never reads a payload itself.

use std::{collections::BTreeMap, fmt};

use super::DeviceName;

/// Longer topics are cut off or refused by some brokers and clients.
const LONGEST: usize = 200;

/// A topic of others; `+` stands for any one of its parts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TopicFilter(String);

impl TopicFilter {
    /// Checks the text. Fails with what to do.
    pub fn new(text: &str) -> Result<Self, String> {
        let hint = if text.is_empty() || text.len() > LONGEST {
            format!("use 1 to {LONGEST} bytes")
        } else if text.starts_with('/') || text.ends_with('/') {
            "no `/` at the ends".to_owned()
        } else if text.starts_with('$') {
            "topics that start with `$` belong to the broker".to_owned()
        } else if text.contains('#') {
            "`#` would be everything below: name the one topic, with `+` for a part that differs".to_owned()
        } else if text.split('/').any(|part| part.contains('+') && part != "+") {
            "`+` stands for a whole part between slashes".to_owned()
        } else if text.chars().any(char::is_control) {
            "no control characters".to_owned()
        } else {
            return Ok(Self(text.to_owned()));
        };
        Err(hint)
    }

    /// As one writes it and as a broker takes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How many of its parts are `+`.
    pub fn open_parts(&self) -> usize {
        self.0.split('/').filter(|part| *part == "+").count()
    }

    /// What stands in a topic where the filter has `+`; `None` when it is another topic.
    pub fn parts_of<'t>(&self, topic: &'t str) -> Option<Vec<&'t str>> {
        let mut found = Vec::new();
        let mut parts = topic.split('/');
        for wanted in self.0.split('/') {
            let part = parts.next()?;
            match wanted {
                "+" => found.push(part),
                _ if wanted == part => {}
                _ => return None,
            }
        }
        parts.next().is_none().then_some(found)
    }

    /// True when a topic of a station with this root could be meant.
    pub fn reaches(&self, root: &str) -> bool {
        let mut parts = self.0.split('/');
        root.split('/').all(|own| parts.next().is_some_and(|part| part == "+" || part == own))
    }
}

impl fmt::Display for TopicFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A place in a JSON payload by RFC 6901, such as `/battery/level`; the empty one is the whole payload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pointer(String);

impl Pointer {
    /// Checks the text. Fails with what to do.
    pub fn new(text: &str) -> Result<Self, String> {
        let escapes = text.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
        if text.len() > LONGEST {
            Err(format!("use at most {LONGEST} bytes"))
        } else if !text.is_empty() && !text.starts_with('/') {
            Err(format!("write \"/{text}\", or \"\" for the whole payload"))
        } else if !escapes {
            Err("a `~` in a name is written `~0`, and a `/` in it `~1`".to_owned())
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// As one writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True for the whole payload.
    pub fn is_whole(&self) -> bool {
        self.0.is_empty()
    }
}

/// What a plain number of a temperature counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Degrees {
    /// Degrees Celsius.
    #[default]
    Celsius,
    /// Degrees Fahrenheit.
    Fahrenheit,
    /// Tenths of a degree Celsius, as Android's own broadcasts have them.
    Tenths,
}

impl Degrees {
    /// The same in degrees Celsius.
    pub fn celsius(self, number: f64) -> f64 {
        match self {
            Self::Celsius => number,
            Self::Fahrenheit => (number - 32.0) / 1.8,
            Self::Tenths => number / 10.0,
        }
    }
}

/// Where the values stand in a payload; what is not named is not read.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportFields {
    /// The level.
    pub level: Option<Pointer>,
    /// Whether the device says that it charges.
    pub charging: Option<Pointer>,
    /// The temperature.
    pub temperature: Option<Pointer>,
    /// When it was measured.
    pub measured_at: Option<Pointer>,
    /// The level is multiplied by this to be percent: 1, or 100 for levels from 0 to 1.
    pub scale: f64,
    /// What a plain number of the temperature counts.
    pub degrees: Degrees,
}

impl Default for ReportFields {
    /// Reads nothing yet; percent and degrees Celsius.
    fn default() -> Self {
        Self {
            level: None,
            charging: None,
            temperature: None,
            measured_at: None,
            scale: 1.0,
            degrees: Degrees::default(),
        }
    }
}

/// How the payloads on a topic are built.
#[derive(Clone, Debug, PartialEq)]
pub enum ReportForm {
    /// As the app OwnTracks says where it is: JSON with `_type`, `batt`, `bs` and `tst`.
    OwnTracks,
    /// Anything else, with the place of each value.
    Fields(ReportFields),
}

/// A topic of others on which batteries are told.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportPlan {
    /// The topic.
    pub topic: TopicFilter,
    /// Whose battery it is; without a name the part of the topic at the last `+` says it.
    pub device: Option<DeviceName>,
    /// Other words for devices: what stands at the last `+`, or at all `+` with slashes between them; with OwnTracks
    /// also the `tid`.
    pub devices: BTreeMap<String, DeviceName>,
    /// How its payloads are built.
    pub form: ReportForm,
}

impl ReportPlan {
    /// The topic on which the app OwnTracks says where it is: user, then device.
    pub const OWNTRACKS: &str = "owntracks/+/+";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_gives_what_stands_at_its_pluses() {
        let filter = TopicFilter::new("owntracks/+/+").unwrap();
        assert_eq!(filter.parts_of("owntracks/jane/phone"), Some(vec!["jane", "phone"]));
        assert_eq!(filter.parts_of("owntracks/jane"), None);
        assert_eq!(filter.parts_of("owntracks/jane/phone/event"), None);
        assert_eq!(filter.parts_of("OwnTracks/jane/phone"), None);
        assert_eq!(TopicFilter::new("a/b").unwrap().parts_of("a/b"), Some(Vec::new()));
        assert_eq!(filter.open_parts(), 2);
    }

    #[test]
    fn a_filter_reaches_what_it_could_mean() {
        for (filter, reaches) in [
            ("home/desk", true),
            ("home/desk/report/x", true),
            ("+/desk/port/1/state", true),
            ("+/+", true),
            ("home/desktop/x", false),
            ("home", false),
            ("+", false),
        ] {
            assert_eq!(TopicFilter::new(filter).unwrap().reaches("home/desk"), reaches, "{filter}");
        }
    }

    #[test]
    fn filters_and_pointers_that_cannot_be_are_refused() {
        for bad in ["", "/a", "a/", "$SYS/a", "a/#", "a/b+", "a\nb", &"a".repeat(201)] {
            assert!(TopicFilter::new(bad).is_err(), "{bad}");
        }
        for bad in ["battery", "/a~", "/a~2", &format!("/{}", "a".repeat(200))] {
            assert!(Pointer::new(bad).is_err(), "{bad}");
        }
        for good in ["", "/", "/a/0", "/a~1b~0c"] {
            assert!(Pointer::new(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn temperatures_become_celsius() {
        assert!((Degrees::Fahrenheit.celsius(88.7) - 31.5).abs() < 1e-9);
        assert!((Degrees::Tenths.celsius(315.0) - 31.5).abs() < 1e-9);
        assert!((Degrees::Celsius.celsius(31.5) - 31.5).abs() < 1e-9);
    }
}
