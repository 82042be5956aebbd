//! Reads the fields of a `( … )` and their values, and notes every problem instead of stopping at the first.

use std::{collections::BTreeMap, ops::RangeInclusive};

use super::{
    document::{Field, Item, Node},
    problems::{Problems, Wrong},
    words::{did_you_mean, duration, list, shown},
};
use crate::model::Span;

/// The known fields of one `( … )`.
pub(crate) struct Fields<'n> {
    node: &'n Node,
    fields: &'n [Field],
    what: &'static str,
}

impl<'n> Fields<'n> {
    /// Opens a group: notes unknown, unnamed and repeated fields. `None` when it is no group at all.
    pub(crate) fn open(
        node: &'n Node,
        what: &'static str,
        allowed: &[&str],
        problems: &mut Problems<'_>,
    ) -> Option<Self> {
        let node = inside_some(node);
        let Item::Group(name, fields) = &node.item else {
            let message = format!("{what}: `( name: value )` is needed, this is {}", node.item.kind());
            let json = matches!(node.item, Item::Map(_));
            let habit = if json { "write `(` and `)` around it, and names without quotes; " } else { "" };
            let hint = format!("{habit}allowed in it: {}", list(allowed.iter().copied()));
            problems.add(node.at, Wrong::new("wrong-type", message, hint));
            return None;
        };
        if let Some(name) = name {
            let message = format!("the name `{}` before `(` has no meaning here", shown(name));
            problems.add(node.at, Wrong::new("wrong-type", message, format!("{what} is just `( … )`")));
        }
        let mut first = BTreeMap::new();
        for field in fields {
            let earlier = field.name.as_deref().and_then(|name| first.insert(name, field.at));
            let wrong = match (&field.name, earlier) {
                (None, _) => {
                    let hint =
                        format!("write `name: value`; allowed here: {}", list(allowed.iter().copied()));
                    Wrong::new("unnamed-value", format!("a value without a name in {what}"), hint)
                }
                (Some(name), _) if !allowed.contains(&name.as_str()) => unknown_field(name, what, allowed),
                (Some(name), Some(earlier)) => {
                    let hint = format!("the first is in line {}; keep one", earlier.line);
                    Wrong::new("duplicate-field", format!("`{name}` is written twice in {what}"), hint)
                }
                (Some(_), None) => continue,
            };
            problems.add(field.at, wrong);
        }
        Some(Self { node, fields, what })
    }

    /// Where the group starts.
    pub(crate) fn node(&self) -> &'n Node {
        self.node
    }

    /// The value of a field, if it is there and not `None`.
    pub(crate) fn get(&self, name: &str) -> Option<&'n Node> {
        let field = self.fields.iter().find(|field| field.name.as_deref() == Some(name))?;
        let node = inside_some(&field.value);
        if node.item == Item::Word("None".into()) { None } else { Some(node) }
    }

    /// A field that may be left out.
    pub(crate) fn read<T>(
        &self,
        name: &str,
        problems: &mut Problems<'_>,
        read: impl FnOnce(&'n Node) -> Result<T, Wrong>,
    ) -> Option<T> {
        let node = self.get(name)?;
        let result =
            read(node).map_err(|wrong| Wrong { message: format!("{name}: {}", wrong.message), ..wrong });
        problems.take(node, result)
    }

    /// A field that must be there.
    pub(crate) fn need<T>(
        &self,
        name: &str,
        example: &str,
        problems: &mut Problems<'_>,
        read: impl FnOnce(&'n Node) -> Result<T, Wrong>,
    ) -> Option<T> {
        if self.get(name).is_none() {
            self.missing(name, example, problems);
        }
        self.read(name, problems, read)
    }

    /// Notes that a field is missing, at the opening of the group.
    pub(crate) fn missing(&self, name: &str, example: &str, problems: &mut Problems<'_>) {
        let message = format!("`{name}` is missing in {}", self.what);
        problems.add(
            self.node.at,
            Wrong::new("missing-field", message, format!("add it, for example `{example}`")),
        );
    }
}

fn unknown_field(name: &str, what: &str, allowed: &[&str]) -> Wrong {
    let message = format!("unknown field `{}` in {what}", shown(name));
    let guess =
        did_you_mean(name, allowed.iter().copied()).map(|guess| format!("{guess} ")).unwrap_or_default();
    Wrong::new("unknown-field", message, format!("{guess}allowed here: {}", list(allowed.iter().copied())))
}

/// `Some(x)` is `x`: nobody needs to write it, and who does is right.
pub(crate) fn inside_some(node: &Node) -> &Node {
    match &node.item {
        Item::Group(Some(name), fields) if name == "Some" => match fields.as_slice() {
            [Field { name: None, value, .. }] => value,
            _ => node,
        },
        _ => node,
    }
}

fn expected(what: &str, node: &Node, hint: impl Into<String>) -> Wrong {
    Wrong::new("wrong-type", format!("{what} is needed, this is {}", node.item.kind()), hint)
}

/// A text.
pub(crate) fn text(node: &Node) -> Result<&str, Wrong> {
    match &node.item {
        Item::Text(text) => Ok(text),
        Item::Word(word) => Err(expected("a text", node, format!("put it in double quotes: \"{word}\""))),
        _ => Err(expected("a text", node, "put it in double quotes")),
    }
}

/// A text for people: so many characters, none of them control characters.
pub(crate) fn label(node: &Node, longest: usize) -> Result<String, Wrong> {
    let label = text(node)?;
    let good =
        !label.trim().is_empty() && label.chars().count() <= longest && !label.chars().any(char::is_control);
    if good {
        return Ok(label.to_owned());
    }
    let hint = format!("use 1 to {longest} characters, no control characters");
    Err(Wrong::new("wrong-value", format!("`{}` is not allowed", shown(label)), hint))
}

/// `true` or `false`.
pub(crate) fn yes_or_no(node: &Node) -> Result<bool, Wrong> {
    match node.item {
        Item::Bool(value) => Ok(value),
        _ => Err(expected("`true` or `false`", node, "write it without quotes")),
    }
}

/// A whole number in a range.
pub(crate) fn integer(node: &Node, range: RangeInclusive<i64>) -> Result<i64, Wrong> {
    let hint = format!("a whole number, {} to {}", range.start(), range.end());
    match node.item {
        Item::Int(number) if range.contains(&number) => Ok(number),
        Item::Int(number) => Err(Wrong::new("out-of-range", format!("{number} is out of range"), hint)),
        _ => Err(expected("a whole number", node, hint)),
    }
}

/// A number in a range.
pub(crate) fn number(node: &Node, range: RangeInclusive<f64>) -> Result<f64, Wrong> {
    let hint = format!("a number, {} to {}", range.start(), range.end());
    let number = match node.item {
        Item::Float(number) => number,
        #[expect(
            clippy::cast_precision_loss,
            reason = "what is in range is small, and what is lost is out of range"
        )]
        Item::Int(number) => number as f64,
        _ => return Err(expected("a number", node, hint)),
    };
    if range.contains(&number) {
        return Ok(number);
    }
    Err(Wrong::new("out-of-range", format!("{number} is out of range"), hint))
}

/// A range of lengths of time, and how to say it.
pub(crate) struct Lengths {
    /// The shortest.
    pub(crate) least: Span,
    /// The longest.
    pub(crate) most: Span,
    /// Both in words.
    pub(crate) words: &'static str,
}

/// A length of time in words: `"3 min"`.
pub(crate) fn length(node: &Node, range: &Lengths) -> Result<Span, Wrong> {
    let words = match &node.item {
        Item::Text(words) => words,
        Item::Int(number) => {
            let hint =
                format!("in quotes and with a unit: \"{number} s\", \"{number} min\"; {}", range.words);
            return Err(expected("a length of time", node, hint));
        }
        _ => {
            return Err(expected(
                "a length of time",
                node,
                format!("for example \"3 min\"; {}", range.words),
            ));
        }
    };
    length_in(words, range)
}

/// A length of time from words.
pub(crate) fn length_in(words: &str, range: &Lengths) -> Result<Span, Wrong> {
    let length = duration(words).map_err(|hint| {
        Wrong::new("wrong-value", format!("`{}` is not a length of time", shown(words)), hint)
    })?;
    if (range.least..=range.most).contains(&length) {
        return Ok(length);
    }
    let message = format!("`{}` is out of range", shown(words));
    Err(Wrong::new("out-of-range", message, format!("allowed: {}", range.words)))
}

/// One of a few words, with or without `()` behind it.
pub(crate) fn choice<T: Copy>(node: &Node, choices: &[(&'static str, T)]) -> Result<T, Wrong> {
    let names = || choices.iter().map(|(name, _)| *name);
    let hint = |guess: Option<String>| {
        format!("{}allowed: {}", guess.map(|guess| format!("{guess} ")).unwrap_or_default(), list(names()))
    };
    let word = match &node.item {
        Item::Word(word) => word,
        Item::Group(Some(word), fields) if fields.is_empty() => word,
        Item::Group(Some(word), _) if names().any(|name| name == word) => {
            return Err(Wrong::new(
                "unknown-field",
                format!("`{word}` takes nothing in its brackets"),
                "empty them",
            ));
        }
        Item::Text(text) => {
            let message = format!("the text `{}` is not a choice", shown(text));
            return Err(Wrong::new("wrong-type", message, hint(Some("without quotes;".into()))));
        }
        _ => return Err(expected("a choice", node, hint(None))),
    };
    let found = choices.iter().find(|(name, _)| name == word);
    found.map(|(_, value)| *value).ok_or_else(|| {
        let message = format!("`{}` is not known", shown(word));
        Wrong::new("unknown-choice", message, hint(did_you_mean(word, names())))
    })
}
