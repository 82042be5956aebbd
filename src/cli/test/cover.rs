//! How the lines and branches look that tests came by.

use std::fmt::Write as _;

use crate::{
    cli::look::{Look, Paint, count, plain},
    config::{FileKind, Files},
    rules::{Branch, RuleCoverage, Way},
};

/// A line for each rule; the text of those that tests did not come by everywhere, or of all, with how often each line
/// was run.
pub(super) fn text(covered: &[RuleCoverage], files: &Files, whole: bool, look: Look) -> String {
    let wide = covered.iter().map(|one| one.rule.as_str().len()).max().unwrap_or(0);
    let mut text = String::new();
    for one in covered {
        let all = one.lines_reached() == one.lines.len() && one.missed.is_empty();
        let told = format!(
            "{} of {}, {} of {}",
            one.lines_reached(),
            count(one.lines.len(), "line"),
            one.branches_taken,
            if one.branches == 1 { "1 branch".to_owned() } else { format!("{} branches", one.branches) }
        );
        let told = look.paint(if all { Paint::Green } else { Paint::Yellow }, &told);
        let _ = writeln!(text, "{:<wide$}  {told}", one.rule.as_str());
        if whole || !all {
            text += &lines(one, files, look);
        }
    }
    text + "\n"
}

fn lines(one: &RuleCoverage, files: &Files, look: Look) -> String {
    let mut text = String::new();
    let source = files.file(FileKind::Rule, one.rule.as_str()).map_or("", |file| file.text.as_str());
    for (number, line) in (1_u32..).zip(source.lines()) {
        let runs = one.lines.get(&number);
        let times = runs.map_or_else(String::new, ToString::to_string);
        let row = format!("{times:>8}  {number:>3}  {}", plain(line));
        let row = if runs == Some(&0) { look.paint(Paint::Red, &row) } else { row };
        let _ = writeln!(text, "{}", row.trim_end());
        for branch in
            one.missed.iter().filter(|branch| branch.place.line == number && *branch.place.file == *one.file)
        {
            let _ =
                writeln!(text, "{}", look.paint(Paint::Yellow, &format!("{:>13}  {}", "", missed(branch))));
        }
    }
    text
}

fn missed(branch: &Branch) -> String {
    let asked = plain(&branch.text);
    match &branch.way {
        Way::Yes => format!("^ never tried: `{asked}` is true"),
        Way::No => format!("^ never tried: `{asked}` is not true"),
        Way::Case(place) => format!("^ never tried: the case in line {} of `{asked}`", place.line),
    }
}
