//! Packs the modules that the page needs at once into one script, and lets all others take from it what they import.
//!
//! Each packed module becomes a function that answers what it exports, called once and in the order of the language; an
//! import becomes a look-up in what was answered. That is the same as what a browser does as long as nothing exported
//! is ever set again and no module imports itself by a detour, so both are refused. Only the forms of import and export
//! that the page uses are known, each on a line of its own.

use std::{collections::BTreeSet, fmt::Write as _};

use super::bundle::{Files, text};

type Result<T> = std::result::Result<T, String>;

/// One of the page's own modules, without its imports and exports.
struct Module {
    imports: Vec<Import>,
    exports: Vec<String>,
    /// Without lines that only explain.
    body: String,
    /// Comments and texts in backticks end as they should: what only explains was told from the rest.
    has_end: bool,
}

/// `import {taken} from 'path'`; `taken` in the form of a pattern: `a, b: c`.
struct Import {
    path: String,
    taken: String,
    line: String,
}

/// True for what is written for this page, and not taken from elsewhere.
pub(super) fn is_ours(path: &str) -> bool {
    path.starts_with("app/") && path.ends_with(".js")
}

/// A module as a script within a page, which runs as soon as it is read.
pub(super) fn inline(path: &str, source: &str) -> Result<String> {
    let module = parse_whole(path, source)?;
    if !module.imports.is_empty() || module.body.contains("</") {
        return Err(format!("web/{path}: what stands in the page imports nothing and contains no `</`"));
    }
    Ok(format!("<script>\n(() => {{\n{}}})();\n</script>", module.body))
}

/// All modules of the page: the first with what it needs at once in it, and the others.
pub(super) fn pack(files: &Files, entry: &str) -> Result<Vec<(String, String)>> {
    let mut order = Vec::new();
    visit(files, entry, &mut Vec::new(), &mut order)?;
    let packed: BTreeSet<&str> = order.iter().map(|(path, _)| path.as_str()).collect();
    let mut made = vec![(entry.to_owned(), script(entry, &order, &packed)?)];
    for path in files.keys().filter(|path| is_ours(path) && !packed.contains(path.as_str())) {
        let module = parse(path, text(files, path)?)?;
        refuse_late(path, &module.body, &packed)?;
        made.push((path.clone(), other(path, text(files, path)?, &module, entry, &packed)));
    }
    Ok(made)
}

/// Puts a module behind all that it imports, as the language runs them.
fn visit(files: &Files, path: &str, way: &mut Vec<String>, order: &mut Vec<(String, Module)>) -> Result<()> {
    if order.iter().any(|(done, _)| done == path) {
        return Ok(());
    }
    if let Some(start) = way.iter().position(|one| one == path) {
        let round = way.iter().skip(start).map(String::as_str).chain([path]).collect::<Vec<_>>().join(" -> ");
        return Err(format!("web/{path} imports itself: {round}"));
    }
    let module = parse_whole(path, text(files, path)?)?;
    way.push(path.to_owned());
    for import in &module.imports {
        if is_ours(&import.path) {
            visit(files, &import.path, way, order)?;
        }
    }
    way.pop();
    order.push((path.to_owned(), module));
    Ok(())
}

/// The one script: what is imported from outside of it, each module, and last the first module itself.
fn script(entry: &str, order: &[(String, Module)], packed: &BTreeSet<&str>) -> Result<String> {
    let mut all = String::new();
    let imports = order.iter().flat_map(|(_, module)| &module.imports);
    let outside: BTreeSet<&str> =
        imports.map(|import| import.path.as_str()).filter(|path| !packed.contains(path)).collect();
    for path in outside {
        let _ = writeln!(all, "import * as {} from '{}';", name(path), relative(entry, path));
    }
    let mut names = BTreeSet::new();
    for (path, module) in order {
        if !names.insert(name(path)) {
            return Err(format!(
                "web/{path}: another file has nearly the same name, give it a different one"
            ));
        }
        let body = moved(path, entry, &module.body, packed)?;
        let taken: String = module.imports.iter().filter_map(look_up).collect();
        if path == entry {
            if !module.exports.is_empty() {
                return Err(format!("web/{path}: the first module of the page exports nothing"));
            }
            let given = names.iter().filter(|one| **one != name(entry)).cloned().collect::<Vec<_>>();
            let _ = write!(all, "export {{ {} }};\n{{\n{taken}{body}}}\n", given.join(", "));
        } else {
            let given = module.exports.join(", ");
            let _ =
                write!(all, "const {} = (() => {{\n{taken}{body}return {{ {given} }};\n}})();\n", name(path));
        }
    }
    Ok(all)
}

/// A module that is loaded later: what it imports from packed ones comes out of the script.
fn other(path: &str, source: &str, module: &Module, entry: &str, packed: &BTreeSet<&str>) -> String {
    let mut all = source.to_owned();
    for import in module.imports.iter().filter(|import| packed.contains(import.path.as_str())) {
        let from = relative(path, entry);
        let line = match look_up(import) {
            Some(look_up) => {
                format!("import {{ {} }} from '{from}'; {}", name(&import.path), look_up.trim_end())
            }
            None => format!("import '{from}';"),
        };
        all = all.replacen(&import.line, &line, 1);
    }
    all
}

fn look_up(import: &Import) -> Option<String> {
    (!import.taken.is_empty()).then(|| format!("const {{ {} }} = {};\n", import.taken, name(&import.path)))
}

/// A module whose body is used.
fn parse_whole(path: &str, source: &str) -> Result<Module> {
    let module = parse(path, source)?;
    if !module.has_end {
        return Err(format!("web/{path}: a comment or a text in backticks has no end"));
    }
    Ok(module)
}

fn parse(path: &str, source: &str) -> Result<Module> {
    let mut module = Module { imports: Vec::new(), exports: Vec::new(), body: String::new(), has_end: true };
    let mut notes = Notes::default();
    for (number, line) in source.lines().enumerate() {
        let wrong = |what: &str| format!("web/{path}:{}: {what}: `{line}`", number + 1);
        if notes.take(line).ok_or_else(|| wrong("nothing stands behind the end of a comment"))? {
            continue;
        }
        if let Some(rest) = line.strip_prefix("import ") {
            if !module.body.trim().is_empty() {
                return Err(wrong("imports come first in a file"));
            }
            let import =
                import(path, line, rest).ok_or_else(|| wrong("this form of import is not packed"))?;
            module.imports.push(import);
        } else if let Some(rest) = line.strip_prefix("export ") {
            let (given, plain) = export(rest).ok_or_else(|| wrong("this form of export is not packed"))?;
            module.exports.push(given);
            module.body.extend([plain, "\n"]);
        } else if ["import ", "import{", "export{", "export ", "export*"]
            .iter()
            .any(|word| line.trim_start().starts_with(word))
        {
            return Err(wrong("import and export stand at the start of a line"));
        } else {
            module.body.extend([line, "\n"]);
        }
    }
    module.has_end = !notes.is_inside && !notes.is_text;
    Ok(module)
}

/// Finds lines that only explain: a fifth of what is written, which no browser needs.
#[derive(Default)]
struct Notes {
    is_inside: bool,
    /// Within a text over several lines, where `//` is a part of it.
    is_text: bool,
}

impl Notes {
    /// True for such a line; `None` where code stands behind a comment.
    fn take(&mut self, line: &str) -> Option<bool> {
        let start = line.trim_start();
        let note =
            if self.is_inside { Some(line) } else { start.strip_prefix("/*").filter(|_| !self.is_text) };
        if let Some(note) = note {
            let end = note.split_once("*/");
            self.is_inside = end.is_none();
            return end.is_none_or(|(_, rest)| rest.trim().is_empty()).then_some(true);
        }
        if !self.is_text && start.starts_with("//") {
            return Some(true);
        }
        self.is_text ^= line.matches('`').count() % 2 == 1;
        Some(false)
    }
}

/// `{ a, b as c } from './x.js';`, `x from './x.js';` or `'./x.js';`.
fn import(path: &str, line: &str, rest: &str) -> Option<Import> {
    let rest = rest.strip_suffix("';")?;
    let (what, from) = rest.rsplit_once('\'')?;
    let taken = match what.strip_suffix(" from ") {
        None if what.is_empty() => String::new(),
        None => return None,
        Some(what) => match what.strip_prefix("{ ").and_then(|what| what.strip_suffix(" }")) {
            None if is_name(what) => format!("default: {what}"),
            None => return None,
            Some(names) => {
                let one = |one: &str| {
                    let (theirs, ours) = one.split_once(" as ").unwrap_or((one, one));
                    let short = if theirs == ours { ours.to_owned() } else { format!("{theirs}: {ours}") };
                    (is_name(theirs) && is_name(ours)).then_some(short)
                };
                names.split(", ").map(one).collect::<Option<Vec<_>>>()?.join(", ")
            }
        },
    };
    Some(Import { path: joined(path, from)?, taken, line: line.to_owned() })
}

/// The name that an export gives, as a part of an object, and the line without `export`.
fn export(rest: &str) -> Option<(String, &str)> {
    let named = |rest: &str, ends: char| {
        rest.split_once(ends).map(|(name, _)| name.to_owned()).filter(|name| is_name(name))
    };
    let function = |rest: &str| {
        let rest = rest.strip_prefix("async ").unwrap_or(rest);
        named(rest.strip_prefix("function ")?.trim_start_matches("* "), '(')
    };
    if let Some(plain) = rest.strip_prefix("default ") {
        return Some((format!("default: {}", function(plain)?), plain));
    }
    let of_class = |rest: &str| named(rest.strip_prefix("class ")?, ' ');
    let constant = |rest: &str| named(rest.strip_prefix("const ")?, ' ');
    Some((function(rest).or_else(|| of_class(rest)).or_else(|| constant(rest))?, rest))
}

fn is_name(text: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$');
    !text.is_empty() && !text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(part)
}

/// The body of a module as it is at the place of the entry: what it loads later is elsewhere from there.
fn moved(path: &str, entry: &str, body: &str, packed: &BTreeSet<&str>) -> Result<String> {
    if body.contains("import.meta") {
        return Err(format!("web/{path}: `import.meta` is not what it was in a packed module"));
    }
    refuse_late(path, body, packed)?;
    let mut parts = body.split("import('");
    let mut all = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let target = part.split_once('\'').and_then(|(from, rest)| Some((joined(path, from)?, rest)));
        let (target, rest) = target.ok_or_else(|| format!("web/{path}: `import('{part}` leads nowhere"))?;
        let _ = write!(all, "import('{}'{rest}", relative(entry, &target));
    }
    if folder(path) != folder(entry) && body.contains("import(`") {
        return Err(format!("web/{path}: a packed module names in full what it loads later"));
    }
    Ok(all)
}

/// What is packed is there at once and has no address of its own.
fn refuse_late(path: &str, body: &str, packed: &BTreeSet<&str>) -> Result<()> {
    for part in body.split("import('").skip(1) {
        let target = part.split_once('\'').and_then(|(from, _)| joined(path, from));
        if let Some(target) = target.filter(|target| packed.contains(target.as_str())) {
            return Err(format!(
                "web/{path} loads web/{target} later, which the page has at once: import it"
            ));
        }
    }
    Ok(())
}

/// What a module is called in the script: `$state_api` is `app/state/api.js`.
fn name(path: &str) -> String {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    format!("${}", stem.trim_start_matches("app/").chars().map(plain).collect::<String>())
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The path that `from` names in the module `path`.
fn joined(path: &str, from: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder(path).split('/').filter(|part| !part.is_empty()).collect();
    if !from.starts_with("./") && !from.starts_with("../") {
        return None;
    }
    for part in from.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// How the module `path` names `target`.
fn relative(path: &str, target: &str) -> String {
    let from: Vec<&str> = folder(path).split('/').filter(|part| !part.is_empty()).collect();
    let to: Vec<&str> = target.split('/').collect();
    let same = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
    let up = from.len() - same;
    let start = if up == 0 { "./".to_owned() } else { "../".repeat(up) };
    format!("{start}{}", to.into_iter().skip(same).collect::<Vec<_>>().join("/"))
}
