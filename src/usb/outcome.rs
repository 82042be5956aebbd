//! What is to be sent, and what the answers mean for each order. Pure.
//!
//! Power comes from either side of a hub, so a port is off only if all of its sides surely are.

use std::collections::{BTreeMap, BTreeSet};

use super::sequence::Unit;
use crate::model::{HubLocation, Order, Power, Seen, Socket, SwitchProblem};

/// What is known of one ordered port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing can be added.
    Settled(Option<Power>, Option<SwitchProblem>),
    /// Nothing was sent to any side, because the hub is not what it was: look for it, and send once more.
    Unsent(SwitchProblem),
    /// It may or may not have been switched: read it again; if that does not help, this is the problem.
    Unclear(SwitchProblem),
}

/// What one side says of one port after its call.
pub(super) type Said = Result<Power, SwitchProblem>;

/// A port that is to be switched.
pub(super) struct Target<'a> {
    /// Its sides that can be switched, with `true` for a USB 3 side.
    pub(super) sides: &'a [(bool, Socket)],
    /// The hub by one name, whichever of its sides are meant.
    pub(super) hub: HubLocation,
    pub(super) power: Power,
}

/// All calls: off comes first, so that the hub's power supply never has more to feed than before or after; both sides of
/// a hub come one after the other, so that no port is long in between.
pub(super) fn units<'a>(targets: impl Iterator<Item = Target<'a>>) -> Vec<Unit> {
    type Calls = BTreeMap<(bool, HubLocation), BTreeSet<u8>>;
    let mut units: BTreeMap<(bool, HubLocation), Calls> = BTreeMap::new();
    for target in targets {
        let calls = units.entry((target.power == Power::On, target.hub)).or_default();
        for (usb3, side) in target.sides {
            calls.entry((!usb3, side.hub().clone())).or_default().insert(side.port());
        }
    }
    let unit = |((on, hub), calls): ((bool, HubLocation), Calls)| Unit {
        power: if on { Power::On } else { Power::Off },
        hub,
        calls: calls.into_iter().map(|((_, side), ports)| (side, ports)).collect(),
    };
    units.into_iter().map(unit).collect()
}

/// True if the next call would wait as long as this one, or fail as this one.
pub(super) fn holds_up(problem: &SwitchProblem) -> bool {
    match problem {
        SwitchProblem::Timeout(_) | SwitchProblem::Busy(_) | SwitchProblem::ToolMissing(_) => true,
        SwitchProblem::Permission(_)
        | SwitchProblem::NotTried(_)
        | SwitchProblem::Missing(_)
        | SwitchProblem::HubMissing(_)
        | SwitchProblem::Misfit(_)
        | SwitchProblem::OtherSide(_)
        | SwitchProblem::Unreadable(_)
        | SwitchProblem::Half(_)
        | SwitchProblem::Refused(_)
        | SwitchProblem::Forbidden(_) => false,
    }
}

/// True if the first side of a port that is to be off has surely kept its power: then the second side keeps it too, and
/// the device its connection.
pub(super) fn keeps_power(said: &Said) -> bool {
    match said {
        Ok(power) => *power == Power::On,
        Err(SwitchProblem::Unreadable(_) | SwitchProblem::Timeout(_)) => false,
        Err(_) => true,
    }
}

/// What the sides of a port together say after an order. A side that was not switched says nothing.
pub(super) fn after(power: Power, sides: &[Option<Said>]) -> Found {
    let problem = || sides.iter().flatten().find_map(|said| said.as_ref().err());
    let on = sides.iter().flatten().any(|said| *said == Ok(Power::On));
    let away = |said: &Said| matches!(said, Err(SwitchProblem::HubMissing(_)));
    match (power, on, problem()) {
        (_, _, Some(problem)) if sides.iter().flatten().all(away) => Found::Unsent(problem.clone()),
        (Power::On, true, _) if sides.contains(&Some(Ok(Power::Off))) => {
            Found::Settled(Some(Power::On), Some(half()))
        }
        (Power::On, true, _) => Found::Settled(Some(Power::On), None),
        (_, _, Some(problem)) if is_final(problem) => Found::Settled(None, Some(problem.clone())),
        (_, _, Some(problem)) => Found::Unclear(problem.clone()),
        (Power::Off, true, None) => Found::Settled(Some(Power::On), Some(SwitchProblem::Refused(Power::On))),
        (_, false, None) if sides.is_empty() || sides.iter().any(Option::is_none) => {
            Found::Unclear(SwitchProblem::Unreadable("a side of the hub did not answer".to_owned()))
        }
        (Power::On, false, None) => {
            Found::Settled(Some(Power::Off), Some(SwitchProblem::Refused(Power::Off)))
        }
        (Power::Off, false, None) => Found::Settled(Some(Power::Off), None),
    }
}

/// True if reading the port again would fail for the same reason, or wait as long.
fn is_final(problem: &SwitchProblem) -> bool {
    matches!(problem, SwitchProblem::ToolMissing(_) | SwitchProblem::Busy(_) | SwitchProblem::Forbidden(_))
}

/// What is told of a port that was switched on and has power on one side only.
pub(super) fn half() -> SwitchProblem {
    SwitchProblem::Half("one side of the port".to_owned())
}

/// True if one side has power and another one surely has not.
pub(super) fn is_half(sides: &[Said]) -> bool {
    sides.contains(&Ok(Power::On)) && sides.contains(&Ok(Power::Off))
}

/// What the sides of a port together show. `hidden`: why another side, which must be there, is not known.
pub(super) fn shown(sides: &[Said], hidden: Option<&str>) -> Said {
    if sides.contains(&Ok(Power::On)) {
        return Ok(Power::On);
    }
    let two = sides.len() > 1;
    let problem = sides.iter().find_map(|said| said.as_ref().err());
    match (problem, hidden) {
        (Some(problem), _) if two && !problem.may_pass() => {
            Err(SwitchProblem::OtherSide(problem.to_string()))
        }
        (Some(problem), _) => Err(problem.clone()),
        (None, Some(why)) => Err(SwitchProblem::OtherSide(why.to_owned())),
        (None, None) if sides.is_empty() => {
            Err(SwitchProblem::Unreadable("no side of the hub is known".to_owned()))
        }
        (None, None) => Ok(Power::Off),
    }
}

/// What the order is answered, given what its calls said and what was read again afterwards.
pub(super) fn answer(order: &Order, found: &Found, again: Option<&Said>) -> Seen {
    let (power, problem) = match (found, again) {
        (Found::Settled(power, problem), _) => (*power, problem.clone()),
        (Found::Unclear(_) | Found::Unsent(_), Some(Ok(power))) if *power == order.power => {
            (Some(*power), None)
        }
        (
            Found::Unclear(
                problem @ (SwitchProblem::Timeout(_)
                | SwitchProblem::NotTried(_)
                | SwitchProblem::Permission(_)),
            ),
            Some(Ok(power)),
        ) => (Some(*power), Some(problem.clone())),
        (Found::Unsent(SwitchProblem::HubMissing(hub)), Some(Ok(power))) => {
            let why = format!("hub `{hub}` comes and goes, and nothing was sent to it");
            (Some(*power), Some(SwitchProblem::Unreadable(why)))
        }
        (Found::Unclear(_) | Found::Unsent(_), Some(Ok(power))) => {
            (Some(*power), Some(SwitchProblem::Refused(*power)))
        }
        (
            Found::Unclear(_) | Found::Unsent(_),
            Some(Err(
                problem @ (SwitchProblem::Missing(_)
                | SwitchProblem::HubMissing(_)
                | SwitchProblem::OtherSide(_)
                | SwitchProblem::Misfit(_)),
            )),
        ) => (None, Some(problem.clone())),
        (Found::Unclear(problem) | Found::Unsent(problem), _) => (None, Some(problem.clone())),
    };
    let half = matches!(problem, Some(SwitchProblem::Half(_)));
    Seen { half, ..Seen::new(order.port, Some(order.id), power, problem) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ON: Option<Said> = Some(Ok(Power::On));
    const OFF: Option<Said> = Some(Ok(Power::Off));

    #[test]
    fn a_port_is_switched_off_only_if_each_side_says_so() {
        let unclear = || Some(Err(SwitchProblem::Unreadable("garbled".to_owned())));
        let settled = |power| Found::Settled(Some(power), None);
        assert_eq!(after(Power::Off, &[OFF, OFF]), settled(Power::Off));
        let refused = Found::Settled(Some(Power::On), Some(SwitchProblem::Refused(Power::On)));
        for kept in [[ON, None], [OFF, ON], [ON, OFF]] {
            assert_eq!(after(Power::Off, &kept), refused);
        }
        for unsure in [vec![OFF, None], vec![OFF, unclear()], vec![ON, unclear()], vec![]] {
            assert!(matches!(after(Power::Off, &unsure), Found::Unclear(_)), "{unsure:?}");
        }
        assert_eq!(after(Power::On, &[ON, unclear()]), settled(Power::On));
        assert!(matches!(after(Power::On, &[OFF, unclear()]), Found::Unclear(_)));
        let busy = Err(SwitchProblem::Busy(4));
        assert_eq!(after(Power::Off, &[Some(busy)]), Found::Settled(None, Some(SwitchProblem::Busy(4))));
    }

    #[test]
    fn a_port_shows_off_only_if_no_side_is_missing() {
        let denied = || Err(SwitchProblem::Permission("no".to_owned()));
        let (on, off): (Said, Said) = (Ok(Power::On), Ok(Power::Off));
        assert_eq!(shown(&[off.clone(), off.clone()], None), Ok(Power::Off));
        assert_eq!(shown(&[off.clone(), on.clone()], Some("4-1 is hidden")), Ok(Power::On));
        assert_eq!(shown(&[on, denied()], None), Ok(Power::On));
        assert!(matches!(
            shown(std::slice::from_ref(&off), Some("4-1 is hidden")),
            Err(SwitchProblem::OtherSide(_))
        ));
        assert!(matches!(shown(&[off, denied()], None), Err(SwitchProblem::OtherSide(_))));
        assert!(matches!(shown(&[denied()], None), Err(SwitchProblem::Permission(_))));
        assert!(shown(&[], None).is_err());
    }
}
