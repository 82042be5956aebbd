//! The two levels of a port, and the parameters that they are.

use super::*;
use crate::engine::{Bound, NotAdjusted};
use crate::model::{Care, Value};

const READY: &str = r#"//! Charge to one level.
let target = param("target", 90);
if battery.level < target { charge("not ready"); }
"#;

fn rule_set() -> Arc<RuleSet> {
    let source = |name: &str, text: &str| RuleSource {
        name: RuleName::new(name).unwrap(),
        file: format!("rules/{name}.rhai"),
        text: text.to_owned(),
    };
    let pair = KEEP_BETWEEN.replace("20", "20.0").replace("battery.level", "battery.level.to_float()");
    let sources = [
        source("keep-between", KEEP_BETWEEN),
        source("guard", GUARD),
        source("ready", READY),
        source("floats", &pair),
    ];
    Arc::new(RuleSet::compile(&sources).unwrap_or_else(|problems| panic!("{problems:?}")))
}

/// Port 1 with these rules, and values for the first.
fn with(rules: &[&str], values: &[(&str, Value)]) -> Engine {
    let mut station = station();
    let mut uses: Vec<RuleUse> = rules.iter().map(|rule| usage(rule)).collect();
    uses[0].with = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let policy = Arc::new(Policy { guards: vec![usage("guard")], rules: uses });
    for plan in station.ports.values_mut() {
        let care = Arc::new(Care { policy: Arc::clone(&policy), ..(*plan.care).clone() });
        *plan = Arc::new(PortPlan { care, ..(**plan).clone() });
    }
    Engine::new(Arc::new(station), rule_set(), Remembered::default(), at(0))
}

fn bounds(engine: &Engine) -> Option<String> {
    let view = engine.view();
    let bounds = view.ports.get(&port(1)).unwrap().bounds(&view.rules)?;
    let low = bounds.low.map(|low| format!(" {}={}", low.parameter, low.level)).unwrap_or_default();
    Some(format!("{}{low} {}={}", bounds.rule, bounds.high.parameter, bounds.high.level))
}

fn wish(engine: &Engine, bound: Bound, percent: u8) -> Result<(String, Option<Value>), String> {
    let view = engine.view();
    let wish = view.ports.get(&port(1)).unwrap().bound_wish(
        &view.rules,
        bound,
        Level::saturating(percent),
        Author::Mqtt,
    );
    wish.map(|adjust| (adjust.parameter, adjust.value)).map_err(|refused: NotAdjusted| refused.to_string())
}

#[test]
fn a_rule_with_two_levels_comes_before_one_with_a_single_one() {
    let shown = |rules: &[&str], values: &[(&str, Value)]| bounds(&with(rules, values));
    assert_eq!(shown(&["keep-between"], &[]).as_deref(), Some("keep-between low=20 high=80"));
    assert_eq!(shown(&["ready", "keep-between"], &[]).as_deref(), Some("keep-between low=20 high=80"));
    assert_eq!(shown(&["ready"], &[("target", Value::Int(95))]).as_deref(), Some("ready target=95"));
    assert_eq!(
        shown(&["keep-between"], &[("high", Value::Int(175))]).as_deref(),
        Some("keep-between low=20 high=100")
    );
    assert_eq!(shown(&["floats"], &[("low", Value::Float(29.6))]).as_deref(), Some("floats low=30 high=80"));
    assert_eq!(shown(&["guard"], &[]), None, "a rule without levels");
}

#[test]
fn what_has_no_battery_has_no_levels() {
    let mut station = station();
    for plan in station.ports.values_mut() {
        let policy = Arc::new(Policy { guards: Vec::new(), rules: vec![usage("keep-between")] });
        let care = Arc::new(Care { policy, battery: false, ..(*plan.care).clone() });
        *plan = Arc::new(PortPlan { care, ..(**plan).clone() });
    }
    let engine = Engine::new(Arc::new(station), rule_set(), Remembered::default(), at(0));
    assert_eq!(bounds(&engine), None);
    assert!(wish(&engine, Bound::High, 50).unwrap_err().contains("has no battery"));
}

#[test]
fn a_level_becomes_the_parameter_of_that_rule() {
    let engine = with(&["ready", "keep-between"], &[]);
    assert_eq!(wish(&engine, Bound::Low, 30), Ok(("low".to_owned(), Some(Value::Int(30)))));
    assert_eq!(wish(&engine, Bound::High, 75), Ok(("high".to_owned(), Some(Value::Int(75)))));
    let engine = with(&["ready"], &[]);
    assert_eq!(wish(&engine, Bound::High, 75), Ok(("target".to_owned(), Some(Value::Int(75)))));
}

#[test]
fn what_is_set_is_what_is_shown_and_the_next_wish_is_held_against_it() {
    let mut engine = with(&["keep-between"], &[]);
    let view = engine.view().clone();
    let state = view.ports.get(&port(1)).unwrap();
    let wished = state.bound_wish(&view.rules, Bound::Low, Level::saturating(60), Author::Mqtt).unwrap();
    let step = engine.adjust(port(1), &wished, None, at(1)).unwrap();
    assert!(codes(&step).contains(&"parameter_changed"));
    assert_eq!(bounds(&engine).as_deref(), Some("keep-between low=60 high=80"));
    let told = wish(&engine, Bound::High, 60).unwrap_err();
    assert_eq!(told, "`high` of `keep-between` must be more than `low`, which is 60: use 61 to 100");
}

#[test]
fn levels_in_the_wrong_order_are_refused_with_what_is_allowed() {
    let engine = with(&["keep-between"], &[]);
    let told = wish(&engine, Bound::Low, 80).unwrap_err();
    assert_eq!(told, "`low` of `keep-between` must be less than `high`, which is 80: use 0 to 79");
    assert!(wish(&engine, Bound::Low, 79).is_ok() && wish(&engine, Bound::High, 21).is_ok());
    let engine = with(&["ready"], &[]);
    assert!(wish(&engine, Bound::Low, 10).unwrap_err().contains("charges to one level, `target`"));
    assert!(wish(&engine, Bound::High, 0).unwrap_err().contains("use 1 to 100"));
    let engine = with(&["guard"], &[]);
    assert!(wish(&engine, Bound::High, 50).unwrap_err().contains("use `keep-between`"));
}
