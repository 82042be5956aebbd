//! Numbers from elsewhere, as rules see them.

use super::*;
use crate::model::{Signal, SignalName, SignalPlan};

fn name(text: &str) -> SignalName {
    SignalName::new(text).unwrap()
}

fn station_with(signals: &[&str]) -> Arc<Station> {
    let signals = signals.iter().map(|signal| (name(signal), SignalPlan::default())).collect();
    Arc::new(Station { signals, ..station() })
}

fn engine_with(signals: &[&str]) -> Engine {
    Engine::new(station_with(signals), rules(), Remembered::default(), at(0))
}

/// What a rule sees when the phone reports now.
fn seen(engine: &mut Engine, minute: i64) -> BTreeMap<String, Signal> {
    let step = engine.report(&report(1, 50), at(minute)).unwrap();
    step.decision.unwrap().facts.as_ref().unwrap().signals.clone()
}

#[test]
fn rules_see_what_came_last() {
    let mut engine = engine_with(&["price", "sun"]);
    assert_eq!(seen(&mut engine, 1), BTreeMap::new());
    assert_eq!(engine.signal(&name("price"), 0.3, false, at(2)), Some(Signal { value: 0.3, at: at(2) }));
    engine.signal(&name("price"), 0.2, false, at(3));
    assert_eq!(seen(&mut engine, 4), [("price".to_owned(), Signal { value: 0.2, at: at(3) })].into());
    assert_eq!(engine.view().signals.len(), 1);
}

#[test]
fn a_signal_that_the_file_does_not_name_is_not_taken() {
    let mut engine = engine_with(&["price"]);
    assert_eq!(engine.signal(&name("sun"), 1.0, false, at(1)), None);
    assert_eq!(seen(&mut engine, 2), BTreeMap::new());
}

#[test]
fn a_value_that_a_broker_hands_out_again_is_not_new() {
    let mut engine = engine_with(&["price"]);
    engine.signal(&name("price"), 0.3, true, at(1));
    assert_eq!(engine.signal(&name("price"), 0.3, true, at(9)).unwrap().at, at(1));
    assert_eq!(engine.signal(&name("price"), 0.3, false, at(10)).unwrap().at, at(10), "said anew");
    assert_eq!(engine.signal(&name("price"), 0.4, true, at(11)).unwrap().at, at(11), "another value");
}

#[test]
fn new_files_keep_what_they_still_name() {
    let mut engine = engine_with(&["price", "sun"]);
    engine.signal(&name("price"), 0.3, false, at(1));
    engine.signal(&name("sun"), 800.0, false, at(1));
    engine.reload(station_with(&["price"]), rules(), at(2));
    let names: Vec<String> = seen(&mut engine, 3).into_keys().collect();
    assert_eq!(names, ["price"]);
}

#[test]
fn a_clock_that_is_set_back_leaves_no_signal_in_the_future() {
    let mut engine = engine_with(&["price"]);
    engine.signal(&name("price"), 0.3, false, at(100));
    assert_eq!(seen(&mut engine, 10)["price"].at, at(10));
}
