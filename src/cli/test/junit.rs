//! The results as CI servers read them: JUnit XML, in the form that Jenkins, GitLab and GitHub actions understand.

use std::{fmt::Write as _, time::Duration};

use super::suites::{Done, Suite};

/// The whole report.
pub(super) fn xml(suites: &[Suite]) -> String {
    let tests: usize = suites.iter().map(|suite| suite.done.len()).sum();
    let failed: usize = suites.iter().map(Suite::failed).sum();
    let took = sum(suites.iter().flat_map(|suite| &suite.done));
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        text,
        "<testsuites name=\"scs test\" tests=\"{tests}\" failures=\"{failed}\" errors=\"0\" time=\"{took}\">"
    );
    for suite in suites {
        let _ = writeln!(
            text,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\" time=\"{}\">",
            escaped(suite.rule.as_str()),
            suite.done.len(),
            suite.failed(),
            sum(&suite.done)
        );
        for done in &suite.done {
            text += &case(suite, done);
        }
        text += "  </testsuite>\n";
    }
    text + "</testsuites>\n"
}

fn case(suite: &Suite, done: &Done) -> String {
    let result = &done.result;
    let file = suite.file.as_deref().unwrap_or_default();
    let mut text = format!(
        "    <testcase name=\"{}\" classname=\"{}\" file=\"{}\" line=\"{}\" time=\"{}\"",
        escaped(&result.name),
        escaped(suite.rule.as_str()),
        escaped(file),
        result.line,
        seconds(done.took)
    );
    if result.passed {
        return text + "/>\n";
    }
    let message = format!("expected {}, got {}", result.expected, result.got);
    let mut more =
        format!("{file}:{}\nexpected  {}\ngot       {}\n", result.line, result.expected, result.got);
    for (name, value) in &result.values {
        let _ = writeln!(more, "{name} = {value}");
    }
    for step in &result.way {
        let _ = writeln!(more, "line {}: {}", step.line, step.text);
    }
    let _ =
        write!(text, ">\n      <failure message=\"{}\">{}</failure>\n", escaped(&message), escaped(&more));
    text + "    </testcase>\n"
}

fn sum<'d>(done: impl IntoIterator<Item = &'d Done>) -> String {
    seconds(done.into_iter().map(|done| done.took).sum())
}

fn seconds(took: Duration) -> String {
    format!("{:.6}", took.as_secs_f64())
}

/// A text as it may stand in XML; what may not stand there at all is left out.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for letter in text.chars() {
        match letter {
            '&' => safe += "&amp;",
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '"' => safe += "&quot;",
            '\n' | '\t' => safe.push(letter),
            '\u{fffe}' | '\u{ffff}' => {}
            letter if letter.is_control() => {}
            letter => safe.push(letter),
        }
    }
    safe
}
