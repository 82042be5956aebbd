//! Links in the documentation: each leads to a file that there is, and to a heading in it.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails by panicking, as tests do")]

use std::{
    fs,
    path::{Path, PathBuf},
};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn pages() -> Vec<PathBuf> {
    let folders = [root().to_owned(), root().join("docs")];
    let files =
        folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap()).map(|file| file.unwrap().path());
    files.filter(|file| file.extension().is_some_and(|extension| extension == "md")).collect()
}

/// The text without blocks of code, whose brackets are no links.
fn prose(text: &str) -> String {
    let mut is_code = false;
    let lines = text.lines().filter(|line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence && !line.starts_with("    ")
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Targets of `[text](target)` in this program's own files.
fn links(text: &str) -> Vec<String> {
    let behind = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    behind.map(|(target, _)| target.to_owned()).filter(|target| !target.contains("://")).collect()
}

/// What a heading is called in a link.
fn anchors(text: &str) -> Vec<String> {
    let headings =
        text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    let anchor = |heading: &str| {
        let kept = heading.to_lowercase().replace(' ', "-");
        kept.chars().filter(|c| c.is_alphanumeric() || "-_".contains(*c)).collect()
    };
    headings.map(anchor).collect()
}

fn faults(page: &Path, text: &str) -> Vec<String> {
    let fault = |target: &String| {
        let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
        let to = if file.is_empty() { page.to_owned() } else { page.parent().unwrap().join(file) };
        if !to.exists() {
            return Some(format!("{}: {target}: no such file", page.display()));
        }
        let is_there = anchor.is_empty()
            || anchors(&prose(&fs::read_to_string(&to).unwrap())).iter().any(|one| one == anchor);
        (!is_there).then(|| format!("{}: {target}: no such heading", page.display()))
    };
    links(&prose(text)).iter().filter_map(fault).collect()
}

#[test]
fn every_link_leads_somewhere() {
    let pages = pages();
    assert!(pages.len() > 20, "{pages:?}");
    let found: Vec<String> =
        pages.iter().flat_map(|page| faults(page, &fs::read_to_string(page).unwrap())).collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a_link_that_leads_nowhere_is_found() {
    let page = root().join("docs/mqtt.md");
    let right = "[a](broker.md#tls) [b](../README.md) [c](https://x.y/z) [d](#commands)\n```\n[e](nix.md)\n```\n    [f](nix)";
    assert_eq!(faults(&page, right), Vec::<String>::new());
    assert_eq!(faults(&page, "[a](brokers.md) [b](broker.md#ttls) [c](#nix)").len(), 3);
}

/// A page that nobody links to is read by nobody.
#[test]
fn every_page_can_be_found() {
    let pages = pages();
    let linked: Vec<PathBuf> = pages
        .iter()
        .flat_map(|page| {
            let text = fs::read_to_string(page).unwrap();
            let folder = page.parent().unwrap().to_owned();
            links(&prose(&text)).into_iter().filter_map(move |target| {
                folder.join(target.split('#').next().unwrap()).canonicalize().ok().filter(|to| to != page)
            })
        })
        .collect();
    let lonely: Vec<_> = pages
        .iter()
        .filter(|page| !page.ends_with("README.md") && !linked.contains(&page.canonicalize().unwrap()))
        .collect();
    assert!(lonely.is_empty(), "{lonely:?}");
}
