//! A file as somebody wants it to be: to be tried, or to run in shadow.

use poem_openapi::Object;
use serde::{Deserialize, Serialize};

use crate::{
    model::{FileKind, ModelName, RuleName, StationName},
    workshop::Edit,
};

/// One file as it shall be.
#[derive(Clone, Debug, Serialize, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(rename = "Edit")]
pub(in crate::http) struct EditBody {
    /// Which kind of file: `rule`, `test`, `library`, `station` or `hub`.
    pub(super) kind: FileKind,
    /// Its name, without directory and ending.
    pub(super) name: String,
    /// What shall stand in it; null: the file shall not be there.
    #[oai(nullable)]
    pub(super) text: Option<String>,
}

impl EditBody {
    /// The edit, if a file may have this name.
    pub(in crate::http) fn checked(self) -> Result<Edit, String> {
        let checked = match self.kind {
            FileKind::Station | FileKind::Calendar => StationName::new(&self.name).map(|_| ()),
            FileKind::Rule | FileKind::Test | FileKind::Library => RuleName::new(&self.name).map(|_| ()),
            FileKind::Hub => ModelName::new(&self.name).map(|_| ()),
        };
        checked.map_err(|error| error.to_string())?;
        Ok(self.into())
    }
}

impl From<EditBody> for Edit {
    fn from(edit: EditBody) -> Self {
        Self { kind: edit.kind, name: edit.name, text: edit.text }
    }
}

impl From<&Edit> for EditBody {
    fn from(edit: &Edit) -> Self {
        Self { kind: edit.kind, name: edit.name.clone(), text: edit.text.clone() }
    }
}
