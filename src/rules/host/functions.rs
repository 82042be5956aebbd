//! The few functions and operators that rules have besides the inputs and the verbs.
//!
//! Comparisons are strict: Rhai's own say `false` when two things cannot be compared, so that `!(x >= 20)` is
//! true for a missing `x`. Here that is an error. Text functions give back a new text; Rhai's own change the
//! text in place and give back nothing.

use std::ops::{Range, RangeInclusive};

use rhai::{
    Array, Dynamic, Engine, EvalAltResult, ImmutableString, packages::ArithmeticPackage, packages::Package,
};

use crate::rules::inputs::float;

type Answer<T> = Result<T, Box<EvalAltResult>>;

/// Every function a rule may call besides the verbs and those of the inputs: name and number of values.
///
/// `x.f(y)` and `f(x, y)` are the same call and count alike.
pub(in crate::rules) const FUNCTIONS: [(&str, usize); 16] = [
    ("abs", 1),
    ("min", 2),
    ("max", 2),
    ("round", 1),
    ("floor", 1),
    ("ceiling", 1),
    ("to_int", 1),
    ("to_float", 1),
    ("to_string", 1),
    ("len", 1),
    ("contains", 2),
    ("starts_with", 2),
    ("ends_with", 2),
    ("to_lower", 1),
    ("to_upper", 1),
    ("trim", 1),
];

/// Makes the functions and operators known.
pub(in crate::rules) fn register(engine: &mut Engine) {
    ArithmeticPackage::new().register_into_engine(engine);
    register_comparisons(engine);
    register_numbers(engine);
    register_texts(engine);
}

/// The word for the kind of a value in messages.
pub(in crate::rules) fn kind(value: &Dynamic) -> String {
    type_word(value.type_name()).to_owned()
}

/// The word for one of Rhai's type names.
pub(in crate::rules) fn type_word(name: &str) -> &str {
    match name {
        "i64" => "a whole number",
        "f64" => "a number",
        "bool" => "true or false",
        "string" | "&str | ImmutableString | String" => "a text",
        "char" => "a character",
        "()" => "nothing",
        "array" => "a list",
        "map" => "a map",
        "range" | "range=" => "a range",
        other => other.rsplit("::").next().unwrap_or(other),
    }
}

macro_rules! compare {
    ($engine:ident, $($op:literal => $same:tt),+) => {$(
        $engine.register_fn($op, |a: i64, b: i64| a $same b);
        $engine.register_fn($op, |a: f64, b: f64| -> Answer<bool> { Ok(number(a)? $same number(b)?) });
        $engine.register_fn($op, |a: i64, b: f64| -> Answer<bool> { Ok(float(a) $same number(b)?) });
        $engine.register_fn($op, |a: f64, b: i64| -> Answer<bool> { Ok(number(a)? $same float(b)) });
        $engine.register_fn($op, |a: &str, b: &str| a $same b);
        $engine.register_fn($op, |a: Dynamic, b: Dynamic| -> Answer<bool> { Err(incomparable($op, &a, &b)) });
    )+};
}

#[expect(clippy::float_cmp, reason = "a rule that writes == between numbers means exactly that")]
fn register_comparisons(engine: &mut Engine) {
    compare!(engine, "<" => <, "<=" => <=, ">" => >, ">=" => >=, "==" => ==, "!=" => !=);
    engine
        .register_fn("==", |a: bool, b: bool| a == b)
        .register_fn("!=", |a: bool, b: bool| a != b)
        .register_fn("!", |a: bool| !a);
}

/// NaN is neither below nor above anything, which would be a quiet `false`.
fn number(value: f64) -> Answer<f64> {
    if value.is_nan() {
        Err("this comparison got the result of 0.0 / 0.0, which is no number".into())
    } else {
        Ok(value)
    }
}

fn incomparable(op: &str, a: &Dynamic, b: &Dynamic) -> Box<EvalAltResult> {
    let hint = if a.is_bool() && (b.is_int() || b.is_float()) { "; write `20 < x && x < 80`" } else { "" };
    format!("`{op}` cannot compare {} with {}{hint}", kind(a), kind(b)).into()
}

fn register_numbers(engine: &mut Engine) {
    engine
        .register_fn("min", |a: i64, b: i64| a.min(b))
        .register_fn("min", |a: f64, b: f64| a.min(b))
        .register_fn("min", |a: i64, b: f64| float(a).min(b))
        .register_fn("min", |a: f64, b: i64| a.min(float(b)))
        .register_fn("max", |a: i64, b: i64| a.max(b))
        .register_fn("max", |a: f64, b: f64| a.max(b))
        .register_fn("max", |a: i64, b: f64| float(a).max(b))
        .register_fn("max", |a: f64, b: i64| a.max(float(b)))
        .register_fn("to_float", float)
        .register_fn("to_float", |a: f64| a);
    for (name, rounded) in [
        ("round", f64::round as fn(f64) -> f64),
        ("floor", f64::floor),
        ("ceiling", f64::ceil),
        ("to_int", f64::trunc),
    ] {
        engine.register_fn(name, |a: i64| a);
        engine.register_fn(name, move |a: f64| whole(rounded(a)));
    }
}

fn whole(value: f64) -> Answer<i64> {
    // Both bounds are exact as f64; beyond them nothing a rule counts has a meaning.
    const MOST: f64 = 9_007_199_254_740_992.0;
    if value.is_nan() || value.abs() > MOST {
        return Err(format!("`{value:?}` is too large for a whole number").into());
    }
    #[expect(clippy::cast_possible_truncation, reason = "checked just above, and already whole")]
    let whole = value as i64;
    Ok(whole)
}

fn register_texts(engine: &mut Engine) {
    engine
        .register_fn("to_string", |a: i64| ImmutableString::from(a.to_string()))
        .register_fn("to_string", |a: f64| ImmutableString::from(shown(a)))
        .register_fn("to_string", |a: bool| ImmutableString::from(if a { "true" } else { "false" }))
        .register_fn("to_string", |a: ImmutableString| a)
        .register_fn("to_string", |a: Array| ImmutableString::from(listed(&a)))
        .register_fn("len", |a: &str| i64::try_from(a.chars().count()).unwrap_or(i64::MAX))
        .register_fn("len", |a: Array| i64::try_from(a.len()).unwrap_or(i64::MAX))
        .register_fn("contains", |a: &str, b: &str| a.contains(b))
        .register_fn("contains", |list: Array, word: ImmutableString| among(&list, &Dynamic::from(word)))
        .register_fn("contains", |list: Array, wanted: i64| among(&list, &Dynamic::from(wanted)))
        .register_fn("contains", |range: Range<i64>, n: i64| range.contains(&n))
        .register_fn("contains", |range: RangeInclusive<i64>, n: i64| range.contains(&n))
        .register_fn("contains", |range: Range<i64>, n: f64| float(range.start) <= n && n < float(range.end))
        .register_fn("contains", |range: RangeInclusive<i64>, n: f64| {
            float(*range.start()) <= n && n <= float(*range.end())
        })
        .register_fn("starts_with", |a: &str, b: &str| a.starts_with(b))
        .register_fn("ends_with", |a: &str, b: &str| a.ends_with(b))
        .register_fn("to_lower", |a: &str| ImmutableString::from(a.to_lowercase()))
        .register_fn("to_upper", |a: &str| ImmutableString::from(a.to_uppercase()))
        .register_fn("trim", |a: &str| ImmutableString::from(a.trim()));
}

/// Whether a text or a whole number is in a list. A quiet `false` for a list of other things would hide a mistake.
fn among(list: &[Dynamic], wanted: &Dynamic) -> Answer<bool> {
    for item in list {
        let same = match (item.as_immutable_string_ref(), wanted.as_immutable_string_ref()) {
            (Ok(item), Ok(wanted)) => Some(**item == **wanted),
            _ => None,
        };
        let same = same.or_else(|| Some(item.as_int().ok()? == wanted.as_int().ok()?));
        let same = same.or_else(|| Some((float(wanted.as_int().ok()?) - item.as_float().ok()?).abs() <= 0.0));
        if same.ok_or_else(|| incomparable("in", wanted, item))? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A number as people read it in a reason: at most two digits after the point, `36` for 36.0.
pub(crate) fn shown(value: f64) -> String {
    let rounded = (value * 100.0).round() / 100.0;
    if rounded.is_finite() { format!("{}", rounded + 0.0) } else { format!("{value}") }
}

/// A list as people read it: `old, loud`.
pub(in crate::rules) fn listed(list: &[Dynamic]) -> String {
    let words: Vec<String> = list.iter().map(ToString::to_string).collect();
    words.join(", ")
}
