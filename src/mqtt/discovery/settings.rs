//! What is announced to Home Assistant, and how.

use std::fmt;

/// Longer ones would make long topics; ours have eleven characters.
const ID_CHARACTERS: usize = 32;

/// In which form entities are announced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// One message for a station and one for each port, as Home Assistant 2024.11 and later understand it.
    #[default]
    Device,
    /// One message for each entity, as all versions and others that read them understand it.
    Entity,
    /// Nothing is announced, and what was announced before is taken back.
    Off,
}

/// By which this service's devices are told from those of other services on the broker. Made once, never the name of
/// the host.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct InstallationId(String);

impl InstallationId {
    /// Checks the text: 1 to 32 of a-z, A-Z, 0-9, - and _, which is what Home Assistant takes.
    pub fn new(text: &str) -> Option<Self> {
        let fits = (1..=ID_CHARACTERS).contains(&text.len())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        fits.then(|| Self(text.to_owned()))
    }

    /// The id for four random bytes: `sc_` and eight hexadecimal digits.
    pub fn from_random(random: u32) -> Self {
        Self(format!("sc_{random:08x}"))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for InstallationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is announced to Home Assistant, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiscoverySettings {
    /// The form.
    pub form: Form,
    /// The first part of the topics, as it is set in Home Assistant; `homeassistant` by custom.
    pub prefix: String,
    /// The room that is proposed for new devices.
    pub area: Option<String>,
    /// The id of this service; `None`: not known, and so nothing is announced.
    pub id: Option<InstallationId>,
}

impl DiscoverySettings {
    /// The prefix that Home Assistant listens under when nobody has changed it.
    pub const PREFIX: &'static str = "homeassistant";
}

impl Default for DiscoverySettings {
    fn default() -> Self {
        Self { form: Form::default(), prefix: Self::PREFIX.to_owned(), area: None, id: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_what_home_assistant_takes() {
        for good in ["sc_5f3a9c", "Garage-2", "x"] {
            assert_eq!(InstallationId::new(good).map(|id| id.to_string()), Some(good.to_owned()));
        }
        for bad in ["", "a.b", "a/b", "a b", "ä", &"x".repeat(33)] {
            assert_eq!(InstallationId::new(bad), None, "{bad}");
        }
        assert_eq!(InstallationId::from_random(0x5f3a9c).as_str(), "sc_005f3a9c");
        assert!(InstallationId::new(InstallationId::from_random(u32::MAX).as_str()).is_some());
    }
}
