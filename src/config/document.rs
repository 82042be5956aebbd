//! A RON text as a tree in which every value knows its place.
//!
//! Made only from text that the crate `ron` has accepted; the tree decides nothing about what is allowed where.

use super::{
    syntax,
    tokens::{Kind, Place, Token, tokens},
};
use crate::model::Diagnostic;

/// Values may be nested this deep; a station needs six, and each level costs stack.
const DEEPEST: usize = 64;

/// A value and where it starts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    /// Where it starts.
    pub(crate) at: Place,
    /// What it is.
    pub(crate) item: Item,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Item {
    /// A text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// Another number.
    Float(f64),
    /// `true` or `false`.
    Bool(bool),
    /// A choice without brackets: `On`.
    Word(String),
    /// `(…)`, with the name before it, if there is one.
    Group(Option<String>, Vec<Field>),
    /// `[…]`.
    List(Vec<Node>),
    /// `{…}`: keys and values, in order, also those written twice.
    Map(Vec<(Node, Node)>),
    /// Something no file of ours has a use for, in words.
    Odd(&'static str),
}

/// One entry of a group.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Field {
    /// The name before the colon, if there is one.
    pub(crate) name: Option<String>,
    /// Where the entry starts.
    pub(crate) at: Place,
    /// Its value.
    pub(crate) value: Node,
}

impl Item {
    /// The kind in words, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Int(_) => "a whole number",
            Self::Float(_) => "a number",
            Self::Bool(_) => "true or false",
            Self::Word(_) => "a word without quotes",
            Self::Group(..) => "`(…)`",
            Self::List(_) => "`[…]`",
            Self::Map(_) => "`{…}`",
            Self::Odd(kind) => kind,
        }
    }
}

/// Reads a text, or says what is wrong with it as RON.
pub(crate) fn parse(file: &str, text: &str) -> Result<Node, Diagnostic> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    syntax::check(file, text)?;
    let tokens = tokens(text);
    let mut parser = Parser { tokens: &tokens, next: 0 };
    let node = parser.value(0);
    node.filter(|_| parser.peek().is_none()).ok_or_else(|| {
        let at = parser.peek().map_or(Place { line: 1, column: 1 }, |token| token.at);
        syntax::unreadable(file, at)
    })
}

struct Parser<'t> {
    tokens: &'t [Token<'t>],
    next: usize,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<Token<'t>> {
        self.tokens.get(self.next).copied()
    }

    fn is_mark(&self, ahead: usize, mark: char) -> bool {
        self.tokens.get(self.next + ahead).is_some_and(|token| token.kind == Kind::Mark(mark))
    }

    fn eat(&mut self, mark: char) -> bool {
        let found = self.is_mark(0, mark);
        self.next += usize::from(found);
        found
    }

    fn value(&mut self, depth: usize) -> Option<Node> {
        if depth > DEEPEST {
            return None;
        }
        let token = self.peek()?;
        self.next += 1;
        let item = match token.kind {
            Kind::Text => text_of(token.text),
            Kind::Number => number_of(token.text),
            Kind::Odd => Item::Odd("a character in single quotes or bytes"),
            Kind::Mark('(') => self.group(None, depth)?,
            Kind::Mark('[') => Item::List(self.until(']', |parser| parser.value(depth + 1))?),
            Kind::Mark('{') => Item::Map(self.until('}', |parser| {
                let key = parser.value(depth + 1)?;
                if parser.eat(':') { Some((key, parser.value(depth + 1)?)) } else { None }
            })?),
            Kind::Mark(_) => return None,
            Kind::Word => match token.text.strip_prefix("r#").unwrap_or(token.text) {
                "true" => Item::Bool(true),
                "false" => Item::Bool(false),
                word if self.eat('(') => self.group(Some(word.to_owned()), depth)?,
                word => Item::Word(word.to_owned()),
            },
        };
        Some(Node { at: token.at, item })
    }

    fn group(&mut self, name: Option<String>, depth: usize) -> Option<Item> {
        let fields = self.until(')', |parser| {
            let first = parser.peek()?;
            let named = first.kind == Kind::Word && parser.is_mark(1, ':');
            let name = named.then(|| first.text.strip_prefix("r#").unwrap_or(first.text).to_owned());
            parser.next += if named { 2 } else { 0 };
            Some(Field { name, at: first.at, value: parser.value(depth + 1)? })
        })?;
        Some(Item::Group(name, fields))
    }

    /// Entries with commas between them, up to the closing mark.
    fn until<T>(&mut self, closing: char, mut entry: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut entries = Vec::new();
        while !self.eat(closing) {
            entries.push(entry(self)?);
            if !self.eat(',') && !self.is_mark(0, closing) {
                return None;
            }
        }
        Some(entries)
    }
}

fn text_of(token: &str) -> Item {
    ron::from_str(token).map_or(Item::Odd("a text that cannot be read"), Item::Text)
}

fn number_of(token: &str) -> Item {
    if let Ok(number) = ron::from_str(token) {
        return Item::Int(number);
    }
    ron::from_str(token).map_or(Item::Odd("a number that cannot be read"), Item::Float)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, proptest};

    use super::*;

    #[test]
    fn a_tree_keeps_keys_that_are_written_twice() {
        let node = parse("x.ron", "{1: \"a\", 1: On, 2: [1.5, -3], 3: U(b: true)}").unwrap();
        let Item::Map(entries) = node.item else { panic!("not a map") };
        assert_eq!(entries.len(), 4);
        assert_eq!(entries[1].1.item, Item::Word("On".into()));
        assert_eq!(entries[1].0.at, Place { line: 1, column: 10 });
        let Item::Group(name, fields) = &entries[3].1.item else { panic!("not a group") };
        assert_eq!(name.as_deref(), Some("U"));
        assert_eq!(fields[0].name.as_deref(), Some("b"));
        assert_eq!(fields[0].value.item, Item::Bool(true));
    }

    #[test]
    fn deep_nesting_is_a_problem_and_not_a_crash() {
        assert!(parse("x.ron", &"(".repeat(100_000)).is_err());
        let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
        assert!(parse("x.ron", &deep).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC*") {
            let _ = parse("x.ron", &text);
        }

        #[test]
        fn any_tokens_are_read_or_refused(
            parts in prop::collection::vec(
                prop::sample::select(vec!["(", ")", "[", "]", "{", "}", ":", ",", "a", "1", "-.5e", "\"b\"", "r#",
                    "'", "/*", "//\n", "#![x]", "Some", "é", "\\"]), 0..40),
            _seed in any::<u8>(),
        ) {
            let _ = parse("x.ron", &parts.concat());
        }
    }
}
