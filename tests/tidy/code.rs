//! Knows just enough Rust to tell code from text: paths, trees of `use`, modules and tests. No part of the crate.

/// A path as it is written in code, with trees of `use` written out.
#[derive(Debug, PartialEq)]
pub(crate) struct Found {
    segments: Vec<String>,
    pub(crate) line: usize,
    /// How many modules of this file and its folders lie above it.
    depth: usize,
    pub(crate) in_tests: bool,
}

impl Found {
    /// Whether `wanted` (`a::b`) occurs in it.
    pub(crate) fn contains(&self, wanted: &str) -> bool {
        let wanted: Vec<&str> = wanted.split("::").collect();
        self.segments.windows(wanted.len()).any(|window| window == wanted)
    }

    /// The part of this crate that it names, whether from `crate`, from the crate's name or by `super`.
    pub(crate) fn import(&self) -> Option<&str> {
        let climbed = self.segments.iter().take_while(|segment| *segment == "super").count();
        match self.segments.first()?.as_str() {
            "crate" | "smart_charging_station" => self.segments.get(1),
            "super" if climbed >= self.depth => self.segments.get(climbed),
            _ => None,
        }
        .map(String::as_str)
    }
}

/// All paths in the code of a file whose own modules start at `depth`.
pub(crate) fn paths(text: &str, depth: usize) -> Vec<Found> {
    let mut reader = Reader { tokens: tokens(text), at: 0, found: Vec::new(), depth, in_tests: false };
    reader.block();
    reader.found
}

struct Reader {
    tokens: Vec<(String, usize)>,
    at: usize,
    found: Vec<Found>,
    depth: usize,
    in_tests: bool,
}

impl Reader {
    fn peek(&self, ahead: usize) -> &str {
        self.tokens.get(self.at + ahead).map_or("", |(token, _)| token)
    }

    fn is_name(&self, ahead: usize) -> bool {
        self.peek(ahead).starts_with(|c: char| c.is_alphanumeric() || c == '_')
    }

    /// Reads to the end of the block, or of the file.
    fn block(&mut self) {
        let mut test_next = false;
        while !self.peek(0).is_empty() && self.peek(0) != "}" {
            if self.peek(0) == "cfg" && self.peek(1) == "(" && self.peek(2) == "test" {
                test_next = true;
            }
            if self.peek(0) == "mod" && self.peek(2) == "{" {
                self.at += 3;
                let outside = self.in_tests;
                self.in_tests |= std::mem::take(&mut test_next);
                self.depth += 1;
                self.block();
                self.depth -= 1;
                self.in_tests = outside;
            } else if self.peek(0) == "{" {
                self.at += 1;
                self.block();
            } else if self.is_name(0) {
                self.path(&[]);
                continue;
            }
            self.at += 1;
        }
    }

    /// Reads one path; inside a tree `before` stands in front of it.
    fn path(&mut self, before: &[String]) {
        let mut segments = before.to_vec();
        let line = self.tokens.get(self.at).map_or(0, |(_, line)| *line);
        loop {
            if self.is_name(0) || self.peek(0) == "*" {
                segments.push(self.peek(0).to_owned());
                self.at += 1;
            }
            if self.peek(0) != "::" {
                break;
            }
            self.at += 1;
            if self.peek(0) == "{" {
                return self.tree(&segments);
            }
            if !self.is_name(0) && self.peek(0) != "*" {
                break;
            }
        }
        self.found.push(Found { segments, line, depth: self.depth, in_tests: self.in_tests });
    }

    fn tree(&mut self, before: &[String]) {
        self.at += 1;
        while !matches!(self.peek(0), "}" | "") {
            if self.is_name(0) || self.peek(0) == "*" {
                self.path(before);
            } else {
                self.at += 1;
            }
        }
        self.at += 1;
    }
}

/// The tokens of the code with their lines: names, `::` and single signs; no comments, no texts, no lifetimes.
fn tokens(text: &str) -> Vec<(String, usize)> {
    let (mut rest, mut tokens) = (text, Vec::new());
    while let Some(first) = rest.chars().next() {
        let line = text[..text.len() - rest.len()].matches('\n').count() + 1;
        let name = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let skipped = not_code(rest);
        let taken = if skipped > 0 {
            skipped
        } else if name > 0 {
            tokens.push((rest[..name].to_owned(), line));
            name
        } else {
            let sign = if rest.starts_with("::") { 2 } else { first.len_utf8() };
            if !first.is_whitespace() {
                tokens.push((rest[..sign].to_owned(), line));
            }
            sign
        };
        rest = &rest[taken..];
    }
    tokens
}

/// How many bytes at the start are a comment, a text, a character or a lifetime.
fn not_code(rest: &str) -> usize {
    let until =
        |start: usize, end: &str| rest[start..].find(end).map_or(rest.len(), |at| start + at + end.len());
    let raw = rest.trim_start_matches(['b', 'c']).strip_prefix('r').map(|r| (r, r.trim_start_matches('#')));
    if rest.starts_with("//") {
        return until(0, "\n");
    }
    if rest.starts_with("/*") {
        return until(2, "*/");
    }
    if let Some((hashes, text)) = raw.filter(|(_, text)| text.starts_with('"')) {
        let end = format!("\"{}", "#".repeat(hashes.len() - text.len()));
        return until(rest.len() - text.len() + 1, &end);
    }
    for start in ["\"", "b\"", "c\""] {
        if rest.starts_with(start) {
            return quoted(rest, start.len(), '"');
        }
    }
    let character = rest.strip_prefix('\'').map(|r| r.chars().take(2).collect::<Vec<_>>());
    match character.as_deref() {
        Some(['\\', _]) => quoted(rest, 1, '\''),
        Some([one, '\'']) => 2 + one.len_utf8(),
        Some(_) => 1 + rest[1..].find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len() - 1),
        None => 0,
    }
}

/// The end of a text that starts before `start`, past its closing sign.
fn quoted(rest: &str, start: usize, end: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest[start..].char_indices() {
        if c == end && !escaped {
            return start + at + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    rest.len()
}
