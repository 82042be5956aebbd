//! The OpenAPI document is a contract: it is committed, and a change of it is a visible change.

mod golden;

use smart_charging_station::http::spec_yaml;

#[test]
fn the_openapi_document_is_the_committed_one() {
    golden::assert("openapi/openapi.yaml", &spec_yaml());
}

/// Of two equal keys readers take the first, the last or neither: a path would lose its operations.
#[test]
fn no_key_stands_twice_in_the_document() {
    assert_eq!(twice(&spec_yaml()), Vec::<String>::new());
}

#[test]
fn a_key_that_stands_twice_is_found() {
    let text = "a:\n  '/x':\n    get: 1\n  \"/x\":\n    get: 1\nb:\n- c: 1\n  d: 2\n- c: 1\n  e: |-\n    f: 1\n    f: 1\n  c: 3\n";
    assert_eq!(twice(text), ["/x in line 4", "c in line 13"]);
}

/// The keys that stand twice in one mapping of a YAML text in block form.
fn twice(yaml: &str) -> Vec<String> {
    let mut found = Vec::new();
    // The open mappings: how far they are indented, and their keys.
    let mut open: Vec<(usize, Vec<String>)> = Vec::new();
    let mut text_below: Option<usize> = None;
    for (number, line) in yaml.lines().enumerate() {
        let mut rest = line.trim_start();
        let mut indent = line.len() - rest.len();
        if rest.is_empty() || text_below.is_some_and(|key| indent > key) {
            continue;
        }
        text_below = None;
        while let Some(item) = rest.strip_prefix("- ") {
            // Every item of a list begins anew.
            open.retain(|(at, _)| *at <= indent);
            rest = item.trim_start();
            indent += 2;
        }
        let Some((key, value)) = rest.split_once(": ").or_else(|| Some((rest.strip_suffix(':')?, ""))) else {
            continue;
        };
        if value.starts_with(['|', '>']) {
            text_below = Some(indent);
        }
        open.retain(|(at, _)| *at <= indent);
        if open.last().is_none_or(|(at, _)| *at < indent) {
            open.push((indent, Vec::new()));
        }
        let key = key.trim_matches(['"', '\'']).to_owned();
        if let Some((_, keys)) = open.last_mut() {
            if keys.contains(&key) {
                found.push(format!("{key} in line {}", number + 1));
            }
            keys.push(key);
        }
    }
    found
}
