//! The power budget against hubs that are slow, refuse, do not answer and cannot be read: never too much at any instant, and
//! everybody has a turn.

use proptest::prelude::*;

use super::allotting::{engine_of, with_budget};
use super::*;
use crate::model::{Budget, Circuit, Draw, Limit};

/// What becomes of an order.
#[derive(Clone, Copy, Debug)]
enum Fate {
    /// Done and answered after so many seconds.
    Done(i64),
    /// Not done, and told.
    Refused(i64),
    /// Done or not, and not known.
    Unknown(i64, bool),
    /// Done after so many seconds or not at all, and never answered.
    Lost(Option<i64>),
}

#[derive(Clone, Debug)]
enum Input {
    Level(u16, i64),
    Mode(u16, u8),
    Wait(i64),
    Restart,
}

const PORTS: u16 = 6;

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        6 => (0i64..20).prop_map(Fate::Done),
        1 => (0i64..20).prop_map(Fate::Refused),
        1 => (0i64..20, any::<bool>()).prop_map(|(wait, done)| Fate::Unknown(wait, done)),
        1 => proptest::option::of(0i64..250).prop_map(Fate::Lost),
    ]
}

fn input() -> impl Strategy<Value = Input> {
    prop_oneof![
        4 => (1..=PORTS, 0i64..=100).prop_map(|(port, level)| Input::Level(port, level)),
        2 => (1..=PORTS, 0u8..3).prop_map(|(port, kind)| Input::Mode(port, kind)),
        6 => (1i64..1500).prop_map(Input::Wait),
        1 => Just(Input::Restart),
    ]
}

/// A tree of limits over six ports: the station, a group of the first four, and one in it of the first two; or a hub that
/// crosses it.
fn budget() -> impl Strategy<Value = Budget> {
    let limit = || (proptest::option::of(1u32..5), proptest::option::of(12.0f64..40.0));
    (limit(), limit(), limit(), any::<bool>(), 0i64..4).prop_map(
        |(station, outer, inner, crossing, stagger)| {
            let last = if crossing {
                Circuit::Hub(HubLocation::new("5-2").unwrap())
            } else {
                Circuit::Group("c".into())
            };
            let circuits = [(Circuit::Station, station), (Circuit::Group("b".into()), outer), (last, inner)];
            let limits = circuits.map(|(circuit, (max_on, watts))| Limit { circuit, max_on, watts });
            let under = |number: u16| match number {
                1 | 2 => vec![0, 1, 2],
                3 | 4 => vec![0, 1],
                5 if crossing => vec![0, 2],
                _ => vec![0],
            };
            let bound = (1..=PORTS).map(|number| (port(number), under(number))).collect();
            Budget { limits: limits.into(), bound, stagger: Span::from_secs(stagger), ..Budget::default() }
        },
    )
}

/// Every second port takes 5 W, the others 12.
fn station_with(budget: Budget) -> Station {
    let mut station = with_budget(PORTS, budget);
    for plan in station.ports.values_mut() {
        let watts = if plan.id.get() % 2 == 0 { 5.0 } else { 12.0 };
        let care = Arc::new(crate::model::Care { watts, ..(*plan.care).clone() });
        *plan = Arc::new(PortPlan { care, ..(**plan).clone() });
    }
    station
}

/// What happens on the hub, and when.
#[derive(Clone, Debug)]
enum Later {
    Switch(PortId, Power),
    Answer(Seen),
}

struct Bench {
    engine: Engine,
    station: Station,
    now: Timestamp,
    /// What ports really are.
    truth: BTreeMap<PortId, Power>,
    later: Vec<(Timestamp, Later)>,
    fates: Vec<Fate>,
    orders: usize,
    rises: Vec<Timestamp>,
    seen_on: BTreeMap<PortId, Vec<Timestamp>>,
}

impl Bench {
    fn new(budget: Budget, fates: Vec<Fate>, power: Power) -> Self {
        let station = station_with(budget);
        let truth = station.ports.keys().map(|id| (*id, power)).collect();
        let engine = engine_of(station.clone());
        let (later, rises, seen_on) = (Vec::new(), Vec::new(), BTreeMap::new());
        let mut bench = Self { engine, station, now: at(0), truth, later, fates, orders: 0, rises, seen_on };
        bench.wait(0);
        bench
    }

    fn draw(&self, limit: usize) -> Draw {
        let under = |id: &PortId| self.station.budget.limits_of(*id).contains(&limit);
        let on = self.truth.iter().filter(|(id, power)| **power == Power::On && under(id));
        on.map(|(id, _)| Draw::of(self.station.ports[id].care.watts)).fold(Draw::default(), Draw::and)
    }

    /// A port rises or falls; a rise must fit.
    fn switch(&mut self, id: PortId, power: Power) {
        if self.truth.insert(id, power) == Some(power) || power == Power::Off {
            return;
        }
        self.rises.push(self.now);
        self.seen_on.entry(id).or_default().push(self.now);
        for limit in self.station.budget.limits_of(id) {
            let (limit, draw) = (&self.station.budget.limits[*limit], self.draw(*limit));
            assert!(limit.allows(draw), "port {id} rose at {}, and {limit:?} has {draw:?}", self.now);
        }
    }

    fn take(&mut self, step: Step) {
        for order in step.orders {
            let fate = self.fates[self.orders % self.fates.len()];
            self.orders += 1;
            let after = |s: i64| self.now.checked_add(Span::from_secs(s)).unwrap();
            let switch = Later::Switch(order.port, order.power);
            let told = |power, problem| Later::Answer(Seen::new(order.port, Some(order.id), power, problem));
            let other = if order.power == Power::On { Power::Off } else { Power::On };
            let lost = || Some(SwitchProblem::Timeout(15));
            let news = match fate {
                Fate::Done(s) => vec![(after(s / 2), switch), (after(s), told(Some(order.power), None))],
                Fate::Refused(s) => {
                    let was = self.truth[&order.port];
                    let shown = if was == order.power { order.power } else { other };
                    vec![(
                        after(s),
                        told(Some(shown), (shown == other).then_some(SwitchProblem::Refused(other))),
                    )]
                }
                Fate::Unknown(s, true) => vec![(after(s), switch), (after(s), told(None, lost()))],
                Fate::Unknown(s, false) => vec![(after(s), told(None, lost()))],
                Fate::Lost(Some(s)) => vec![(after(s), switch)],
                Fate::Lost(None) => Vec::new(),
            };
            self.later.extend(news);
        }
        if !step.read.is_empty() {
            let seen: Vec<Seen> = step
                .read
                .iter()
                .map(|(id, _)| Seen::new(*id, None, self.truth.get(id).copied(), None))
                .collect();
            let step = self.engine.seen(&seen, self.now);
            self.take(step);
        }
    }

    fn wait(&mut self, seconds: i64) {
        let end = self.now.checked_add(Span::from_secs(seconds)).unwrap();
        let mut at_once = 0;
        loop {
            self.later.sort_by_key(|(at, _)| *at);
            let hub = self.later.first().map(|(at, _)| *at);
            let due = self.engine.next_due().max(self.now);
            let next = hub.map_or(due, |hub| hub.min(due));
            if next > end {
                break;
            }
            at_once = if next == self.now { at_once + 1 } else { 0 };
            assert!(at_once < 200, "it goes in circles");
            self.now = next;
            if hub == Some(next) {
                match self.later.remove(0).1 {
                    Later::Switch(id, power) => self.switch(id, power),
                    Later::Answer(seen) => {
                        let step = self.engine.seen(&[seen], self.now);
                        self.take(step);
                    }
                }
            } else {
                let step = self.engine.tick(self.now);
                self.take(step);
            }
        }
        self.now = end;
    }

    fn input(&mut self, input: &Input) {
        let step = match input {
            Input::Level(number, level) => self.engine.report(&report(*number, *level), self.now).unwrap(),
            Input::Mode(number, kind) => {
                let kind = [ModeKind::Auto, ModeKind::On, ModeKind::Off][usize::from(*kind)];
                self.engine.set_mode(port(*number), mode(kind, None), self.now).unwrap()
            }
            Input::Wait(seconds) => return self.wait(*seconds),
            Input::Restart => {
                // What was on its way ends with the program.
                self.later.clear();
                let ports =
                    self.engine.view().ports.iter().map(|(id, port)| (*id, port.memory.clone())).collect();
                let remembered = Remembered { ports, ..Remembered::default() };
                self.engine = Engine::new(Arc::new(self.station.clone()), rules(), remembered, self.now);
                Step::default()
            }
        };
        self.take(step);
        self.wait(0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_port_rises_over_any_limit_whatever_the_hub_answers(
        budget in budget(),
        fates in proptest::collection::vec(fate(), 1..12),
        inputs in proptest::collection::vec(input(), 1..40),
        all_on in any::<bool>(),
    ) {
        let stagger = budget.stagger;
        let mut bench = Bench::new(budget, fates.clone(), if all_on { Power::On } else { Power::Off });
        for input in &inputs {
            bench.input(input);
        }
        let answered = fates.iter().all(|fate| matches!(fate, Fate::Done(_)));
        let restarted = inputs.iter().any(|input| matches!(input, Input::Restart));
        if answered && !restarted {
            for pair in bench.rises.windows(2) {
                prop_assert!(pair[1].duration_since(pair[0]) >= stagger, "two at once: {:?}", bench.rises);
            }
        }
    }

    /// Each of the others is served before one that waits once at most: six turns, and the time of switching.
    #[test]
    fn everybody_who_waits_has_a_turn(
        budget in budget(),
        waits in proptest::collection::vec(0i64..10, 1..8),
        levels in proptest::collection::vec(11i64..20, 6),
        gone in proptest::collection::vec(any::<bool>(), 6),
    ) {
        let fates = waits.iter().map(|wait| Fate::Done(*wait)).collect();
        let turn = budget.turn.as_secs();
        let mut bench = Bench::new(budget, fates, Power::Off);
        let numbers = || (1..=PORTS).filter(|number| !gone[usize::from(*number - 1)]);
        for number in 1..=PORTS {
            let kind = u8::from(gone[usize::from(number - 1)]) * 2;
            bench.input(&Input::Mode(number, kind));
        }
        let rounds = 3;
        let bound = (i64::from(PORTS) + 1) * (turn + 120);
        for _ in 0..rounds {
            let began = bench.now;
            let was_on: Vec<PortId> =
                bench.truth.iter().filter(|(_, power)| **power == Power::On).map(|(id, _)| *id).collect();
            while bench.now.duration_since(began).as_secs() < bound {
                for number in numbers() {
                    bench.input(&Input::Level(number, levels[usize::from(number - 1)]));
                }
                bench.wait(1200);
            }
            for number in numbers() {
                let id = port(number);
                let rose = bench.seen_on.get(&id).is_some_and(|times| times.iter().any(|at| *at >= began));
                prop_assert!(rose || was_on.contains(&id), "port {number} was not served since {began}");
            }
        }
    }
}
