//! Compares what a user reads with a committed file. `SCS_BLESS=1 cargo test` writes the files anew.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper of tests fails by panicking, as tests do")]

use std::{env, fs, path::Path};

/// Fails with the first line that differs.
pub(crate) fn assert(file: &str, got: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if env::var_os("SCS_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, got).unwrap();
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    if expected == got {
        return;
    }
    let line = expected.lines().zip(got.lines()).position(|(a, b)| a != b);
    let line = line.unwrap_or_else(|| expected.lines().count().min(got.lines().count()));
    let show = |text: &str| text.lines().nth(line).unwrap_or("(the end)").to_owned();
    panic!(
        "{file} differs in line {}:\n  committed: {}\n  now:       {}\nIf the change is meant: SCS_BLESS=1 cargo test",
        line + 1,
        show(&expected),
        show(got)
    );
}
