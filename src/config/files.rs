//! Reads the files of a plan: stations, rules and the tests of rules. Knows nothing of what stands in them.

use std::{
    fs, io,
    io::Read,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    problems::{error, sorted},
    tokens::Place,
    words::{did_you_mean, list},
};
use crate::model::{Diagnostic, StationName, Version};

/// A station with 1,000 ports has 100 KB; who writes more than this has mixed up files.
const LARGEST: u64 = 1_000_000;

/// More files than this in one directory are not ours.
const MOST_FILES: usize = 1000;

/// Where the files are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directories {
    /// Station files, `*.ron`.
    pub stations: PathBuf,
    /// Rules, `*.rhai`, and their tests beside them, `*.test.ron`.
    pub rules: PathBuf,
    /// Hub models, `*.ron`, beside those of the program; the directory need not be there.
    pub hubs: PathBuf,
}

impl Directories {
    /// Where the functions are that all rules may use; need not be there.
    pub fn library(&self) -> PathBuf {
        self.rules.join("lib")
    }

    /// The names of all station files, without `.ron`. Of a folder that cannot be read there are none.
    pub fn station_names(&self) -> Vec<String> {
        let names = names(&self.stations, "stations", &[".ron"]).unwrap_or_default();
        names.iter().filter_map(|name| station_name(name)).map(str::to_owned).collect()
    }
}

/// The name of the station in a file of this name, if it is a station file.
fn station_name(file: &str) -> Option<&str> {
    file.strip_suffix(".ron").filter(|_| !file.ends_with(".test.ron"))
}

/// One file as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFile {
    /// The path, as the user would type it.
    pub path: String,
    /// The file's name without `.ron`, `.rhai` or `.test.ron`.
    pub name: String,
    /// What stands in it.
    pub text: String,
}

/// All files that a plan is made from; kept beside the history as the last good plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Files {
    /// Station files.
    pub stations: Vec<SourceFile>,
    /// Rules.
    pub rules: Vec<SourceFile>,
    /// Tests of rules.
    pub tests: Vec<SourceFile>,
    /// Functions that all rules may use, `rules/lib/*.rhai`.
    #[serde(default)]
    pub library: Vec<SourceFile>,
    /// Hub models beside those of the program. A plan that was kept by a program without hub models has none.
    #[serde(default)]
    pub hubs: Vec<SourceFile>,
    /// Calendars beside the station files, `*.ics`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calendars: Vec<SourceFile>,
}

impl Files {
    /// Reads the directories: all stations, or `only` these. Fails with every file that cannot be read.
    pub fn read(directories: &Directories, only: &[StationName]) -> Result<Self, Vec<Diagnostic>> {
        let mut problems = Vec::new();
        let mut folder = |directory: &Path, what: &str, endings: &[&str]| {
            names(directory, what, endings).map_err(|problem| problems.push(problem)).ok()
        };
        let stations = folder(&directories.stations, "stations", &[".ron", ".ics"]);
        let rules = folder(&directories.rules, "rules", &[".rhai", ".test.ron"]);
        let rules = rules.unwrap_or_default();
        let mut files = Self {
            stations: Vec::new(),
            rules: all(&directories.rules, &rules, ".rhai", &mut problems),
            tests: all(&directories.rules, &rules, ".test.ron", &mut problems),
            library: optional(&directories.library(), "library", ".rhai", &mut problems),
            hubs: optional(&directories.hubs, "hubs", ".ron", &mut problems),
            calendars: Vec::new(),
        };
        if let Some(mut names) = stations {
            files.calendars = all(&directories.stations, &names, ".ics", &mut problems);
            names.retain(|name| station_name(name).is_some());
            let problem = choose(&directories.stations, &mut names, only);
            files.stations = all(&directories.stations, &names, ".ron", &mut problems);
            problems.extend(problem);
        }
        if problems.is_empty() { Ok(files) } else { Err(sorted(problems)) }
    }

    /// Reads the hub models alone, where there may be no station yet. Fails with every file that cannot be read.
    pub fn read_hubs(directories: &Directories) -> Result<Self, Vec<Diagnostic>> {
        let mut problems = Vec::new();
        let files =
            Self { hubs: optional(&directories.hubs, "hubs", ".ron", &mut problems), ..Self::default() };
        if problems.is_empty() { Ok(files) } else { Err(sorted(problems)) }
    }

    /// What would keep these files from being read, if they stood in their directories: a file is too large, or there
    /// are too many. Files that were read have none of it, files that somebody sent may.
    pub(super) fn beyond_bounds(&self) -> Vec<Diagnostic> {
        let folders = [
            vec![&self.stations, &self.calendars],
            vec![&self.rules, &self.tests],
            vec![&self.library],
            vec![&self.hubs],
        ];
        let too_many = folders.iter().filter_map(|kinds| {
            let count = kinds.iter().map(|files| files.len()).sum::<usize>();
            let newest = kinds.iter().find_map(|files| files.last()).filter(|_| count > MOST_FILES)?;
            Some(too_many(
                &Path::new(&newest.path).parent().unwrap_or(Path::new("")).display().to_string(),
                count,
            ))
        });
        let large = |file: &&SourceFile| u64::try_from(file.text.len()).unwrap_or(u64::MAX) > LARGEST;
        let too_large = folders.iter().flatten().flat_map(|files| files.iter()).filter(large);
        too_large.map(|file| self::too_large(&file.path)).chain(too_many).collect()
    }

    /// What would keep these stations from being read: there is none, or not each of `only`.
    pub fn missing_stations(&self, directories: &Directories, only: &[StationName]) -> Vec<Diagnostic> {
        let mut names = self.stations.iter().map(|file| format!("{}.ron", file.name)).collect();
        choose(&directories.stations, &mut names, only)
    }

    /// The version: the first twelve digits of the SHA-256 over all names and texts.
    pub fn hash(&self) -> Version {
        let mut hash = Sha256::new();
        let kinds = [
            ("station", &self.stations),
            ("rule", &self.rules),
            ("test", &self.tests),
            ("library", &self.library),
            ("hub", &self.hubs),
            ("calendar", &self.calendars),
        ];
        for (kind, files) in kinds {
            for file in files {
                for part in [kind, file.name.as_str(), file.text.as_str()] {
                    hash.update(part.len().to_le_bytes());
                    hash.update(part);
                }
            }
        }
        let digits: String = hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        Version::new(&digits)
    }
}

/// The files with these names and this ending that can be read.
fn all(directory: &Path, names: &[String], ending: &str, problems: &mut Vec<Diagnostic>) -> Vec<SourceFile> {
    let stems = names.iter().filter_map(|name| name.strip_suffix(ending));
    let files = stems.map(|stem| source(directory, stem, ending));
    files
        .filter_map(|read| {
            read.unwrap_or_else(|problem| {
                problems.push(problem);
                None
            })
        })
        .collect()
}

/// The files of a directory that need not be there.
fn optional(directory: &Path, what: &str, ending: &str, problems: &mut Vec<Diagnostic>) -> Vec<SourceFile> {
    if fs::metadata(directory).is_err_and(|failure| failure.kind() == io::ErrorKind::NotFound) {
        return Vec::new();
    }
    let names = names(directory, what, &[ending]).map_err(|problem| problems.push(problem));
    all(directory, &names.unwrap_or_default(), ending, problems)
}

/// Leaves the wanted stations; a problem for every one that has no file, or when there is none at all.
fn choose(directory: &Path, names: &mut Vec<String>, only: &[StationName]) -> Vec<Diagnostic> {
    let shown = directory.display().to_string();
    let problem = |code, message, hint: &str| error(&shown, Place::default(), code, message, hint);
    if names.is_empty() && only.is_empty() {
        let message = "there is no station file in this directory".to_owned();
        return vec![problem("no-station", message, "put one there, for example desk.ron")];
    }
    let stems: Vec<&str> = names.iter().filter_map(|name| name.strip_suffix(".ron")).collect();
    let missing = only.iter().filter(|name| !stems.contains(&name.as_str()));
    let problems = missing
        .map(|name| {
            let guess = did_you_mean(name.as_str(), stems.iter().copied());
            let hint = guess.unwrap_or_else(|| format!("there are: {}", list(stems.iter().copied())));
            problem("unknown-station", format!("there is no file for the station `{name}`"), &hint)
        })
        .collect();
    if !only.is_empty() {
        names.retain(|name| only.iter().any(|only| name.strip_suffix(".ron") == Some(only.as_str())));
    }
    problems
}

/// Names that editors and tools use for a moment.
pub(super) fn is_passing(name: &str) -> bool {
    name.starts_with('.')
        || name.ends_with('~')
        || [".swp", ".swx", ".tmp", ".bak", ".orig"].iter().any(|ending| name.ends_with(ending))
        || name == "4913"
}

/// The names of the files with these endings, sorted.
fn names(directory: &Path, what: &str, endings: &[&str]) -> Result<Vec<String>, Diagnostic> {
    let shown = directory.display().to_string();
    let problem = |failure: &io::Error| {
        let hint = format!("name the directory of the {what} in settings.ron: directories: ({what}: \"…\")");
        let message = match failure.kind() {
            io::ErrorKind::NotFound => format!("the directory of the {what} does not exist"),
            io::ErrorKind::NotADirectory => format!("the directory of the {what} is no directory"),
            _ => format!("the directory of the {what} cannot be read: {failure}"),
        };
        error(&shown, Place::default(), "no-directory", message, &hint)
    };
    let mut names = Vec::new();
    for entry in fs::read_dir(directory).map_err(|failure| problem(&failure))? {
        let name = entry.map_err(|failure| problem(&failure))?.file_name().to_string_lossy().into_owned();
        if !is_passing(&name) && endings.iter().any(|ending| name.ends_with(ending)) {
            names.push(name);
        }
    }
    if names.len() > MOST_FILES {
        return Err(too_many(&shown, names.len()));
    }
    names.sort();
    Ok(names)
}

fn too_many(directory: &str, count: usize) -> Diagnostic {
    let message = format!("{count} files are too many");
    error(directory, Place::default(), "too-many-files", message, "at most 1000 files in one directory")
}

fn too_large(path: &str) -> Diagnostic {
    let message = "the file is larger than 1 MB".to_owned();
    error(path, Place::default(), "large-file", message, "is it the right file?")
}

fn source(directory: &Path, stem: &str, ending: &str) -> Result<Option<SourceFile>, Diagnostic> {
    let path = directory.join(format!("{stem}{ending}"));
    let shown = path.display().to_string();
    let text = text(&path, &shown)?;
    Ok(text.map(|text| SourceFile { path: shown, name: stem.to_owned(), text }))
}

/// A file's text without byte order mark; `None` when it is not there.
pub(crate) fn text(path: &Path, shown: &str) -> Result<Option<String>, Diagnostic> {
    let problem = |code, message: String, hint: &str| error(shown, Place::default(), code, message, hint);
    let failed = |failure: &io::Error| {
        problem(
            "unreadable-file",
            format!("the file cannot be read: {failure}"),
            "check its owner and its permissions",
        )
    };
    // Other things than files, for example pipes, could make the reading wait for ever.
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => return Err(problem("unreadable-file", "this is no file".into(), "move it elsewhere")),
        Err(failure) if failure.kind() == io::ErrorKind::NotFound => {
            return fs::read_link(path).map_or(Ok(None), |target| {
                let message = format!("this link leads to `{}`, which is not there", target.display());
                Err(problem("broken-link", message, "put the file there, or remove the link"))
            });
        }
        Err(failure) => return Err(failed(&failure)),
    }
    let mut bytes = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
    match read {
        Err(failure) if failure.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(failure) => return Err(failed(&failure)),
        Ok(_) if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LARGEST => {
            return Err(too_large(shown));
        }
        Ok(_) => {}
    }
    let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let text = String::from_utf8(bytes).map_err(|failure| {
        let before = failure.as_bytes().get(..failure.utf8_error().valid_up_to()).unwrap_or_default();
        let hint = if utf16 { "it looks like UTF-16: save it as UTF-8" } else { "save it as UTF-8" };
        error(shown, end_of(before), "not-utf8", "the file is not UTF-8 from here on".into(), hint)
    })?;
    Ok(Some(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)))
}

/// The place behind these bytes, which are UTF-8.
fn end_of(bytes: &[u8]) -> Place {
    let text = String::from_utf8_lossy(bytes);
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let last = text.rsplit('\n').next().unwrap_or("");
    Place { line: number(text.matches('\n').count() + 1), column: number(last.chars().count() + 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, text: &str) -> SourceFile {
        SourceFile { path: format!("stations/{name}.ron"), name: name.into(), text: text.into() }
    }

    #[test]
    fn the_version_is_that_of_names_and_texts_not_of_folders() {
        let files = Files { stations: vec![file("a", "(")], ..Files::default() };
        let mut moved = files.clone();
        moved.stations[0].path = "/etc/stations/a.ron".into();
        assert_eq!(files.hash(), moved.hash());
        assert_eq!(files.hash().as_str().len(), 12);
        let mut renamed = files.clone();
        renamed.stations[0].name = "a(".into();
        renamed.stations[0].text = String::new();
        assert_ne!(files.hash(), renamed.hash());
        let with_hub = Files { hubs: vec![file("a", "(")], ..Files::default() };
        assert_ne!(files.hash(), with_hub.hash());
    }

    #[test]
    fn files_that_were_kept_before_there_were_hub_models_can_be_read() {
        let kept = r#"{"stations": [{"path": "s/a.ron", "name": "a", "text": "("}], "rules": [], "tests": [], "later": 1}"#;
        let files: Files = serde_json::from_str(kept).unwrap();
        assert_eq!((files.stations.len(), files.hubs), (1, Vec::new()));
    }

    #[test]
    fn more_than_could_be_read_is_a_problem_before_it_is_written() {
        let codes = |files: &Files| {
            let problems = files.beyond_bounds();
            problems.into_iter().map(|found| (found.code, found.file)).collect::<Vec<_>>()
        };
        let many: Vec<_> = (0..MOST_FILES).map(|n| file(&format!("s{n}"), "")).collect();
        let mut files = Files { stations: many, ..Files::default() };
        assert_eq!(codes(&files), []);
        files.stations.push(file("one-more", ""));
        assert_eq!(codes(&files), [("too-many-files".to_owned(), "stations".to_owned())]);
        let files = Files { stations: vec![file("desk", &"x".repeat(1_000_001))], ..Files::default() };
        assert_eq!(codes(&files), [("large-file".to_owned(), "stations/desk.ron".to_owned())]);
    }
}
