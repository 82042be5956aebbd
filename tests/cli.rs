//! The program as people meet it: what it prints, where, and its exit codes.
#![expect(clippy::expect_used, reason = "a test that cannot start the program has failed")]

use std::{
    fs,
    io::Write as _,
    net::TcpListener,
    path::Path,
    process::{Command, Output, Stdio},
};

fn scs(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().expect("scs starts")
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scs"));
    command.current_dir(folder).args(arguments);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("SCS_")) {
        command.env_remove(name);
    }
    command
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("an exit code")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn complained(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn wrong_usage_is_2_and_help_is_0() {
    let wrong = scs(root(), &["runn"]);
    assert_eq!(code(&wrong), 2);
    assert!(complained(&wrong).contains("a similar subcommand exists: 'run'"), "{}", complained(&wrong));
    let help = scs(root(), &["demo", "--help"]);
    assert_eq!(code(&help), 0);
    assert!(said(&help).contains("scs demo --speed 600"));
}

#[test]
fn completions_know_the_commands() {
    for shell in ["bash", "zsh", "fish"] {
        let script = scs(root(), &["completions", shell]);
        assert_eq!(code(&script), 0);
        assert!(said(&script).contains("openapi"), "{shell}");
    }
}

#[test]
fn the_shipped_files_check_and_pass_their_tests() {
    let check = scs(root(), &["check", "--all"]);
    assert_eq!(code(&check), 0, "{}{}", said(&check), complained(&check));
    assert!(said(&check).contains("demo with 12 ports, desk with 16 ports"), "{}", said(&check));
    let test = scs(root(), &["test"]);
    assert_eq!(code(&test), 0, "{}{}", said(&test), complained(&test));
}

#[test]
fn broken_settings_are_78_with_file_and_line() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("settings.ron"), "(\n  htttp: (),\n)").expect("a file");
    let run = scs(folder.path(), &["run"]);
    assert_eq!(code(&run), 78);
    assert!(complained(&run).contains("settings.ron:2:3: error[unknown-field]"), "{}", complained(&run));
    assert_eq!(said(&run), "");
}

#[test]
fn a_broken_variable_is_a_broken_setting() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = command(folder.path(), &["run"]).env("SCS_LISTEN", "foo").output().expect("scs starts");
    assert_eq!(code(&run), 78);
    assert!(complained(&run).contains("error: the settings are broken: 1 error"), "{}", complained(&run));
}

#[test]
fn a_service_without_files_is_78_and_says_what_is_missing() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("settings.ron"), "(http: (listen: \"127.0.0.1:0\"))").expect("a file");
    let run = scs(folder.path(), &["run"]);
    assert_eq!(code(&run), 78, "{}", complained(&run));
    assert!(complained(&run).contains("stations"), "{}", complained(&run));
}

#[test]
fn an_address_that_is_taken_is_69() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("its address").to_string();
    let demo = scs(root(), &["demo", "--listen", &address, "--for", "20 s"]);
    assert_eq!(code(&demo), 69, "{}", complained(&demo));
    assert!(complained(&demo).contains(&address), "{}", complained(&demo));
}

#[test]
fn nobody_at_the_address_is_69() {
    let status = scs(root(), &["status", "--url", "http://127.0.0.1:1"]);
    assert_eq!(code(&status), 69);
    assert_eq!(complained(&status).lines().count(), 2, "{}", complained(&status));
}

#[test]
fn tokens_are_made_where_the_settings_say() {
    let folder = tempfile::tempdir().expect("a folder");
    let add = scs(folder.path(), &["token", "add", "openhab", "--role", "operate"]);
    assert_eq!(code(&add), 0, "{}", complained(&add));
    assert!(said(&scs(folder.path(), &["token", "list"])).contains("openhab"));
    assert_eq!(code(&scs(folder.path(), &["token", "add", "x", "--role", "king"])), 2);
}

/// The demo works in any folder, ends by itself when told, and leaves nothing behind.
#[test]
fn the_demo_switches_ports_in_an_empty_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let temporary = tempfile::tempdir().expect("another");
    let arguments = ["demo", "--listen", "127.0.0.1:0", "--speed", "600", "--for", "4 s"];
    let mut command = command(folder.path(), &arguments);
    // Nobody is at port 1 (tcpmux).
    command.env("SCS_MQTT_URL", "mqtt://127.0.0.1:1");
    let demo = command.env("TMPDIR", temporary.path()).output().expect("scs starts");
    let page = said(&demo);
    assert_eq!(code(&demo), 0, "{page}{}", complained(&demo));
    assert!(page.contains("page        http://127.0.0.1:"), "{page}");
    assert!(page.contains("copies: there are none in this folder"), "{page}");
    assert!(page.contains("at or over 80%"), "{page}");
    assert!(page.contains("no connection to a broker at `mqtt://127.0.0.1:1`"), "{page}");
    assert_eq!(complained(&demo), "", "{page}");
    for left in [folder.path(), temporary.path()] {
        assert_eq!(fs::read_dir(left).expect("the folder").count(), 0, "{}", left.display());
    }
}

#[test]
fn an_editor_is_told_what_is_wrong_before_it_is_saved() {
    let file = root().join("rules/keep-between.rhai");
    let text = "//! x\nif battery.lvel < 20 { charge(\"low\"); }";
    let document = serde_json::json!({"uri": format!("file://{}", file.display()), "text": text});
    let messages = [
        serde_json::json!({"id": 1, "method": "initialize", "params": {}}),
        serde_json::json!({"method": "textDocument/didOpen", "params": {"textDocument": document}}),
        serde_json::json!({"method": "nonsense"}),
    ];
    let mut editor = command(root(), &["lsp"]);
    let mut server = editor.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("scs starts");
    let mut input = server.stdin.take().expect("its input");
    for message in messages {
        let body = message.to_string();
        write!(input, "Content-Length: {}\r\n\r\n{body}", body.len()).expect("it reads");
    }
    drop(input);
    let output = server.wait_with_output().expect("it ends when the editor is gone");
    assert_eq!(code(&output), 0, "{}", complained(&output));
    assert!(said(&output).contains("\"textDocumentSync\""), "{}", said(&output));
    assert!(said(&output).contains("did you mean `level`?"), "{}", said(&output));
    let check = scs(root(), &["check", "--all", "--format", "gcc"]);
    assert_eq!((code(&check), complained(&check)), (0, String::new()), "{}", said(&check));
    let wrong = scs(root(), &["check", "--json", "--format", "lsp"]);
    assert_eq!(code(&wrong), 2);
}
