//! Texts of openHAB taken apart into words, as its own grammars (Thing.xtext, Items.xtext, Sitemap.xtext) do it.

/// Which of the three grammars. They differ in what a name is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grammar {
    Things,
    Items,
    Sitemap,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// A name; in Things and items a number, too.
    Name(String),
    /// A text in quotation marks, without them.
    Text(String),
    /// A sign, or two: `==`, `<=`, `>=`, `!=`.
    Sign(&'static str),
    /// A word of the sitemap that has its `=` glued to it.
    Key(String),
}

const SIGNS: &[&str] =
    &["==", "<=", ">=", "!=", "{", "}", "[", "]", "(", ")", "<", ">", ":", ",", "=", "@", "-", ".", "+"];
const KEYS: &[&str] = &[
    "item",
    "label",
    "icon",
    "labelcolor",
    "valuecolor",
    "visibility",
    "mappings",
    "minValue",
    "maxValue",
    "step",
    "inputHint",
];

/// The words of a text one after the other, and what may be asked of the next one.
pub(crate) struct Words {
    words: Vec<(usize, Word)>,
    at: usize,
}

impl Words {
    pub(crate) fn of(text: &str, grammar: Grammar) -> Result<Self, String> {
        let mut words = Vec::new();
        let (mut rest, mut line) = (text, 1);
        while let Some(first) = rest.chars().next() {
            if first.is_ascii_whitespace() {
                line += usize::from(first == '\n');
                rest = &rest[1..];
            } else if rest.starts_with("//") {
                rest = rest.find('\n').map_or("", |end| &rest[end..]);
            } else if first == '"' {
                let (text, length) = quoted(rest).map_err(|problem| format!("line {line}: {problem}"))?;
                words.push((line, Word::Text(text)));
                rest = &rest[length..];
            } else if let Some(length) = name(rest, grammar) {
                let (name, after) = rest.split_at(length);
                let is_key = grammar == Grammar::Sitemap
                    && KEYS.contains(&name)
                    && after.starts_with('=')
                    && !after.starts_with("==");
                let word = if is_key { Word::Key(name.to_owned()) } else { Word::Name(name.to_owned()) };
                words.push((line, word));
                rest = &after[usize::from(is_key)..];
            } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
                words.push((line, Word::Sign(sign)));
                rest = &rest[sign.len()..];
            } else {
                return Err(format!("line {line}: `{first}` belongs nowhere"));
            }
        }
        Ok(Self { words, at: 0 })
    }

    pub(crate) fn peek(&self) -> Option<&Word> {
        self.words.get(self.at).map(|(_, word)| word)
    }

    pub(crate) fn is_done(&self) -> bool {
        self.at == self.words.len()
    }

    pub(crate) fn wrong<T>(&self, wanted: &str) -> Result<T, String> {
        let last = self.words.last().map_or(0, |(line, _)| *line);
        match self.words.get(self.at) {
            Some((line, word)) => Err(format!("line {line}: {wanted} is wanted, not {word:?}")),
            None => Err(format!("line {last}: {wanted} is wanted, not the end")),
        }
    }

    /// Takes the sign if it is next.
    pub(crate) fn took(&mut self, sign: &str) -> bool {
        let is_next = matches!(self.peek(), Some(Word::Sign(next)) if *next == sign);
        self.at += usize::from(is_next);
        is_next
    }

    /// Takes the name if it is next.
    pub(crate) fn took_name(&mut self, name: &str) -> bool {
        let is_next = matches!(self.peek(), Some(Word::Name(next)) if next == name);
        self.at += usize::from(is_next);
        is_next
    }

    pub(crate) fn sign(&mut self, sign: &str) -> Result<(), String> {
        if self.took(sign) { Ok(()) } else { self.wrong(&format!("`{sign}`")) }
    }

    pub(crate) fn name(&mut self) -> Result<String, String> {
        let Some(Word::Name(name)) = self.peek().cloned() else { return self.wrong("a name") };
        self.at += 1;
        Ok(name)
    }

    pub(crate) fn text(&mut self) -> Result<String, String> {
        let Some(Word::Text(text)) = self.peek().cloned() else { return self.wrong("a text") };
        self.at += 1;
        Ok(text)
    }

    pub(crate) fn key(&mut self) -> Option<String> {
        let Some(Word::Key(key)) = self.peek().cloned() else { return None };
        self.at += 1;
        Some(key)
    }

    /// One thing after the other with commas between, up to the closing sign.
    pub(crate) fn list<T>(
        &mut self,
        end: &str,
        mut one: impl FnMut(&mut Self) -> Result<T, String>,
    ) -> Result<Vec<T>, String> {
        let mut all = vec![one(self)?];
        while self.took(",") {
            all.push(one(self)?);
        }
        self.sign(end)?;
        Ok(all)
    }
}

/// The text at the start, and how much of the source it takes.
fn quoted(source: &str) -> Result<(String, usize), String> {
    let mut text = String::new();
    let mut letters = source.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Ok((text, at + 1)),
            '\\' => match letters.next() {
                Some((_, escaped @ ('"' | '\'' | '\\'))) => text.push(escaped),
                Some((_, 'n')) => text.push('\n'),
                Some((_, 't')) => text.push('\t'),
                other => return Err(format!("`\\{}` is no escape", other.map_or(' ', |(_, letter)| letter))),
            },
            letter => text.push(letter),
        }
    }
    Err("a text does not end".to_owned())
}

/// How long the name at the start is.
fn name(source: &str, grammar: Grammar) -> Option<usize> {
    let inside = |c: char| c.is_ascii_alphanumeric() || c == '_' || (c == '-' && grammar != Grammar::Sitemap);
    let first = source.chars().next()?;
    let begins = inside(first) && !(first == '-' && grammar == Grammar::Items);
    begins.then(|| source.find(|c| !inside(c)).unwrap_or(source.len()))
}
