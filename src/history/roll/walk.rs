//! Walks over rows in the order in which they were written, and sums them up by device and stretch of time.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, OptionalExtension};

use super::{
    HOLDS, STEP_ROWS,
    sums::{Minute, Sums},
    tables::Resolution,
};

const SECOND: i64 = 1_000_000_000;
/// Reports, and switches, that a reader walks over at most, in some ten milliseconds: more than wait between two steps,
/// unless a file of an older scs is being caught up with; then its newest hours come last.
const WAITING: u32 = 12_000;

/// A port in which devices were.
pub(in crate::history) struct Place {
    pub(super) id: Option<i64>,
    pub(in crate::history) station: String,
    pub(in crate::history) port: i64,
    pub(super) power: Option<bool>,
    is_changed: bool,
}

/// A device that reported.
pub(super) struct Device {
    pub(super) id: Option<i64>,
    pub(super) name: String,
    pub(super) place: Option<usize>,
    /// When it reported last, and until when the power of its port is counted; nanoseconds.
    pub(super) heard_at: i64,
    pub(super) counted_to: i64,
    pub(super) is_changed: bool,
}

/// Sums by device and by the second in which a bucket begins.
pub(in crate::history) type Buckets<T> = BTreeMap<(usize, i64), T>;

/// What the rows that were not rolled up yet come to.
#[derive(Default)]
pub(in crate::history) struct Walk {
    pub(in crate::history) places: Vec<Place>,
    place_by_name: HashMap<(String, i64), usize>,
    place_by_id: HashMap<i64, usize>,
    pub(super) devices: Vec<Device>,
    device_by_name: HashMap<String, usize>,
    pub(in crate::history) minutes: Buckets<Minute>,
    pub(in crate::history) hours: Buckets<Sums>,
    pub(in crate::history) days: Buckets<Sums>,
    /// The number of the last row that is in it.
    pub(super) up_to: i64,
    /// There are later rows that are not in it.
    pub(in crate::history) has_more: bool,
}

/// One row of those that are walked over.
enum Step {
    Report {
        station: String,
        port: i64,
        device: String,
        at: i64,
        level: i64,
        charging: Option<bool>,
        temperature: Option<f64>,
        power: Option<bool>,
    },
    Switch {
        station: String,
        port: i64,
        at: i64,
        is_on: bool,
    },
}

/// The number of the last row that is rolled up.
pub(in crate::history) fn reached(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached("SELECT n FROM rolled WHERE one = 1")?.query_row([], |row| row.get(0))
}

/// Walks over the rows that are to be rolled up next.
pub(super) fn next(connection: &Connection) -> rusqlite::Result<Walk> {
    walk(connection, &Part { device: None, after: reached(connection)?, last: i64::MAX, most: STEP_ROWS })
}

/// Walks over what is not rolled up yet of one device.
pub(in crate::history) fn waiting(connection: &Connection, device: &str) -> rusqlite::Result<Walk> {
    let after = reached(connection)?;
    // Numbers are those of all tables: how many lie between two reports is not known.
    let sql = "SELECT n FROM reports WHERE n > ?1 ORDER BY n LIMIT 1 OFFSET ?2";
    let beyond: Option<i64> =
        connection.prepare_cached(sql)?.query_row((after, WAITING), |row| row.get(0)).optional()?;
    let last = beyond.map_or(i64::MAX, |n| n.saturating_sub(1));
    let mut walk = walk(connection, &Part { device: Some(device), after, last, most: WAITING + 1 })?;
    walk.has_more |= beyond.is_some();
    Ok(walk)
}

/// Which rows are walked over.
struct Part<'a> {
    /// Only reports of this device.
    device: Option<&'a str>,
    /// Rows with higher numbers, up to the last one.
    after: i64,
    last: i64,
    /// At most so many of each kind.
    most: u32,
}

fn walk(connection: &Connection, part: &Part<'_>) -> rusqlite::Result<Walk> {
    let most = part.most;
    let mut walk = Walk { up_to: part.after, ..Walk::default() };
    walk.load(connection, part.device)?;
    let reports = reports(connection, part)?;
    let switches = switches(connection, part)?;
    let full = |steps: &[(i64, Step)]| {
        let is_full = u32::try_from(steps.len()).is_ok_and(|rows| rows >= most);
        steps.last().filter(|_| is_full).map(|(n, _)| *n)
    };
    // Rows beyond the end of a list that was cut would come out of order.
    let end = [full(&reports), full(&switches)].into_iter().flatten().min();
    walk.has_more = end.is_some();
    let mut steps: Vec<_> = reports.into_iter().chain(switches).collect();
    steps.sort_by_key(|(n, _)| *n);
    for (n, step) in steps {
        if end.is_some_and(|end| n > end) {
            break;
        }
        walk.up_to = n;
        walk.take(step);
    }
    Ok(walk)
}

fn reports(connection: &Connection, part: &Part<'_>) -> rusqlite::Result<Vec<(i64, Step)>> {
    let sql = "SELECT n, station, port, device, at, level, charging, temperature, power FROM reports
               WHERE n > ?1 AND n <= ?2 AND (?3 IS NULL OR device = ?3) ORDER BY n LIMIT ?4";
    let mut select = connection.prepare_cached(sql)?;
    let rows = select.query_map((part.after, part.last, part.device, part.most), |row| {
        let step = Step::Report {
            station: row.get(1)?,
            port: row.get(2)?,
            device: row.get(3)?,
            at: row.get(4)?,
            level: row.get(5)?,
            charging: row.get(6)?,
            temperature: row.get(7)?,
            power: row.get(8)?,
        };
        Ok((row.get(0)?, step))
    })?;
    rows.collect()
}

fn switches(connection: &Connection, part: &Part<'_>) -> rusqlite::Result<Vec<(i64, Step)>> {
    let sql = "SELECT n, station, port, at, seen = 'on' FROM switches
               WHERE n > ?1 AND n <= ?2 AND seen IS NOT NULL ORDER BY n LIMIT ?3";
    let mut select = connection.prepare_cached(sql)?;
    let rows = select.query_map((part.after, part.last, part.most), |row| {
        let step =
            Step::Switch { station: row.get(1)?, port: row.get(2)?, at: row.get(3)?, is_on: row.get(4)? };
        Ok((row.get(0)?, step))
    })?;
    rows.collect()
}

impl Walk {
    /// The device of this name, if it ever reported.
    pub(in crate::history) fn device(&self, name: &str) -> Option<usize> {
        self.device_by_name.get(name).copied()
    }

    /// The number of a device in the tables.
    pub(in crate::history) fn id_of(&self, device: usize) -> Option<i64> {
        self.devices.get(device)?.id
    }

    /// The place with this number in the tables.
    pub(in crate::history) fn place_of(&self, id: i64) -> Option<usize> {
        self.place_by_id.get(&id).copied()
    }

    /// When the rows of a device begin, as far as they are not rolled up.
    pub(in crate::history) fn begins(&self, device: usize, resolution: Resolution) -> Option<i64> {
        let of_device = (device, i64::MIN)..=(device, i64::MAX);
        match resolution {
            Resolution::Minute => self.minutes.range(of_device).next().map(|((_, at), _)| *at),
            Resolution::Hour => self.hours.range(of_device).next().map(|((_, at), _)| *at),
            Resolution::Day => self.days.range(of_device).next().map(|((_, at), _)| *at),
        }
    }

    pub(super) fn changed_places(&mut self) -> impl Iterator<Item = &mut Place> {
        self.places.iter_mut().filter(|place| place.is_changed || place.id.is_none())
    }

    fn load(&mut self, connection: &Connection, device: Option<&str>) -> rusqlite::Result<()> {
        let mut select = connection.prepare_cached("SELECT id, station, port, power FROM places")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let (station, port): (String, i64) = (row.get(1)?, row.get(2)?);
            let known = self.place(station, port);
            let id = row.get(0)?;
            self.place_by_id.insert(id, known);
            if let Some(place) = self.places.get_mut(known) {
                (place.id, place.power) = (Some(id), row.get(3)?);
            }
        }
        let sql =
            "SELECT id, device, place, heard_at, counted_to FROM series WHERE ?1 IS NULL OR device = ?1";
        let mut select = connection.prepare_cached(sql)?;
        let mut rows = select.query([device])?;
        while let Some(row) = rows.next()? {
            let place: Option<i64> = row.get(2)?;
            self.device_by_name.insert(row.get(1)?, self.devices.len());
            self.devices.push(Device {
                id: row.get(0)?,
                name: row.get(1)?,
                place: place.and_then(|id| self.place_of(id)),
                heard_at: row.get::<_, Option<i64>>(3)?.unwrap_or(i64::MIN),
                counted_to: row.get::<_, Option<i64>>(4)?.unwrap_or(i64::MIN),
                is_changed: false,
            });
        }
        Ok(())
    }

    fn place(&mut self, station: String, port: i64) -> usize {
        let next = self.places.len();
        let index = *self.place_by_name.entry((station.clone(), port)).or_insert(next);
        if index == next {
            self.places.push(Place { id: None, station, port, power: None, is_changed: false });
        }
        index
    }

    fn named(&mut self, name: String) -> usize {
        let next = self.devices.len();
        let index = *self.device_by_name.entry(name.clone()).or_insert(next);
        if index == next {
            let (heard_at, counted_to) = (i64::MIN, i64::MIN);
            self.devices.push(Device { id: None, name, place: None, heard_at, counted_to, is_changed: true });
        }
        index
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Report { station, port, device, at, level, charging, temperature, power } => {
                let device = self.named(device);
                let place = self.place(station, port);
                self.count(device, at);
                self.found(place, at, power);
                if let Some(device) = self.devices.get_mut(device) {
                    (device.place, device.heard_at, device.counted_to) = (Some(place), at, at);
                    device.is_changed = true;
                }
                let seconds = at.div_euclid(SECOND);
                let bucket = |resolution: Resolution| (device, resolution.begin(seconds));
                let empty = Minute { sums: Sums::default(), place, power };
                let minute = self.minutes.entry(bucket(Resolution::Minute)).or_insert(empty);
                minute.sums.report(level, temperature, charging);
                (minute.place, minute.power) = (place, power);
                for (buckets, resolution) in
                    [(&mut self.hours, Resolution::Hour), (&mut self.days, Resolution::Day)]
                {
                    let sums = buckets.entry(bucket(resolution)).or_default();
                    sums.report(level, temperature, charging);
                }
            }
            Step::Switch { station, port, at, is_on } => {
                let place = self.place(station, port);
                self.found(place, at, Some(is_on));
            }
        }
    }

    /// Takes the power of a port, after what was known until then was counted for all devices in it.
    fn found(&mut self, index: usize, at: i64, power: Option<bool>) {
        if power.is_none() || self.places.get(index).is_none_or(|place| place.power == power) {
            return;
        }
        for device in 0..self.devices.len() {
            if self.devices.get(device).is_some_and(|device| device.place == Some(index)) {
                self.count(device, at);
            }
        }
        if let Some(place) = self.places.get_mut(index) {
            (place.power, place.is_changed) = (power, true);
        }
    }

    /// Counts the power of the port in which a device is until then, for as long as its last report holds.
    fn count(&mut self, index: usize, to: i64) {
        let Some(device) = self.devices.get_mut(index) else { return };
        let holds = i64::try_from(HOLDS.as_nanos()).unwrap_or(i64::MAX);
        let end = to.min(device.heard_at.saturating_add(holds));
        let from = device.counted_to;
        if end <= from {
            return;
        }
        device.counted_to = end;
        device.is_changed = true;
        let place = device.place.and_then(|place| self.places.get(place));
        let Some(is_on) = place.and_then(|place| place.power) else { return };
        for (buckets, resolution) in [(&mut self.hours, Resolution::Hour), (&mut self.days, Resolution::Day)]
        {
            for (at, seconds) in resolution.split(from, end) {
                buckets.entry((index, at)).or_default().power(is_on, seconds);
            }
        }
    }
}
