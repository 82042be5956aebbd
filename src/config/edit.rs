//! A change of some files that is tried before it is made.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::files::{Directories, Files, SourceFile};
use crate::model::{FileKind, VersionFile};

impl FileKind {
    /// The path of the file of this kind and name.
    pub fn path(self, directories: &Directories, name: &str) -> std::path::PathBuf {
        match self {
            Self::Station => directories.stations.join(format!("{name}.ron")),
            Self::Rule => directories.rules.join(format!("{name}.rhai")),
            Self::Test => directories.rules.join(format!("{name}.test.ron")),
            Self::Library => directories.library().join(format!("{name}.rhai")),
            Self::Hub => directories.hubs.join(format!("{name}.ron")),
            Self::Calendar => directories.stations.join(format!("{name}.ics")),
        }
    }
}

/// One file as it shall be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// Which kind of file.
    pub kind: FileKind,
    /// Its name without directory and ending.
    pub name: String,
    /// What shall stand in it; `None`: the file shall not be there.
    pub text: Option<String>,
}

impl From<&Files> for Vec<VersionFile> {
    fn from(files: &Files) -> Self {
        let kept = |kind, file: &SourceFile| VersionFile {
            kind,
            name: file.name.clone(),
            path: file.path.clone(),
            text: file.text.clone(),
        };
        let of = |kind| files.of(kind).iter().map(move |file| kept(kind, file));
        FileKind::ALL.into_iter().flat_map(of).collect()
    }
}

impl From<Vec<VersionFile>> for Files {
    fn from(kept: Vec<VersionFile>) -> Self {
        let mut files = Self::default();
        for VersionFile { kind, name, path, text } in kept {
            files.of_mut(kind).push(SourceFile { path, name, text });
        }
        files
    }
}

impl Files {
    /// The files of one kind, sorted by name.
    pub fn of(&self, kind: FileKind) -> &[SourceFile] {
        match kind {
            FileKind::Station => &self.stations,
            FileKind::Rule => &self.rules,
            FileKind::Test => &self.tests,
            FileKind::Library => &self.library,
            FileKind::Hub => &self.hubs,
            FileKind::Calendar => &self.calendars,
        }
    }

    fn of_mut(&mut self, kind: FileKind) -> &mut Vec<SourceFile> {
        match kind {
            FileKind::Station => &mut self.stations,
            FileKind::Rule => &mut self.rules,
            FileKind::Test => &mut self.tests,
            FileKind::Library => &mut self.library,
            FileKind::Hub => &mut self.hubs,
            FileKind::Calendar => &mut self.calendars,
        }
    }

    /// One file.
    pub fn file(&self, kind: FileKind, name: &str) -> Option<&SourceFile> {
        self.of(kind).iter().find(|file| file.name == name)
    }

    /// The text of the file with this path.
    pub(super) fn at(&self, path: &str) -> Option<String> {
        let all = FileKind::ALL.into_iter().flat_map(|kind| self.of(kind));
        all.into_iter().find(|file| file.path == path).map(|file| file.text.clone())
    }

    /// These files with some changed; nothing is written. New files are shown where `directories` would have them.
    #[must_use]
    pub fn edited(&self, edits: &[Edit], directories: &Directories) -> Self {
        let mut files = self.clone();
        for edit in edits {
            let of_kind = files.of_mut(edit.kind);
            let known = of_kind.iter().position(|file| file.name == edit.name);
            match (known, &edit.text) {
                (Some(known), Some(text)) => {
                    if let Some(file) = of_kind.get_mut(known) {
                        file.text.clone_from(text);
                    }
                }
                (Some(known), None) => {
                    of_kind.remove(known);
                }
                (None, Some(text)) => {
                    let path = edit.kind.path(directories, &edit.name).display().to_string();
                    of_kind.push(SourceFile { path, name: edit.name.clone(), text: text.clone() });
                    of_kind.sort_by(|a, b| a.name.cmp(&b.name));
                }
                (None, None) => {}
            }
        }
        files
    }
}

/// The first twelve digits of the SHA-256 of a text: the version of one file.
pub fn text_hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_changed_added_and_removed() {
        let directories =
            Directories { stations: "stations".into(), rules: "rules".into(), hubs: "hubs".into() };
        let edit = |kind, name: &str, text: Option<&str>| Edit {
            kind,
            name: name.to_owned(),
            text: text.map(str::to_owned),
        };
        let first = [edit(FileKind::Rule, "b", Some("1")), edit(FileKind::Rule, "a", Some("2"))];
        let files = Files::default().edited(&first, &directories);
        let paths: Vec<&str> = files.rules.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["rules/a.rhai", "rules/b.rhai"]);
        let second = [
            edit(FileKind::Rule, "a", None),
            edit(FileKind::Rule, "b", Some("3")),
            edit(FileKind::Library, "u", Some("")),
            edit(FileKind::Hub, "none", None),
        ];
        let files = files.edited(&second, &directories);
        assert_eq!(files.file(FileKind::Rule, "b").unwrap().text, "3");
        assert_eq!(files.file(FileKind::Rule, "a"), None);
        assert_eq!(files.library[0].path, "rules/lib/u.rhai");
        assert_eq!(text_hash(""), "e3b0c44298fc");
        assert_eq!(Files::from(Vec::from(&files)), files);
    }
}
