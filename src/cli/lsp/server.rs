//! What the server knows of the editor, and what it answers. Messages in, messages out.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use super::squiggles::{published, uri};
use crate::config::{Directories, Edit, FileKind, Files, Plan};

/// So many open files are looked at; more are not ours.
const MOST_OPEN: usize = 200;

/// The server between two messages.
pub(super) struct Server {
    directories: Directories,
    /// What is open, by path: the text as it stands in the editor.
    open: BTreeMap<PathBuf, String>,
    /// The files for which something is shown.
    shown: BTreeSet<String>,
    /// Something has changed since the last check.
    pub(super) stale: bool,
    /// The editor has said that it will end.
    pub(super) ending: bool,
    /// The editor has ended.
    pub(super) ended: bool,
}

impl Server {
    /// A server for the files in these directories.
    pub(super) fn new(directories: Directories) -> Self {
        let (open, shown) = (BTreeMap::new(), BTreeSet::new());
        Self { directories, open, shown, stale: false, ending: false, ended: false }
    }

    /// Takes a message; gives the answer, if it wants one.
    pub(super) fn take(&mut self, message: &Value) -> Option<Value> {
        let method = message.get("method").and_then(Value::as_str)?;
        let answer = match method {
            "initialize" => json!({
                "capabilities": {
                    "positionEncoding": "utf-16",
                    "textDocumentSync": {"openClose": true, "change": 1, "save": true},
                },
                "serverInfo": {"name": "scs", "version": env!("CARGO_PKG_VERSION")},
            }),
            "shutdown" => {
                self.ending = true;
                Value::Null
            }
            _ => {
                self.told(method, message.get("params").unwrap_or(&Value::Null));
                let id = message.get("id")?;
                let error = json!({"code": -32601, "message": format!("`{method}` is not known here")});
                return Some(json!({"jsonrpc": "2.0", "id": id, "error": error}));
            }
        };
        let id = message.get("id")?;
        Some(json!({"jsonrpc": "2.0", "id": id, "result": answer}))
    }

    fn told(&mut self, method: &str, params: &Value) {
        let path = params.pointer("/textDocument/uri").and_then(Value::as_str).and_then(path_of);
        let text = match method {
            "textDocument/didOpen" => params.pointer("/textDocument/text"),
            // Whole texts are asked for: the last one counts.
            "textDocument/didChange" => params
                .pointer("/contentChanges")
                .and_then(Value::as_array)
                .and_then(|changes| changes.last())
                .and_then(|change| change.get("text")),
            _ => None,
        };
        match (method, path, text.and_then(Value::as_str)) {
            ("initialized" | "textDocument/didSave" | "workspace/didChangeWatchedFiles", ..) => {
                self.stale = true
            }
            ("textDocument/didOpen" | "textDocument/didChange", Some(path), Some(text)) => {
                if self.open.contains_key(&path) || self.open.len() < MOST_OPEN {
                    self.open.insert(path, text.to_owned());
                }
                self.stale = true;
            }
            ("textDocument/didClose", Some(path), _) => {
                self.open.remove(&path);
                self.stale = true;
            }
            ("exit", ..) => self.ended = true,
            _ => {}
        }
    }

    /// Checks all files as they stand in the editor; gives what is to be shown, also where nothing is any more.
    pub(super) fn check(&mut self) -> Vec<Value> {
        self.stale = false;
        let edits: Vec<Edit> = self.open.iter().filter_map(|(path, text)| self.edit(path, text)).collect();
        let files = Files::read(&self.directories, &[]).map(|files| files.edited(&edits, &self.directories));
        let (problems, files) = match files {
            Ok(files) => {
                let all = FileKind::ALL.into_iter().flat_map(|kind| files.of(kind));
                let texts: BTreeMap<String, String> =
                    all.map(|file| (file.path.clone(), file.text.clone())).collect();
                (Plan::check(files).map_or_else(|problems| problems, |plan| plan.warnings), texts)
            }
            Err(problems) => (problems, BTreeMap::new()),
        };
        let mut found = published(&problems, |file| files.get(file).cloned());
        let open = self.open.keys().map(|path| uri(path));
        for quiet in std::mem::take(&mut self.shown).into_iter().chain(open) {
            found.entry(quiet.clone()).or_insert_with(|| json!({"uri": quiet, "diagnostics": []}));
        }
        let is_loud = |params: &Value| params.pointer("/diagnostics/0").is_some();
        self.shown = found.iter().filter(|(_, params)| is_loud(params)).map(|(uri, _)| uri.clone()).collect();
        let message =
            |params| json!({"jsonrpc": "2.0", "method": "textDocument/publishDiagnostics", "params": params});
        found.into_values().map(message).collect()
    }

    /// The file of ours that an open file is.
    fn edit(&self, path: &Path, text: &str) -> Option<Edit> {
        let file = path.file_name()?.to_str()?;
        FileKind::ALL.into_iter().find_map(|kind| {
            let ending = match kind {
                FileKind::Station | FileKind::Hub => ".ron",
                FileKind::Rule | FileKind::Library => ".rhai",
                FileKind::Test => ".test.ron",
                FileKind::Calendar => ".ics",
            };
            let name = file.strip_suffix(ending)?;
            let ours = std::path::absolute(kind.path(&self.directories, name)).ok()?;
            (ours == path).then(|| Edit { kind, name: name.to_owned(), text: Some(text.to_owned()) })
        })
    }
}

/// The path of a file's address.
fn path_of(uri: &str) -> Option<PathBuf> {
    let coded = uri.strip_prefix("file://")?;
    let mut bytes = Vec::new();
    let mut rest = coded.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok().map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(method: &str, path: &Path, text: Option<&str>) -> Value {
        let document = json!({"uri": uri(path), "text": text});
        let changes = json!([{"text": text}]);
        json!({"method": method, "params": {"textDocument": document, "contentChanges": changes}})
    }

    #[test]
    fn problems_come_while_one_writes_and_go_when_they_are_mended() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = tempfile::tempdir().unwrap();
        let rules = folder.path().join("my rules");
        std::fs::create_dir(&rules).unwrap();
        for name in ["keep-between", "cool-down", "ready-by"] {
            std::fs::copy(root.join(format!("rules/{name}.rhai")), rules.join(format!("{name}.rhai")))
                .unwrap();
        }
        let stations = folder.path().join("stations");
        std::fs::create_dir(&stations).unwrap();
        std::fs::write(
            stations.join("desk.ron"),
            "(switch: Simulated(), rules: [(rule: \"keep-between\")], ports: {1: ()})",
        )
        .unwrap();
        let mut server =
            Server::new(Directories { stations, rules: rules.clone(), hubs: folder.path().join("hubs") });
        let file = rules.join("keep-between.rhai");
        let shown = |messages: Vec<Value>| -> Vec<(String, usize)> {
            let count = |m: &Value| m["params"]["diagnostics"].as_array().map_or(0, Vec::len);
            let uri = |m: &Value| m["params"]["uri"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
            messages.iter().map(|message| (uri(message), count(message))).collect()
        };
        assert_eq!(
            server.take(&told(
                "textDocument/didOpen",
                &file,
                Some("//! x\nif battery.lvel < 3 { keep(\"x\") }")
            )),
            None
        );
        assert!(server.stale);
        assert_eq!(shown(server.check()), [("keep-between.rhai".to_owned(), 1)]);
        assert!(!server.stale);
        server.take(&told("textDocument/didChange", &file, Some("//! x\nkeep(\"x\")")));
        assert_eq!(shown(server.check()), [("keep-between.rhai".to_owned(), 0)]);
        let new = rules.join("new.rhai");
        server.take(&told("textDocument/didOpen", &new, Some("//! x\nkeep(")));
        assert_eq!(shown(server.check()), [("keep-between.rhai".to_owned(), 0), ("new.rhai".to_owned(), 1)]);
        server.take(&told("textDocument/didClose", &new, None));
        assert_eq!(shown(server.check()), [("keep-between.rhai".to_owned(), 0), ("new.rhai".to_owned(), 0)]);
        assert!(!new.exists(), "nothing is written");
    }

    #[test]
    fn what_is_not_known_is_answered_and_what_makes_no_sense_is_passed_over() {
        let mut server = Server::new(Directories {
            stations: "stations".into(),
            rules: "rules".into(),
            hubs: "hubs".into(),
        });
        let answer = server.take(&json!({"id": 7, "method": "textDocument/hover", "params": {}})).unwrap();
        assert_eq!((&answer["id"], &answer["error"]["code"]), (&json!(7), &json!(-32601)));
        assert_eq!(server.take(&json!({"id": 1, "result": null})), None);
        assert_eq!(server.take(&json!([1, 2])), None);
        assert_eq!(server.take(&json!({"method": "textDocument/didOpen", "params": [3]})), None);
        assert_eq!(server.take(&json!({"method": "$/cancelRequest"})), None);
        let answer = server.take(&json!({"id": "a", "method": "initialize"})).unwrap();
        assert_eq!(answer["result"]["capabilities"]["textDocumentSync"]["change"], 1);
        server.take(&json!({"id": 2, "method": "shutdown"}));
        server.take(&json!({"method": "exit"}));
        assert!(server.ending && server.ended);
        for wrong in ["http://x", "file:///%", "file:///%zz", "file:///%ff"] {
            assert_eq!(path_of(wrong), None, "{wrong}");
        }
    }
}
