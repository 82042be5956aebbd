//! A set of rules in shadow: it is asked and counted, and decides nothing.

use super::*;
use crate::engine::{Adjust, Candidate};
use crate::model::{Record, ShadowDecision, ShadowTally, Value, Verdict};

/// The station with the rule `keep-between` charging at and under `low`.
fn candidate(id: i64, low: i64) -> Arc<Candidate> {
    let mut station = station();
    let mut lower = usage("keep-between");
    lower.with.insert("low".to_owned(), Value::Int(low));
    let policy = Arc::new(Policy { guards: Vec::new(), rules: vec![lower] });
    for plan in station.ports.values_mut() {
        let care = Arc::new(crate::model::Care { policy: Arc::clone(&policy), ..(*plan.care).clone() });
        *plan = Arc::new(PortPlan { care, ..(**plan).clone() });
    }
    Arc::new(Candidate::new(id, Arc::new(station), rules()))
}

fn with_shadow(low: i64) -> Engine {
    let mut engine = engine_that_saw_all_on();
    engine.shadow(Some(candidate(7, low)), BTreeMap::new(), at(0));
    engine
}

fn tally(engine: &Engine) -> ShadowTally {
    engine.view().ports.get(&port(1)).unwrap().shadow.as_ref().unwrap().tally
}

fn differing(step: &Step) -> Vec<Arc<ShadowDecision>> {
    let records = step.records.iter().filter_map(|record| match record {
        Record::ShadowDecision(decision) => Some(Arc::clone(decision)),
        _ => None,
    });
    records.collect()
}

fn written(step: &Step) -> Vec<ShadowTally> {
    let records = step.records.iter().filter_map(|record| match record {
        Record::ShadowTally { tally, .. } => Some(*tally),
        _ => None,
    });
    records.collect()
}

#[test]
fn a_difference_is_written_once_and_counted_every_time() {
    let mut engine = with_shadow(40);
    let same = engine.report(&report(1, 50), at(1)).unwrap();
    assert!(differing(&same).is_empty());
    let first = engine.report(&report(1, 35), at(2)).unwrap();
    let told = differing(&first);
    assert_eq!((told.len(), told[0].shadow, told[0].at), (1, 7, at(2)));
    assert_eq!((told[0].active.verdict, told[0].candidate.verdict), (Verdict::Keep, Verdict::Charge));
    assert_eq!(told[0].active.reason, "no rule has an opinion: stays as it is");
    assert_eq!(told[0].candidate.reason, "35% is at or under 40%");
    assert!(!told[0].switches, "the port is on either way");
    assert!(differing(&engine.report(&report(1, 34), at(3)).unwrap()).is_empty(), "it goes on");
    assert!(differing(&engine.report(&report(1, 18), at(4)).unwrap()).is_empty(), "both charge");
    let again = engine.report(&report(1, 30), at(5)).unwrap();
    assert_eq!(differing(&again).len(), 1, "it begins anew");
    let counted = tally(&engine);
    assert_eq!((counted.compared, counted.differed, counted.differences), (5, 3, 2));
    assert_eq!((counted.switches, counted.failures, counted.last), (0, 0, Some(at(5))));
    assert_eq!(written(&again), [counted], "what was written down is counted on disk, too");
}

#[test]
fn it_decides_nothing() {
    let (mut with, mut without) = (with_shadow(99), engine_that_saw_all_on());
    for (minute, level) in [85, 50, 15, 60, 81].into_iter().enumerate() {
        let minute = i64::try_from(minute).unwrap() * 10 + 1;
        let one = with.report(&report(1, level), at(minute)).unwrap();
        let other = without.report(&report(1, level), at(minute)).unwrap();
        assert_eq!(one.decision, other.decision);
        assert_eq!(one.orders, other.orders);
        with.seen(&one.orders.iter().map(done).collect::<Vec<_>>(), at(minute));
        without.seen(&other.orders.iter().map(done).collect::<Vec<_>>(), at(minute));
    }
    assert!(tally(&with).switches > 0, "{:?}", tally(&with));
}

#[test]
fn what_a_person_or_safety_decides_is_not_compared() {
    let mut engine = with_shadow(40);
    engine.set_mode(port(1), mode(ModeKind::Off, None), at(1)).unwrap();
    assert!(differing(&engine.report(&report(1, 35), at(1)).unwrap()).is_empty());
    assert_eq!(tally(&engine).compared, 0);
    engine.set_mode(port(1), mode(ModeKind::Auto, None), at(2)).unwrap();
    assert_eq!(tally(&engine).compared, 1);
    engine.tick(at(60));
    assert!(engine.view().ports.get(&port(1)).unwrap().silent);
    assert_eq!(tally(&engine).compared, 1);
}

#[test]
fn values_that_people_set_lie_over_both() {
    let mut engine = with_shadow(40);
    let rule = RuleName::new("keep-between").unwrap();
    let wish = Adjust { rule, parameter: "low".into(), value: Some(Value::Int(30)), by: Author::Mqtt };
    engine.adjust(port(1), &wish, None, at(1)).unwrap();
    assert!(differing(&engine.report(&report(1, 35), at(2)).unwrap()).is_empty());
    assert_eq!(tally(&engine).compared, 1);
    let back = Adjust { value: None, ..wish };
    assert_eq!(differing(&engine.adjust(port(1), &back, None, at(3)).unwrap()).len(), 1);
}

#[test]
fn a_rule_that_fails_in_shadow_is_counted_and_touches_nothing() {
    let mut engine = engine_that_saw_all_on();
    let policy = Arc::new(Policy { guards: vec![usage("guard")], rules: Vec::new() });
    let mut broken = station();
    for plan in broken.ports.values_mut() {
        let care = crate::model::Care { policy: Arc::clone(&policy), ..(*plan.care).clone() };
        let device = plan.device.as_ref().map(|_| device("broken"));
        let device = if plan.id == port(1) { device } else { None };
        *plan = Arc::new(PortPlan { care: Arc::new(care), device, ..(**plan).clone() });
    }
    // The guard fails for devices of this name.
    engine.name_device(port(1), Some(device("broken")), &Author::Mqtt, at(0)).unwrap();
    engine.shadow(Some(Arc::new(Candidate::new(1, Arc::new(broken), rules()))), BTreeMap::new(), at(0));
    for minute in 1..4 {
        let step = engine.report(&report(1, 50), at(minute)).unwrap();
        assert_eq!(step.decision.unwrap().failures, []);
        assert!(!step.events.iter().any(|event| event.kind.code() == "rule_failed"));
    }
    let state = engine.view().ports.get(&port(1)).unwrap();
    let shadow = state.shadow.as_ref().unwrap();
    assert_eq!((shadow.tally.failures, shadow.tally.differences), (3, 1), "the third failure rests");
    assert!(shadow.failure.as_ref().unwrap().starts_with("guard: "), "{:?}", shadow.failure);
    assert!(shadow.difference.as_ref().unwrap().switches);
    assert_eq!((state.guard_failures, state.memory.wanted), (0, None));
}

#[test]
fn counts_go_on_when_it_is_made_anew_and_over_a_restart_and_begin_anew_with_another() {
    let mut engine = with_shadow(40);
    engine.report(&report(1, 35), at(1)).unwrap();
    let before = tally(&engine);
    engine.shadow(Some(candidate(7, 36)), BTreeMap::new(), at(2));
    assert_eq!(tally(&engine), before);
    assert!(differing(&engine.report(&report(1, 35), at(3)).unwrap()).is_empty(), "it still differs");
    let last = engine.stop(Ending::Exit);
    assert!(written(&last).contains(&tally(&engine)));
    let kept = [(port(1), tally(&engine))].into();
    let mut next = restart(&engine, at(4));
    next.shadow(Some(candidate(7, 36)), kept, at(4));
    assert_eq!(tally(&next).compared, 2);
    next.seen(&[reading(1, Power::On), reading(2, Power::On)], at(4));
    assert!(
        differing(&next.report(&report(1, 35), at(4)).unwrap()).is_empty(),
        "a restart begins nothing anew"
    );
    assert_eq!((tally(&next).compared, tally(&next).differences), (3, 1));
    next.shadow(Some(candidate(8, 36)), BTreeMap::new(), at(5));
    assert_eq!(tally(&next), ShadowTally::default());
    next.shadow(None, BTreeMap::new(), at(6));
    assert_eq!(next.view().ports.get(&port(1)).unwrap().shadow, None);
    assert!(differing(&next.report(&report(1, 35), at(7)).unwrap()).is_empty());
}

#[test]
fn with_new_files_it_waits_until_it_is_made_anew() {
    let mut engine = with_shadow(40);
    engine.report(&report(1, 35), at(1)).unwrap();
    let before = tally(&engine);
    engine.reload(Arc::new(station()), rules(), at(2));
    engine.report(&report(1, 18), at(2)).unwrap();
    assert_eq!(tally(&engine), before);
    engine.shadow(Some(candidate(7, 40)), BTreeMap::new(), at(3));
    engine.report(&report(1, 18), at(3)).unwrap();
    assert_eq!(tally(&engine).compared, before.compared + 1);
}

#[test]
fn counts_that_only_grow_are_written_now_and_then() {
    let mut engine = with_shadow(20);
    let writes: usize =
        (1..=60).map(|minute| written(&engine.report(&report(1, 50), at(minute)).unwrap()).len()).sum();
    assert_eq!(writes, 6);
    assert_eq!(tally(&engine).compared, 60);
}

#[test]
fn a_port_that_the_candidate_does_not_have_is_left_out() {
    let mut engine = engine_that_saw_all_on();
    let mut smaller = station();
    smaller.ports.remove(&port(1));
    engine.shadow(Some(Arc::new(Candidate::new(1, Arc::new(smaller), rules()))), BTreeMap::new(), at(0));
    engine.report(&report(1, 10), at(1)).unwrap();
    assert_eq!(tally(&engine).compared, 0);
}
