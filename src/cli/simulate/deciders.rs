//! Who switched a port, how often, and with which words.

use std::collections::BTreeMap;

use crate::{
    model::{Decision, Layer},
    trial::world::Track,
};

/// Who switched a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decider {
    /// The rule's name, or who it was in a word.
    pub(super) name: String,
    /// How often.
    pub(super) times: usize,
    /// The last reason that it gave.
    pub(super) reason: String,
}

/// Who switched the port, the most often first.
pub(super) fn deciders(track: &Track) -> Vec<Decider> {
    let mut all: Vec<Decider> = Vec::new();
    for switched in &track.switches {
        let name = name(track.decision_at(switched.at).map(AsRef::as_ref));
        match all.iter_mut().find(|decider| decider.name == name) {
            Some(decider) => {
                decider.times += 1;
                decider.reason.clone_from(&switched.reason);
            }
            None => all.push(Decider { name, times: 1, reason: switched.reason.clone() }),
        }
    }
    all.sort_by(|a, b| b.times.cmp(&a.times).then_with(|| a.name.cmp(&b.name)));
    all
}

/// All who switched any of these ports, the most often first.
pub(super) fn together<'a>(ports: impl Iterator<Item = &'a [Decider]>) -> Vec<String> {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for decider in ports.flatten() {
        *times.entry(&decider.name).or_default() += decider.times;
    }
    let mut all: Vec<(&str, usize)> = times.into_iter().collect();
    all.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    all.into_iter().map(|(name, _)| name.to_owned()).collect()
}

/// What people call whoever decided.
pub(super) fn name(decision: Option<&Decision>) -> String {
    let Some(decision) = decision else { return "nobody".to_owned() };
    match (&decision.rule, decision.by) {
        (_, Layer::Budget) => "the budget".to_owned(),
        (Some(rule), _) => rule.to_string(),
        (None, Layer::Safety) => "safety".to_owned(),
        (None, Layer::Mode) => "a person".to_owned(),
        (None, Layer::Policy | Layer::Nobody) => "nobody".to_owned(),
    }
}
