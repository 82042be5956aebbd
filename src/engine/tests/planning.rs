//! Deadlines from report to plan, in the zone of Berlin.

use super::world::World;
use super::*;
use crate::engine::{Adjust, NotTold, sources, within};
use crate::model::{DeadlineFacts, DeadlinePlan, Due, Event, Told, Value};

const READY_BY: &str = include_str!("../../../rules/ready-by.rhai");

pub(super) fn ready_rules() -> Arc<RuleSet> {
    let source = |name: &str, text: &str| RuleSource {
        name: RuleName::new(name).unwrap(),
        file: format!("rules/{name}.rhai"),
        text: text.to_owned(),
    };
    Arc::new(RuleSet::compile(&[source("ready-by", READY_BY), source("keep-between", KEEP_BETWEEN)]).unwrap())
}

fn deadlines(due: &[Due]) -> Arc<Vec<DeadlinePlan>> {
    let level = Level::new(100).unwrap();
    Arc::new(due.iter().map(|due| DeadlinePlan { due: due.clone(), level }).collect())
}

fn weekly(at: &str, days: &str) -> Due {
    Due::Weekly { at: at.parse().unwrap(), days: days.to_owned() }
}

/// The usual station in Berlin, whose ports are asked by these rules and have these deadlines.
pub(super) fn berlin(rules: &[RuleUse], due: &[Due]) -> Station {
    let mut station = Station { zone: jiff::tz::TimeZone::get("Europe/Berlin").unwrap(), ..station() };
    for plan in station.ports.values_mut() {
        let policy = Arc::new(Policy { guards: Vec::new(), rules: rules.to_vec() });
        let care = crate::model::Care { policy, deadlines: deadlines(due), ..(*plan.care).clone() };
        *plan = Arc::new(PortPlan { care: Arc::new(care), ..(**plan).clone() });
    }
    station
}

pub(super) fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn started(rules: &[RuleUse], due: &[Due], now: &str) -> Engine {
    let station = Arc::new(berlin(rules, due));
    let mut engine = Engine::new(station, ready_rules(), Remembered::default(), moment(now));
    engine.tick(moment(now));
    engine.seen(&[reading(1, Power::On), reading(2, Power::On), reading(3, Power::On)], moment(now));
    engine
}

pub(super) fn ready_by(with: &[(&str, &str)]) -> RuleUse {
    let with =
        with.iter().map(|(name, value)| ((*name).to_owned(), crate::model::Value::Text((*value).to_owned())));
    RuleUse { with: with.collect(), ..usage("ready-by") }
}

fn facts(step: &Step) -> Option<DeadlineFacts> {
    step.decision.as_ref().unwrap().facts.as_ref().unwrap().deadline.clone()
}

#[test]
fn the_rule_ready_by_is_a_deadline_and_begins_when_the_plan_says() {
    let rules = [ready_by(&[("by", "07:00")]), usage("keep-between")];
    let mut engine = started(&rules, &[], "2026-11-23T22:00:00+01:00");
    let early = engine.report(&report(1, 60), moment("2026-11-23T22:00:00+01:00")).unwrap();
    let planned = facts(&early).unwrap();
    assert_eq!(planned.at, moment("2026-11-24T07:00:00+01:00"));
    assert_eq!(&*planned.source, "daily 07:00 (ready-by)");
    // 103 minutes at the pace of the file, 36 more to be sure.
    assert!((135..=142).contains(&planned.at.duration_since(planned.start).as_mins()), "{planned:?}");
    assert!(
        planned.in_time && early.decision.as_ref().unwrap().rule != Some(RuleName::new("ready-by").unwrap())
    );
    let due = engine.report(&report(1, 60), planned.start).unwrap().decision.unwrap();
    assert_eq!(
        (due.verdict, due.reason.as_str()),
        (crate::model::Verdict::Charge, "138 min left until daily 07:00 (ready-by), about 103 needed")
    );
}

#[test]
fn a_deadline_that_people_set_is_in_the_plan_at_once() {
    let mut engine = started(&[ready_by(&[("by", "07:00")])], &[], "2026-11-23T22:00:00+01:00");
    let now = moment("2026-11-23T22:00:00+01:00");
    engine.report(&report(1, 60), now).unwrap();
    let wish = |value: Option<&str>| Adjust {
        rule: RuleName::new("ready-by").unwrap(),
        parameter: "by".to_owned(),
        value: value.map(|text| Value::Text(text.to_owned())),
        by: Author::Rest(None),
    };
    let step = engine.adjust(port(1), &wish(Some("09:30")), None, now).unwrap();
    assert_eq!(facts(&step).unwrap().at, moment("2026-11-24T09:30:00+01:00"));
    let step = engine.adjust(port(1), &wish(None), None, now).unwrap();
    assert_eq!(facts(&step).unwrap().at, moment("2026-11-24T07:00:00+01:00"));
}

#[test]
fn what_has_begun_is_held_until_it_is_ready() {
    let rules = [ready_by(&[("by", "07:00")]), usage("keep-between")];
    let mut engine = started(&rules, &[], "2026-11-24T04:50:00+01:00");
    let began = facts(&engine.report(&report(1, 60), moment("2026-11-24T04:50:00+01:00")).unwrap()).unwrap();
    // It charges faster than was thought, and is not let go for that.
    let later = engine.report(&report(1, 90), moment("2026-11-24T05:10:00+01:00")).unwrap();
    assert_eq!(facts(&later).unwrap().start, began.start);
    assert_eq!(later.decision.unwrap().verdict, crate::model::Verdict::Charge);
    let ready = engine.report(&report(1, 100), moment("2026-11-24T06:00:00+01:00")).unwrap();
    assert_eq!(ready.decision.as_ref().unwrap().reason, "100%, ready for daily 07:00 (ready-by)");
    let after = engine.report(&report(1, 99), moment("2026-11-24T07:01:00+01:00")).unwrap();
    assert_eq!(facts(&after).unwrap().at, moment("2026-11-25T07:00:00+01:00"), "the next one counts");
}

#[test]
fn the_deadline_that_needs_the_earliest_begin_counts() {
    let due = [weekly("08:00:00", "Mon-Fri"), Due::Once("2026-11-24T07:30:00".parse().unwrap())];
    let mut engine = started(&[ready_by(&[("by", "2026-01-01 07:00")])], &due, "2026-11-23T22:00:00+01:00");
    let planned =
        facts(&engine.report(&report(1, 60), moment("2026-11-23T22:00:00+01:00")).unwrap()).unwrap();
    assert_eq!((planned.at, &*planned.source), (moment("2026-11-24T07:30:00+01:00"), "2026-11-24 07:30"));
    let next = facts(&engine.report(&report(1, 60), moment("2026-11-24T07:31:00+01:00")).unwrap()).unwrap();
    assert_eq!((next.at, &*next.source), (moment("2026-11-24T08:00:00+01:00"), "Mon-Fri 08:00"));
    assert!(!next.in_time, "half an hour is not enough");
    let weekend =
        facts(&engine.report(&report(1, 60), moment("2026-11-27T20:00:00+01:00")).unwrap()).unwrap();
    assert_eq!(weekend.at, moment("2026-11-30T08:00:00+01:00"));
}

#[test]
fn a_deadline_in_the_past_is_none_and_said() {
    let due = [Due::Once("2020-01-01T07:30:00".parse().unwrap())];
    let mut engine = started(&[ready_by(&[("by", "2020-01-01 07:00")])], &due, "2026-11-23T22:00:00+01:00");
    assert_eq!(facts(&engine.report(&report(1, 60), moment("2026-11-23T22:00:00+01:00")).unwrap()), None);
    assert_eq!(engine.view().unplanned(port(1)), Some("all its deadlines are over"));
    assert_eq!(engine.view().unplanned(port(2)), Some("its device has not reported yet"));
    let engine = started(&[usage("keep-between")], &[], "2026-11-23T22:00:00+01:00");
    assert_eq!(engine.view().unplanned(port(1)), Some("it is not to be ready at any time"));
}

#[test]
fn hours_that_the_clock_skips_or_shows_twice_have_a_meaning() {
    let all = |due: Due, from: &str| {
        let station = berlin(&[], &[due]);
        let found = sources(&station.ports[&port(1)].care, &Policy::default(), &rules());
        let next = within(&found[0], moment(from), crate::model::Span::from_hours(48), &station.zone, 9);
        next.iter().map(|next| next.at.to_string()).collect::<Vec<_>>()
    };
    // 2026-03-29: from 02:00 straight to 03:00.
    let skipped = all(weekly("02:30:00", "Sun"), "2026-03-28T12:00:00+01:00");
    assert_eq!(skipped, ["2026-03-29T01:30:00Z"], "03:30 in summer time");
    assert_eq!(all(weekly("07:30:00", "Sun"), "2026-03-28T12:00:00+01:00"), ["2026-03-29T05:30:00Z"]);
    // 2026-10-25: 03:00 goes back to 02:00.
    let twice = all(weekly("02:30:00", "Sun"), "2026-10-24T12:00:00+02:00");
    assert_eq!(twice, ["2026-10-25T00:30:00Z"], "the first of both");
    let once = all(Due::Once("2026-10-25T02:30:00".parse().unwrap()), "2026-10-24T12:00:00+02:00");
    assert_eq!(once, ["2026-10-25T00:30:00Z"]);
}

fn codes_of(events: &[Event]) -> Vec<&'static str> {
    events.iter().map(|event| event.kind.code()).filter(|code| code.starts_with("will_")).collect()
}

#[test]
fn that_it_will_not_make_it_is_told_once_and_taken_back() {
    let rules = [ready_by(&[("by", "07:00")])];
    let mut engine = started(&rules, &[], "2026-11-24T06:00:00+01:00");
    let mut told = Vec::new();
    for (minute, level) in [(0, 20), (5, 25), (10, 27), (15, 97), (20, 98), (25, 20)] {
        let now = at_after("2026-11-24T06:00:00+01:00", minute);
        told.push(codes_of(&engine.report(&report(1, level), now).unwrap().events));
    }
    let (late, again): (&[&str], &[&str]) = (&["will_not_make_it"], &["will_make_it_again"]);
    let nothing: &[&str] = &[];
    assert_eq!(told, [late, nothing, nothing, again, nothing, late]);
    let planned = engine.view().plan.get(&port(1)).unwrap();
    assert!(planned.reason.starts_with("20% to 100% takes about 163 min: ready at "), "{}", planned.reason);
}

fn at_after(from: &str, minutes: i64) -> Timestamp {
    moment(from).checked_add(crate::model::Span::from_mins(minutes)).unwrap()
}

#[test]
fn a_person_who_switches_off_makes_it_late_and_the_plan_says_so() {
    let mut engine = started(&[ready_by(&[])], &[], "2026-11-23T22:00:00+01:00");
    let now = moment("2026-11-23T22:00:00+01:00");
    engine.report(&report(1, 60), now).unwrap();
    let step = engine.set_mode(port(1), mode(ModeKind::Off, None), now).unwrap();
    assert_eq!(codes_of(&step.events), ["will_not_make_it"]);
    assert!(engine.view().plan.get(&port(1)).unwrap().reason.contains("switched off by "));
    let until = Some(moment("2026-11-24T01:00:00+01:00"));
    let step = engine.set_mode(port(1), mode(ModeKind::Off, until), now).unwrap();
    assert_eq!(codes_of(&step.events), ["will_make_it_again"], "it ends early enough");
}

#[test]
fn a_full_device_that_stops_short_is_ready() {
    let mut world = World::of(Engine::new(
        Arc::new(berlin(&[ready_by(&[("by", "23:00")])], &[])),
        ready_rules(),
        Remembered::default(),
        at(0),
    ));
    world.switch(1, Power::On);
    for _ in 0..40 {
        world.report(1, 85, None);
        world.wait(300);
    }
    let planned = world.engine.view().plan.get(&port(1)).unwrap();
    assert_eq!((planned.in_time, planned.reason.as_str()), (true, "85% of 100%: it gets no fuller"));
}

#[test]
fn others_say_when_and_it_is_kept() {
    let due = [Due::Topic("school/next".into())];
    let mut engine = started(&[ready_by(&[("by", "2020-01-01 07:00")])], &due, "2026-11-23T22:00:00+01:00");
    let now = moment("2026-11-23T22:00:00+01:00");
    engine.report(&report(1, 60), now).unwrap();
    let mut tell = |text: &str| {
        let step = engine.deadline("school/next", text, now).unwrap();
        let planned = engine.view().plan.get(&port(1)).map(|planned| planned.deadline.at.to_string());
        (
            planned.unwrap_or_default(),
            step.records.iter().map(|record| format!("{record:?}")).collect::<String>(),
        )
    };
    let kept = || "StationMemory".to_owned();
    assert_eq!(tell("07:30"), ("2026-11-24T06:30:00Z".into(), kept()));
    assert_eq!(tell("07:30"), ("2026-11-24T06:30:00Z".into(), String::new()), "handed out again");
    assert_eq!(tell("2026-11-25 08:00"), ("2026-11-25T07:00:00Z".into(), kept()));
    assert_eq!(tell("2026-11-24T05:00:00Z"), ("2026-11-24T05:00:00Z".into(), kept()));
    assert_eq!(tell(""), (String::new(), kept()));
    tell("06:15");
    for wrong in ["soon", "25:00", "2026-13-01 07:30", "7", "\u{0}"] {
        assert!(matches!(engine.deadline("school/next", wrong, now), Err(NotTold::NoTime(_))), "{wrong}");
    }
    let past = engine.deadline("school/next", "2026-11-23 07:30", now).unwrap_err();
    assert_eq!(
        past.to_string(),
        "`2026-11-23 07:30` is past, it is 2026-11-23 22:00 now: nothing was changed; send a time to come, or nothing to \
         have no deadline"
    );
    let memory = engine.view().memory.clone();
    assert_eq!(memory.told["school/next"], Told::Daily("06:15".parse().unwrap()));
    let station = Arc::clone(&engine.view().station);
    let ports = engine.view().ports.iter().map(|(id, port)| (*id, port.memory.clone())).collect();
    let remembered = Remembered { ports, station: memory, ..Remembered::default() };
    let mut again = Engine::new(station, ready_rules(), remembered, now);
    again.tick(now);
    assert_eq!(again.view().plan.get(&port(1)).unwrap().deadline.at, moment("2026-11-24T06:15:00+01:00"));
    assert!(matches!(again.deadline("other", "07:00", now), Err(NotTold::UnknownTopic(_))));
    again.reload(Arc::new(berlin(&[ready_by(&[])], &[])), ready_rules(), now);
    assert!(again.view().memory.told.is_empty(), "the file does not name it any more");
}

/// All three ports with a phone that is at half, under a limit of one at a time.
#[test]
fn ports_under_one_limit_are_planned_together_and_a_leak_takes_its_place() {
    use crate::model::{Budget, Circuit, Limit};
    let limits = vec![Limit { circuit: Circuit::Station, max_on: Some(1), watts: None }];
    let bound = [1, 2, 3].map(|number| (port(number), vec![0]));
    let budget = Arc::new(Budget { limits, bound: bound.into(), ..Budget::default() });
    let station = Station { budget, ..berlin(&[ready_by(&[("by", "07:00")])], &[]) };
    let now = moment("2026-11-23T19:00:00+01:00");
    let mut world = World::of(Engine::new(Arc::new(station), ready_rules(), Remembered::default(), at(0)));
    world.set_clock(now);
    for number in [1, 2] {
        world.report(number, 50, None);
    }
    let start = |world: &World, number| world.engine.view().plan.get(&port(number)).unwrap().start;
    let (first, second) = (start(&world, 1), start(&world, 2));
    let apart = first.duration_since(second).as_mins();
    assert!((150..=190).contains(&apart), "one after the other: {first} {second}");
    assert!(
        world
            .engine
            .view()
            .plan
            .get(&port(2))
            .unwrap()
            .reason
            .contains("earlier as others need the power too")
    );
    // Port 3 goes on charging without power: then nobody else can be ready.
    world.mode(3, ModeKind::Off);
    for _ in 0..4 {
        world.wait(120);
        world.report(3, 60, Some(true));
    }
    assert!(world.port(3).leaks(), "{:?}", world.fault(3));
    world.wait(61);
    assert!(!world.engine.view().plan.get(&port(1)).unwrap().in_time);
    assert_eq!((world.told(1, "will_not_make_it"), world.told(2, "will_not_make_it")), (1, 1));
}

#[test]
fn an_event_of_a_calendar_is_a_deadline_and_its_facts_say_so() {
    use crate::model::{CalendarEvent, CivilMoment};
    let start = CivilMoment { at: "2026-11-24T09:00:00".parse().unwrap(), zone: None };
    let events = Arc::new(vec![CalendarEvent { start, again: None, except: Vec::new() }]);
    let before = crate::model::Span::from_mins(15);
    let due = [Due::Calendar { file: "exams.ics".into(), before, events }];
    let mut engine = started(&[ready_by(&[("by", "2020-01-01 07:00")])], &due, "2026-11-23T22:00:00+01:00");
    let planned =
        facts(&engine.report(&report(1, 60), moment("2026-11-23T22:00:00+01:00")).unwrap()).unwrap();
    assert_eq!((planned.at, &*planned.source), (moment("2026-11-24T08:45:00+01:00"), "calendar exams.ics"));
    // Without a rule that asks it is told, and nothing more.
    let mut engine = started(&[usage("keep-between")], &due, "2026-11-23T22:00:00+01:00");
    engine.report(&report(1, 60), moment("2026-11-23T22:00:00+01:00")).unwrap();
    let planned = engine.view().plan.get(&port(1)).unwrap();
    assert!(
        planned.reason.ends_with("no rule of this port begins by deadlines: add `ready-by`"),
        "{}",
        planned.reason
    );
}

#[test]
fn a_clock_that_jumps_finds_the_deadline_of_its_own_time() {
    let mut engine = started(&[ready_by(&[("by", "07:00")])], &[], "2026-11-23T22:00:00+01:00");
    let mut next = |now: &str| facts(&engine.report(&report(1, 60), moment(now)).unwrap()).unwrap().at;
    assert_eq!(next("2026-11-23T22:00:00+01:00"), moment("2026-11-24T07:00:00+01:00"));
    assert_eq!(next("2026-11-26T22:00:00+01:00"), moment("2026-11-27T07:00:00+01:00"));
    assert_eq!(next("2026-11-20T22:00:00+01:00"), moment("2026-11-21T07:00:00+01:00"), "set back by days");
}
