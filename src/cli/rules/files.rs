//! Which file of a plan a path is, by its name alone.

use std::{fs, path::Path};

use serde::Serialize;

use crate::{
    cli::failure::{Exit, Failure},
    model::FileKind,
};

/// One file as it shall be, as the service wants it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Edit {
    kind: FileKind,
    name: String,
    text: Option<String>,
}

/// The file as it is here.
pub(super) fn present(path: &Path) -> Result<Edit, Failure> {
    let (kind, name) = kind(path)?;
    let text = fs::read_to_string(path).map_err(|error| {
        let hint = "to leave a file out, name it by --without";
        Failure::new(Exit::Failed, format!("`{}` cannot be read: {error}", path.display()), hint)
    })?;
    Ok(Edit { kind, name, text: Some(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)) })
}

/// The file left out.
pub(super) fn absent(path: &Path) -> Result<Edit, Failure> {
    let (kind, name) = kind(path)?;
    Ok(Edit { kind, name, text: None })
}

fn kind(path: &Path) -> Result<(FileKind, String), Failure> {
    let file = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default();
    let endings = [
        (".test.ron", FileKind::Test),
        (".rhai", if folder == "lib" { FileKind::Library } else { FileKind::Rule }),
        (".ron", if folder == "hubs" { FileKind::Hub } else { FileKind::Station }),
    ];
    let known = endings.iter().find_map(|(ending, kind)| Some((*kind, file.strip_suffix(ending)?)));
    let (kind, name) = known.filter(|(_, name)| !name.is_empty()).ok_or_else(|| {
        let what = format!("`{}` is neither a rule nor a station", path.display());
        Failure::new(Exit::Failed, what, "use NAME.rhai, NAME.test.ron or NAME.ron")
    })?;
    Ok((kind, name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_tells_what_a_file_is() {
        let cases = [
            ("rules/keep-between.rhai", FileKind::Rule, "keep-between"),
            ("/tmp/keep-between.test.ron", FileKind::Test, "keep-between"),
            ("rules/lib/night.rhai", FileKind::Library, "night"),
            ("desk.ron", FileKind::Station, "desk"),
            ("hubs/tall.ron", FileKind::Hub, "tall"),
        ];
        for (path, kind, name) in cases {
            assert_eq!(absent(Path::new(path)).unwrap(), Edit { kind, name: name.to_owned(), text: None });
        }
        for path in ["rules/keep-between.txt", "rules", "rules/.rhai", "/"] {
            let failure = absent(Path::new(path)).unwrap_err();
            assert!(failure.hint.contains("NAME.rhai"), "{path}");
        }
    }
}
