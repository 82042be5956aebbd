//! Problems as editors want them: `textDocument/publishDiagnostics`, one for each file.

use std::{collections::BTreeMap, fmt::Write as _, path::Path};

use serde_json::{Value, json};

use crate::model::{Diagnostic, Severity};

/// What an editor shows for each file. `text_of` gives the text of a file, for counting as editors count.
pub(in crate::cli) fn published(
    problems: &[Diagnostic],
    text_of: impl Fn(&str) -> Option<String>,
) -> BTreeMap<String, Value> {
    let mut files: BTreeMap<&str, Vec<&Diagnostic>> = BTreeMap::new();
    for problem in problems {
        files.entry(problem.file.as_str()).or_default().push(problem);
    }
    let shown = |(file, problems): (&str, Vec<&Diagnostic>)| {
        let text = text_of(file).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let diagnostics: Vec<Value> = problems.iter().map(|problem| diagnostic(problem, &lines)).collect();
        let uri = uri(Path::new(file));
        (uri.clone(), json!({"uri": uri, "diagnostics": diagnostics}))
    };
    files.into_iter().map(shown).collect()
}

fn diagnostic(problem: &Diagnostic, lines: &[&str]) -> Value {
    let number = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
    let line = problem.line.saturating_sub(1);
    let text = lines.get(number(line)).copied().unwrap_or_default().trim_start_matches('\u{feff}');
    let first = number(problem.column.saturating_sub(1));
    // Of a problem whose length is not known, one character is marked.
    let length = if problem.line == 0 { 0 } else { number(problem.length.max(1)) };
    let message = match problem.hint.as_str() {
        "" => problem.message.clone(),
        hint => format!("{}\nhint: {hint}", problem.message),
    };
    json!({
        "range": {
            "start": {"line": line, "character": units(text, first)},
            "end": {"line": line, "character": units(text, first.saturating_add(length))},
        },
        "severity": match problem.severity { Severity::Error => 1, Severity::Warning => 2 },
        "code": problem.code,
        "source": "scs",
        "message": message,
    })
}

/// Characters as the protocol counts them: units of UTF-16.
fn units(line: &str, characters: usize) -> usize {
    line.chars().take(characters).map(char::len_utf16).sum()
}

/// The address of a file.
pub(super) fn uri(path: &Path) -> String {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut uri = "file://".to_owned();
    for byte in absolute.to_string_lossy().bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // INVARIANT: writing to a String cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_as_editors_count() {
        let problem = Diagnostic {
            file: "/a b/x.rhai".into(),
            line: 2,
            column: 4,
            length: 2,
            severity: Severity::Warning,
            code: "no-verb".into(),
            message: "what".into(),
            hint: "do".into(),
        };
        let nowhere = Diagnostic { line: 0, column: 0, severity: Severity::Error, ..problem.clone() };
        let found = published(&[problem, nowhere], |_| Some("//\nä😀 xy".to_owned()));
        let shown = &found["file:///a%20b/x.rhai"];
        assert_eq!(
            shown["diagnostics"][0]["range"],
            json!({"start": {"line": 1, "character": 4}, "end": {"line": 1, "character": 6}})
        );
        assert_eq!(shown["diagnostics"][0]["message"], "what\nhint: do");
        assert_eq!(shown["diagnostics"][0]["severity"], 2);
        assert_eq!(shown["diagnostics"][1]["range"]["end"], json!({"line": 0, "character": 0}));
    }
}
