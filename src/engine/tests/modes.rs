//! What people decide, of ports, devices and the station, and how it ends.

use super::things::{all_at_home, home, look, state};
use super::world::World;
use super::*;
use crate::model::{Event, EventKind, Layer, ModeEnd, Plugged, Thing, Verdict};

fn wish(kind: ModeKind, level: i64) -> Mode {
    Mode { level: Level::new(level).ok(), ..mode(kind, None) }
}

fn unplugged(kind: ModeKind) -> Mode {
    Mode { unplugged: true, ..mode(kind, None) }
}

/// Why modes ended, with the ports of those that were of a port or a device.
fn ended(events: &[Event]) -> Vec<(Option<u16>, ModeEnd)> {
    let ended = events.iter().filter_map(|event| match &event.kind {
        EventKind::ModeChanged { ended, .. } => Some((event.port.map(PortId::get), (*ended)?)),
        _ => None,
    });
    ended.collect()
}

impl World {
    fn wish(&mut self, number: u16, mode: Mode) {
        let step = self.engine.set_mode(port(number), mode, self.now).unwrap();
        self.act(step);
    }

    fn wish_all(&mut self, mode: Mode) {
        let step = self.engine.set_station_mode(mode, self.now);
        self.act(step);
        self.until(self.now);
    }

    fn kind(&self, number: u16) -> ModeKind {
        let view = self.engine.view();
        view.held_by(self.port(number)).map_or(ModeKind::Auto, |(_, mode)| mode.kind)
    }

    fn by(&self, number: u16) -> (Verdict, Layer) {
        let decision = self.port(number).decision.as_ref().unwrap();
        (decision.verdict, decision.by)
    }

    /// The hub shows something in a port from now on, or nothing.
    fn shows(&mut self, number: u16, plugged: Plugged) {
        let power = self.power[&port(number)];
        let seen = Seen { plugged, ..reading(number, power) };
        let step = self.engine.seen(&[seen], self.now);
        self.act(step);
    }
}

fn thing(serial: Option<&str>) -> Plugged {
    let serial = serial.map(str::to_owned);
    Plugged::Thing(Arc::new(Thing { id: "18d1:4ee7".parse().unwrap(), serial, name: "A phone".to_owned() }))
}

#[test]
fn once_charges_to_its_level_and_gives_back() {
    let mut world = World::new();
    world.report(1, 85, None);
    assert_eq!(world.by(1), (Verdict::Rest, Layer::Policy));
    world.wish(1, wish(ModeKind::Once, 95));
    assert_eq!(world.by(1), (Verdict::Charge, Layer::Mode));
    world.wait(60);
    assert_eq!(world.report(1, 94, None), "charged once to 95% by REST");
    assert_eq!(world.power[&port(1)], Power::On);
    world.wait(60);
    assert_eq!(world.report(1, 95, None), "95% is at or over 80%");
    assert_eq!((world.kind(1), ended(&world.events)), (ModeKind::Auto, vec![(Some(1), ModeEnd::Reached)]));
}

#[test]
fn what_was_measured_before_once_was_set_does_not_end_it() {
    let mut world = World::new();
    world.report(1, 100, None);
    world.wait(600);
    world.wish(1, mode(ModeKind::Once, None));
    world.report_measured(1, 100, None, Some(seconds(590)));
    assert_eq!(world.kind(1), ModeKind::Once);
    world.report(1, 100, None);
    assert_eq!(world.kind(1), ModeKind::Auto);
}

#[test]
fn once_ends_where_a_device_is_as_full_as_it_gets() {
    let mut world = World::new();
    world.wish(1, mode(ModeKind::Once, None));
    for minute in 0..=18 {
        assert_eq!((minute, world.kind(1)), (minute, ModeKind::Once));
        world.report(1, 86, None);
        world.wait(600);
    }
    assert_eq!((world.kind(1), ended(&world.events)), (ModeKind::Auto, vec![(Some(1), ModeEnd::Full)]));
}

#[test]
fn hold_keeps_a_level_within_a_few_points() {
    let mut world = World::new();
    world.wish(1, Mode { until: Some(at(300)), ..wish(ModeKind::Hold, 50) });
    let course = [
        (60, Verdict::Rest),
        (48, Verdict::Rest),
        (47, Verdict::Rest),
        (46, Verdict::Charge),
        (47, Verdict::Charge),
        (49, Verdict::Charge),
        (50, Verdict::Rest),
        (49, Verdict::Rest),
        (12, Verdict::Charge),
    ];
    for (level, verdict) in course {
        world.wait(600);
        let reason = world.report(1, level, None);
        assert_eq!((level, world.by(1)), (level, (verdict, Layer::Mode)));
        assert!(reason.starts_with("held at 50% by REST until 2027-01-15 13:00: "), "{reason}");
    }
    assert_eq!(world.ordered(1), 4, "off at 60, on at 46, off at 50, on at 12");
}

#[test]
fn a_level_is_not_pursued_blindly_where_nobody_reports_it() {
    for kind in [ModeKind::Once, ModeKind::Hold] {
        let mut world = World::new();
        world.report(1, 60, None);
        world.wish(1, mode(kind, None));
        assert_eq!(world.by(1).1, Layer::Mode);
        world.wait(45 * 60);
        assert_eq!(world.by(1).1, Layer::Safety, "{kind}: silent");
        world.report(1, 60, None);
        assert_eq!(world.by(1).1, Layer::Mode, "{kind}: heard again");
    }
}

#[test]
fn a_ports_mode_counts_before_its_devices_and_that_before_the_stations() {
    let mut world = World::new();
    world.report(1, 50, None);
    world.wish_all(mode(ModeKind::Off, None));
    assert_eq!((world.kind(1), world.kind(2)), (ModeKind::Off, ModeKind::Off));
    assert_eq!(world.power[&port(1)], Power::Off);
    let reason = world.report(1, 50, None);
    assert_eq!(reason, "switched off for the whole station by REST until taken back");
    let (id, step) =
        world.engine.set_device_mode(&device("phone"), mode(ModeKind::On, None), world.now).unwrap();
    world.act(step);
    assert_eq!((id, world.kind(1), world.kind(2)), (port(1), ModeKind::On, ModeKind::Off));
    assert_eq!(world.report(1, 50, None), "switched on for this device by REST until taken back");
    world.wish(1, wish(ModeKind::Hold, 60));
    assert_eq!(world.kind(1), ModeKind::Hold);
    assert_eq!(world.engine.view().manual_ports(), 3);
    for after in [ModeKind::On, ModeKind::Off, ModeKind::Auto] {
        match after {
            ModeKind::On => world.wish(1, Mode::default()),
            ModeKind::Off => {
                let auto = world.engine.set_device_mode(&device("phone"), Mode::default(), world.now);
                world.act(auto.unwrap().1);
            }
            _ => world.wish_all(Mode::default()),
        }
        assert_eq!(world.kind(1), after);
    }
    assert!(world.engine.set_device_mode(&device("nobody"), Mode::default(), world.now).is_none());
}

#[test]
fn a_new_word_about_the_station_is_a_new_decision_at_each_port() {
    let mut world = World::new();
    for by in [Author::Mqtt, Author::Rest(Some("anna".to_owned()))] {
        world.wish_all(Mode { by, ..mode(ModeKind::Off, None) });
    }
    for number in [1, 2, 3] {
        let reason = &world.port(number).decision.as_ref().unwrap().reason;
        assert_eq!(reason, "switched off for the whole station by REST (anna) until taken back");
    }
}

#[test]
fn the_stations_mode_ends_in_time_and_outlives_a_restart() {
    let mut world = World::new();
    world.report(1, 50, None);
    world.wish_all(mode(ModeKind::Off, Some(at(60))));
    assert!(world.told(0, "mode_changed") == 1 && world.power[&port(1)] == Power::Off);
    world.until(at(10));
    world.restart();
    assert_eq!((world.kind(1), world.by(2).1), (ModeKind::Off, Layer::Mode));
    world.until(at(60));
    assert_eq!(world.kind(1), ModeKind::Auto);
    assert_eq!(ended(&world.events), [(None, ModeEnd::Time)]);
    assert_eq!(world.engine.view().memory.mode, Mode::default());
}

#[test]
fn the_stations_once_is_done_port_by_port_and_over_when_all_are() {
    let mut world = World::new();
    world.report(1, 85, None);
    world.report(2, 50, None);
    world.wish_all(wish(ModeKind::Once, 90));
    world.wait(60);
    world.report(1, 91, None);
    assert_eq!((world.kind(1), world.kind(2)), (ModeKind::Auto, ModeKind::Once));
    assert_eq!(world.by(1), (Verdict::Rest, Layer::Policy));
    world.wait(60);
    world.report(1, 79, None);
    assert_eq!(world.kind(1), ModeKind::Auto, "once means once");
    world.restart();
    assert_eq!((world.kind(1), world.kind(2)), (ModeKind::Auto, ModeKind::Once));
    world.report(2, 90, None);
    assert_eq!(ended(&world.events), [(None, ModeEnd::Reached)]);
    assert!(world.engine.view().memory.mode.is_auto());
}

#[test]
fn the_stations_once_does_not_wait_for_a_silent_device() {
    let mut world = World::new();
    world.report(2, 50, None);
    world.wish_all(wish(ModeKind::Once, 90));
    world.wait(40 * 60);
    world.report(1, 95, None);
    assert_eq!(world.kind(2), ModeKind::Once);
    world.wait(10 * 60);
    assert_eq!(ended(&world.events), [(None, ModeEnd::Reached)]);
}

#[test]
fn a_devices_mode_goes_with_it_and_ends_at_unplugging_only_if_told_so() {
    for until_unplugged in [false, true] {
        let mut engine = all_at_home();
        let mode = Mode { unplugged: until_unplugged, ..mode(ModeKind::Off, None) };
        engine.set_device_mode(&device("phone"), mode, seconds(10)).unwrap();
        engine.seen(&look(&["-", "X2", "X3", "-", "X1"]), seconds(20));
        let step = engine.tick(seconds(20));
        let kind = state(&engine, 5).memory.device_mode.kind;
        assert_eq!(state(&engine, 1).memory.device_mode, Mode::default());
        if until_unplugged {
            assert_eq!((kind, ended(&step.events)), (ModeKind::Auto, vec![(Some(5), ModeEnd::Unplugged)]));
        } else {
            assert_eq!((kind, ended(&step.events)), (ModeKind::Off, vec![]));
            let engine = super::things::again(&engine, home(), seconds(30));
            assert_eq!(state(&engine, 5).memory.device_mode.kind, ModeKind::Off);
        }
    }
}

#[test]
fn another_device_in_the_port_ends_a_mode_that_ends_at_unplugging() {
    let mut engine = all_at_home();
    engine.set_mode(port(1), unplugged(ModeKind::On), seconds(10)).unwrap();
    engine.set_mode(port(2), mode(ModeKind::On, None), seconds(10)).unwrap();
    engine.seen(&look(&["X2", "X1", "X3", "-", "-"]), seconds(20));
    let step = engine.tick(seconds(20));
    assert_eq!(ended(&step.events), [(Some(1), ModeEnd::Unplugged)]);
    assert_eq!(state(&engine, 2).memory.mode.kind, ModeKind::On, "it was not told to end");
}

#[test]
fn a_port_that_shows_nothing_any_more_was_unplugged_and_a_restart_of_the_phone_is_none() {
    let mut world = World::new();
    world.shows(1, thing(None));
    world.wish(1, unplugged(ModeKind::On));
    for (seconds, kind) in [(90, ModeKind::On), (181, ModeKind::Auto)] {
        world.shows(1, thing(None));
        world.shows(1, Plugged::Nothing);
        world.wait_showing(1, seconds, &Plugged::Nothing);
        assert_eq!(world.kind(1), kind, "after {seconds} s");
    }
    assert_eq!(ended(&world.events), [(Some(1), ModeEnd::Unplugged)]);
}

impl World {
    /// Lets time pass in which the hub shows this in a port, whatever else it is asked.
    fn wait_showing(&mut self, number: u16, seconds: i64, plugged: &Plugged) {
        for _ in 0..seconds {
            self.now = self.now.checked_add(Span::from_secs(1)).unwrap();
            let mut step = self.engine.tick(self.now);
            let seen: Vec<Seen> = std::mem::take(&mut step.read)
                .iter()
                .map(|(id, _)| {
                    let plugged = if *id == port(number) { plugged.clone() } else { Plugged::NotShown };
                    Seen { plugged, ..Seen::new(*id, None, Some(self.power[id]), None) }
                })
                .collect();
            self.act(step);
            let step = self.engine.seen(&seen, self.now);
            self.act(step);
        }
    }
}

#[test]
fn a_port_without_power_cannot_tell_that_it_was_unplugged() {
    let mut world = World::new();
    world.shows(1, thing(None));
    world.wish(1, unplugged(ModeKind::Off));
    assert_eq!(world.power[&port(1)], Power::Off);
    world.wait_showing(1, 600, &Plugged::Nothing);
    assert_eq!(world.kind(1), ModeKind::Off);
}

#[test]
fn where_the_hub_shows_nothing_a_device_that_does_not_charge_was_unplugged() {
    for (levels, kind) in
        [([60, 60, 60], ModeKind::Auto), ([85, 85, 85], ModeKind::On), ([85, 84, 81], ModeKind::Auto)]
    {
        let mut world = World::new();
        world.report(1, levels[0], Some(true));
        world.wish(1, unplugged(ModeKind::On));
        assert_eq!(world.kind(1), ModeKind::On);
        for level in levels {
            world.wait(240);
            world.report(1, level, Some(false));
            world.wait(10);
        }
        assert_eq!((levels, world.kind(1)), (levels, kind));
    }
}

#[test]
fn a_clock_that_is_set_back_does_not_keep_a_mode_from_ending() {
    let mut world = World::new();
    world.wait(7200);
    world.wish(1, mode(ModeKind::Once, None));
    world.wish_all(mode(ModeKind::Once, None));
    world.set_clock(at(10));
    world.report(1, 100, None);
    assert_eq!(ended(&world.events), [(Some(1), ModeEnd::Reached), (None, ModeEnd::Reached)]);
}
