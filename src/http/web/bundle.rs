//! Makes few files of many, so that the page is there after few round trips: one style sheet, two files of words for each
//! language, and one script for the first view; what is wanted before that script comes with the page itself. Also a part
//! of `build.rs`.
//!
//! Texts are put together and nothing in them is understood but links, imports and exports; what this cannot do for sure
//! is refused with the file and the line.

use std::{collections::BTreeMap, fs, io, path::Path};

use super::{modules, pack::media_type};

/// The files of the page by their paths below `web/`.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

const INDEX: &str = "index.html";
const STYLES: &str = "style/all.css";
const SHEET: (&str, &str) = ("<link rel=\"stylesheet\" href=\"", "\">");
/// Where the page begins: all that it reaches without waiting is packed into it.
const ENTRY: &str = "app/main.js";

/// A script that runs before all others.
const EARLY: (&str, &str) = ("<script type=\"module\" async src=\"", "\"></script>");
/// The areas whose words the first view needs.
const FIRST: [&str; 2] = ["app", "stations"];

/// The files below a folder that are a part of the page.
pub(super) fn read(folder: &Path) -> io::Result<Files> {
    let mut files = Files::new();
    gather(folder, "", &mut files)?;
    Ok(files)
}

fn gather(folder: &Path, before: &str, files: &mut Files) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = format!("{before}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            gather(&entry.path(), &format!("{path}/"), files)?;
        } else if media_type(&path).is_some() {
            files.insert(path, fs::read(entry.path())?);
        }
    }
    Ok(())
}

/// The page in few files, as a binary holds it.
pub(super) fn bundle(mut files: Files) -> Result<Files, String> {
    for (path, text) in words(&files)? {
        files.insert(path, text.into_bytes());
    }
    files.retain(|path, _| area_of_words(path).is_none());
    let index = text(&files, INDEX)?.to_owned();
    let index = styles(&index, &mut files)?;
    let index = early(&index, &files)?;
    let scripts = modules::pack(&files, ENTRY)?;
    files.retain(|path, _| !modules::is_ours(path));
    files.extend(scripts.into_iter().map(|(path, text)| (path, text.into_bytes())));
    files.insert(INDEX.to_owned(), index.into_bytes());
    Ok(files)
}

/// The words of each language in two files of those of each area, `words/rules.de.json`: `words/de.json` for the first view,
/// `words/more/de.json` for the others.
pub(super) fn words(files: &Files) -> Result<BTreeMap<String, String>, String> {
    let mut made = BTreeMap::<String, Vec<&str>>::new();
    for path in files.keys() {
        let Some((area, language)) = area_of_words(path) else { continue };
        let object = text(files, path)?.trim();
        let texts = object.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        let texts = texts.ok_or_else(|| format!("web/{path}: this is not a JSON object"))?.trim();
        let folder = if FIRST.contains(&area) { "words" } else { "words/more" };
        let areas = made.entry(format!("{folder}/{language}.json")).or_default();
        areas.extend(Some(texts).filter(|texts| !texts.is_empty()));
    }
    Ok(made.into_iter().map(|(path, areas)| (path, format!("{{{}}}\n", areas.join(",\n")))).collect())
}

/// Area and language of a file with the words of one area.
fn area_of_words(path: &str) -> Option<(&str, &str)> {
    path.strip_prefix("words/")?.strip_suffix(".json")?.split_once('.')
}

/// The text of the first page with the early scripts in it.
fn early(index: &str, files: &Files) -> Result<String, String> {
    let mut page = String::new();
    for line in index.lines() {
        match line.trim().strip_prefix(EARLY.0).and_then(|rest| rest.strip_suffix(EARLY.1)) {
            Some(path) => page.push_str(&modules::inline(path, text(files, path)?)?),
            None => page.push_str(line),
        }
        page.push('\n');
    }
    Ok(page)
}

/// The text of the first page with one style sheet instead of many, in the order in which they are linked.
fn styles(index: &str, files: &mut Files) -> Result<String, String> {
    let mut all = String::new();
    let mut page = String::new();
    for line in index.lines() {
        let linked = line.trim().strip_prefix(SHEET.0).and_then(|rest| rest.strip_suffix(SHEET.1));
        let Some(path) = linked else {
            page.extend([line, "\n"]);
            continue;
        };
        let sheet = text(files, path)?;
        if !path.starts_with("style/") || sheet.contains("@import") {
            return Err(format!("web/{path}: a style sheet is in web/style and imports no other"));
        }
        if all.is_empty() {
            page.extend(["  ", SHEET.0, STYLES, SHEET.1, "\n"]);
        }
        all.push_str(sheet);
        files.remove(path);
    }
    files.insert(STYLES.to_owned(), all.into_bytes());
    Ok(page)
}

/// A file as text.
pub(super) fn text<'a>(files: &'a Files, path: &str) -> Result<&'a str, String> {
    let bytes = files.get(path).ok_or_else(|| format!("web/{path} is asked for and is not there"))?;
    str::from_utf8(bytes).map_err(|error| format!("web/{path}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::{Files, bundle, read, words};

    fn files(all: &[(&str, &str)]) -> Files {
        all.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
    }

    #[test]
    fn words_of_a_language_become_two_objects() {
        let all = [
            ("words/app.de.json", "{\"app.x\": \"1\"}\n"),
            ("words/rules.de.json", "{ }"),
            ("words/stations.de.json", "{\n\"stations.y\": \"}\"\n}"),
            ("words/why.de.json", "{\"why.z\": \"2\"}"),
        ];
        let made = words(&files(&all)).unwrap();
        let german = |path: &str| serde_json::from_str::<serde_json::Value>(&made[path]).unwrap();
        assert_eq!(german("words/de.json"), serde_json::json!({"app.x": "1", "stations.y": "}"}));
        assert_eq!(german("words/more/de.json"), serde_json::json!({"why.z": "2"}));
        let wrong = words(&files(&[("words/a.en.json", "[]")])).unwrap_err();
        assert_eq!(wrong, "web/words/a.en.json: this is not a JSON object");
    }

    #[test]
    fn an_early_script_comes_with_the_page() {
        let index = "<head>\n  <script type=\"module\" async src=\"app/early.js\"></script>\n</head>\n";
        let early = "// Why.\nexport const first = 1;\n";
        let main = "import { first } from './early.js';\nfirst();\n";
        let made =
            bundle(files(&[("index.html", index), ("app/early.js", early), ("app/main.js", main)])).unwrap();
        let page = "<head>\n<script>\n(() => {\nconst first = 1;\n})();\n</script>\n</head>\n";
        assert_eq!(str::from_utf8(&made["index.html"]).unwrap(), page);
        assert!(!made.contains_key("app/early.js"));
    }

    #[test]
    fn style_sheets_become_one_in_their_order() {
        let index = "<head>\n  <link rel=\"stylesheet\" href=\"style/b.css\">\n  <link rel=\"stylesheet\" href=\"style/a.css\">\n</head>\n";
        let all = [
            ("index.html", index),
            ("app/main.js", ""),
            ("style/a.css", "a {}\n"),
            ("style/b.css", "b {}\n"),
        ];
        let made = bundle(files(&all)).unwrap();
        let page = "<head>\n  <link rel=\"stylesheet\" href=\"style/all.css\">\n</head>\n";
        assert_eq!(str::from_utf8(&made["index.html"]).unwrap(), page);
        assert_eq!(str::from_utf8(&made["style/all.css"]).unwrap(), "b {}\na {}\n");
        assert!(!made.contains_key("style/a.css"));
        let missing = bundle(files(&all[..3])).unwrap_err();
        assert_eq!(missing, "web/style/b.css is asked for and is not there");
    }

    #[test]
    fn the_page_can_be_bundled() {
        let web = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("web");
        let plain = read(&web).unwrap();
        let made = bundle(plain.clone()).unwrap();
        for path in [
            "index.html",
            "style/all.css",
            "words/en.json",
            "words/more/de.json",
            "app/main.js",
            "vendor/ui.mjs",
        ] {
            assert!(made.contains_key(path), "{path}");
        }
        for path in ["style/base.css", "words/app.en.json", "app/views/stations/index.js"] {
            assert!(plain.contains_key(path) && !made.contains_key(path), "{path}");
        }
    }
}
