//! From files of the command line to edits.

use std::{fs, path::Path};

use crate::{
    cli::failure::{Exit, Failure},
    config::{Edit, Files},
    model::FileKind,
};

/// A rule has 16 KiB at most, a station with a thousand ports 100 KB.
const LARGEST: u64 = 1_000_000;

/// The file as an edit. Fails when it is none of ours or cannot be read.
pub(super) fn edit(path: &Path) -> Result<Edit, Failure> {
    let shown = path.display();
    let (kind, name) = kind(path).ok_or_else(|| {
        let hint = "name rules (.rhai), tests (.test.ron) or stations (.ron)";
        Failure::new(Exit::Failed, format!("`{shown}` is no rule, test or station"), hint)
    })?;
    let unreadable = |what: &str| {
        Failure::new(Exit::Failed, format!("`{shown}` cannot be read ({what})"), "is it the right file?")
    };
    let length = fs::metadata(path).map_err(|error| unreadable(&error.to_string()))?.len();
    if length > LARGEST {
        return Err(unreadable(&format!("{length} bytes, {LARGEST} are allowed")));
    }
    let text = fs::read_to_string(path).map_err(|error| unreadable(&error.to_string()))?;
    Ok(Edit { kind, name, text: Some(text) })
}

/// What a file is, by its ending and the folder that it is in.
fn kind(path: &Path) -> Option<(FileKind, String)> {
    let file = path.file_name()?.to_str()?;
    let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default();
    let (kind, name) = match (file.strip_suffix(".rhai"), file.strip_suffix(".test.ron"), folder) {
        (Some(name), _, "lib") => (FileKind::Library, name),
        (Some(name), _, _) => (FileKind::Rule, name),
        (None, Some(name), _) => (FileKind::Test, name),
        (None, None, "hubs") => (FileKind::Hub, file.strip_suffix(".ron")?),
        (None, None, _) => (FileKind::Station, file.strip_suffix(".ron")?),
    };
    (!name.is_empty()).then(|| (kind, name.to_owned()))
}

/// All files of the folders as edits.
pub(super) fn all(files: &Files) -> Vec<Edit> {
    let of = |kind: FileKind| {
        let edits = files.of(kind).iter();
        edits.map(move |file| Edit { kind, name: file.name.clone(), text: Some(file.text.clone()) })
    };
    FileKind::ALL.into_iter().flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_ending_and_its_folder() {
        let of = |path: &str| kind(Path::new(path));
        let some = |kind, name: &str| Some((kind, name.to_owned()));
        assert_eq!(of("/tmp/keep-between.rhai"), some(FileKind::Rule, "keep-between"));
        assert_eq!(of("rules/lib/near.rhai"), some(FileKind::Library, "near"));
        assert_eq!(of("x.test.ron"), some(FileKind::Test, "x"));
        assert_eq!(of("desk.ron"), some(FileKind::Station, "desk"));
        assert_eq!(of("hubs/mine.ron"), some(FileKind::Hub, "mine"));
        for none in ["x.txt", ".rhai", "rules/", "x.ron.bak"] {
            assert_eq!(of(none), None, "{none}");
        }
    }
}
