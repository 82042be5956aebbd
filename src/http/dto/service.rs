//! The service itself, and who asks.

use poem_openapi::{Enum, Object};
use serde::{Deserialize, Serialize};

use super::super::wire::Time;
use crate::{
    history::{Role, Token},
    model::DeviceName,
};

/// The service, and who asks.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Service")]
pub(in crate::http) struct ServiceOut {
    /// Version of the program.
    pub(in crate::http) version: String,
    /// The time of the service. In a demo it runs faster than the world's.
    pub(in crate::http) now: Time,
    /// How much faster; 1 but in a demo.
    pub(in crate::http) speed: f64,
    /// When the service started.
    pub(in crate::http) started_at: Time,
    /// True in a demo: nothing is switched but what is simulated, and its history ends with it unless it was given a file.
    pub(in crate::http) demo: bool,
    /// Who asks.
    pub(in crate::http) caller: CallerOut,
    /// How MQTT does: `off`, `connecting`, `connected`, or what is wrong.
    pub(in crate::http) mqtt: String,
    /// True while a changed set of rules is asked in shadow: then `GET /api/v1/shadow` has an answer.
    pub(in crate::http) shadow: bool,
    /// Rises when a page of another version of the program would not work with this one.
    pub(in crate::http) web_api: u32,
}

/// Who asks.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Caller")]
pub(in crate::http) struct CallerOut {
    /// The name of the token; null: none was needed.
    #[oai(nullable)]
    pub(in crate::http) name: Option<String>,
    /// What may be done with it.
    pub(in crate::http) role: RoleWord,
    /// The only device that may be reported with it; null: all.
    #[oai(nullable)]
    pub(in crate::http) device: Option<DeviceName>,
}

/// What the bearer of a token may do; each one also does what those before it do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "lowercase")]
#[oai(rename = "Role", rename_all = "lowercase")]
pub(in crate::http) enum RoleWord {
    /// Send reports, of one device or of all, and read.
    Report,
    /// Set modes and names.
    Operate,
    /// Change files, make tokens.
    Edit,
}

/// A role as it is shown: the word, and the only device.
pub(in crate::http) fn role_out(role: &Role) -> (RoleWord, Option<DeviceName>) {
    match role {
        Role::Report(device) => (RoleWord::Report, device.clone()),
        Role::Operate => (RoleWord::Operate, None),
        Role::Edit => (RoleWord::Edit, None),
    }
}

/// A token without its secret.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Token")]
pub(in crate::http) struct TokenOut {
    /// What people call it.
    name: String,
    /// What may be done with it.
    role: RoleWord,
    /// The only device that may be reported with it; null: all.
    #[oai(nullable)]
    device: Option<DeviceName>,
    /// When it was made.
    created_at: Time,
    /// True for the token that this was asked with.
    own: bool,
}

impl TokenOut {
    /// Shows a token to its bearer or to another one.
    pub(in crate::http) fn new(token: Token, asker: Option<&str>) -> Self {
        let (role, device) = role_out(&token.role);
        let own = asker == Some(token.name.as_str());
        Self { name: token.name, role, device, created_at: token.created_at.into(), own }
    }
}

/// A token as it shall be.
#[derive(Debug, Deserialize, Object)]
#[serde(
    deny_unknown_fields,
    expecting = "a JSON object such as {\"name\": \"kitchen\", \"role\": \"operate\"}"
)]
#[oai(rename = "TokenWish")]
pub(in crate::http) struct TokenIn {
    /// What people call it: 1 to 64 characters.
    pub(in crate::http) name: String,
    /// What may be done with it.
    pub(in crate::http) role: RoleWord,
    /// With `report`: the only device that may be reported with it. Left out: all.
    #[serde(default)]
    #[oai(nullable)]
    pub(in crate::http) device: Option<DeviceName>,
}

/// A token that was made.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "TokenMade")]
pub(in crate::http) struct TokenMade {
    /// The token.
    pub(in crate::http) token: TokenOut,
    /// What to send as `authorization: Bearer …`. It is kept nowhere and shown only here.
    pub(in crate::http) secret: String,
}
