//! The tables of minutes, hours and days.

use std::{collections::BTreeMap, time::Duration};

use rusqlite::{Connection, Row, Transaction, named_params};

use super::{
    sums::{Minute, Sums},
    walk::{Place, Walk},
};

/// How long the buckets of a table are. Days begin at midnight UTC: a device may go from one zone to another, and no day
/// has 23 or 25 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::history) enum Resolution {
    Minute,
    Hour,
    Day,
}

impl Resolution {
    pub(in crate::history) const fn seconds(self) -> i64 {
        match self {
            Self::Minute => 60,
            Self::Hour => 3_600,
            Self::Day => 86_400,
        }
    }

    pub(in crate::history) const fn table(self) -> &'static str {
        match self {
            Self::Minute => "minutes",
            Self::Hour => "hours",
            Self::Day => "days",
        }
    }

    /// The second in which the bucket of a second begins.
    pub(super) fn begin(self, second: i64) -> i64 {
        second.div_euclid(self.seconds()) * self.seconds()
    }

    /// The buckets between two moments in nanoseconds, each with the seconds in it. The moments lie 45 minutes apart at most.
    pub(super) fn split(self, from: i64, to: i64) -> impl Iterator<Item = (i64, f64)> {
        let second = |nanos: i64| nanos.div_euclid(1_000_000_000);
        let (first, last) = (self.begin(second(from)), self.begin(second(to)));
        let step = self.seconds();
        (0..=(last - first) / step).filter_map(move |number| {
            let at = first + number * step;
            let begin = from.max(at.saturating_mul(1_000_000_000));
            let end = to.min((at + step).saturating_mul(1_000_000_000));
            let nanos = u64::try_from(end.saturating_sub(begin)).ok().filter(|nanos| *nanos > 0)?;
            Some((at, Duration::from_nanos(nanos).as_secs_f64()))
        })
    }
}

/// What both kinds of tables have of reports.
const COLUMNS: &str =
    "reports, level_sum, level_min, level_max, level_last, temperature_sum, temperature_count,
                       temperature_max, charging, charging_known";
const VALUES: &str =
    ":reports, :level_sum, :level_min, :level_max, :level_last, :temperature_sum, :temperature_count,
                      :temperature_max, :charging, :charging_known";
/// `min` and `max` of two values are null when one is, so each takes the other's place.
const ADDED: &str = "reports = reports + excluded.reports, level_sum = level_sum + excluded.level_sum,
    level_min = min(ifnull(level_min, excluded.level_min), ifnull(excluded.level_min, level_min)),
    level_max = max(ifnull(level_max, excluded.level_max), ifnull(excluded.level_max, level_max)),
    level_last = ifnull(excluded.level_last, level_last),
    temperature_sum = temperature_sum + excluded.temperature_sum,
    temperature_count = temperature_count + excluded.temperature_count,
    temperature_max = max(ifnull(temperature_max, excluded.temperature_max),
                          ifnull(excluded.temperature_max, temperature_max)),
    charging = charging + excluded.charging, charging_known = charging_known + excluded.charging_known";

/// Adds all that a walk came to, and notes how far it went.
pub(super) fn save(transaction: &Transaction<'_>, mut walk: Walk) -> rusqlite::Result<()> {
    for place in walk.changed_places() {
        save_place(transaction, place)?;
    }
    save_devices(transaction, &mut walk)?;
    save_minutes(transaction, &walk)?;
    for (resolution, buckets) in [(Resolution::Hour, &walk.hours), (Resolution::Day, &walk.days)] {
        let sql = format!(
            "INSERT INTO {} (series, at, {COLUMNS}, powered, power_known)
             VALUES (:series, :at, {VALUES}, :powered, :power_known)
             ON CONFLICT (series, at) DO UPDATE SET {ADDED},
                 powered = powered + excluded.powered, power_known = power_known + excluded.power_known",
            resolution.table()
        );
        let mut insert = transaction.prepare_cached(&sql)?;
        for ((device, at), sums) in buckets {
            insert.execute(named_params! {
                ":series": walk.id_of(*device), ":at": at, ":reports": sums.reports, ":level_sum": sums.level_sum,
                ":level_min": sums.level_min, ":level_max": sums.level_max, ":level_last": sums.level_last,
                ":temperature_sum": sums.temperature_sum, ":temperature_count": sums.temperature_count,
                ":temperature_max": sums.temperature_max, ":charging": sums.charging,
                ":charging_known": sums.charging_known, ":powered": sums.powered, ":power_known": sums.power_known,
            })?;
        }
    }
    transaction.prepare_cached("UPDATE rolled SET n = ?1 WHERE n < ?1")?.execute([walk.up_to])?;
    Ok(())
}

fn save_place(transaction: &Transaction<'_>, place: &mut Place) -> rusqlite::Result<()> {
    let sql = "INSERT INTO places (station, port, power) VALUES (?1, ?2, ?3)
               ON CONFLICT (station, port) DO UPDATE SET power = excluded.power RETURNING id";
    let row = (&place.station, place.port, place.power);
    place.id = Some(transaction.prepare_cached(sql)?.query_row(row, |row| row.get(0))?);
    Ok(())
}

fn save_devices(transaction: &Transaction<'_>, walk: &mut Walk) -> rusqlite::Result<()> {
    let sql = "INSERT INTO series (device, place, heard_at, counted_to) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT (device) DO UPDATE SET place = excluded.place, heard_at = excluded.heard_at,
                   counted_to = excluded.counted_to RETURNING id";
    let mut insert = transaction.prepare_cached(sql)?;
    for device in walk.devices.iter_mut().filter(|device| device.is_changed) {
        let place = device.place.and_then(|place| walk.places.get(place)?.id);
        let row = (&device.name, place, device.heard_at, device.counted_to);
        device.id = Some(insert.query_row(row, |row| row.get(0))?);
    }
    Ok(())
}

fn save_minutes(transaction: &Transaction<'_>, walk: &Walk) -> rusqlite::Result<()> {
    let sql = format!(
        "INSERT INTO minutes (series, at, place, power, {COLUMNS}) VALUES (:series, :at, :place, :power, {VALUES})
         ON CONFLICT (series, at) DO UPDATE SET {ADDED}, place = excluded.place, power = excluded.power"
    );
    let mut insert = transaction.prepare_cached(&sql)?;
    for ((device, at), Minute { sums, place, power }) in &walk.minutes {
        insert.execute(named_params! {
            ":series": walk.id_of(*device), ":at": at, ":place": walk.places.get(*place).and_then(|place| place.id),
            ":power": power, ":reports": sums.reports, ":level_sum": sums.level_sum, ":level_min": sums.level_min,
            ":level_max": sums.level_max, ":level_last": sums.level_last, ":temperature_sum": sums.temperature_sum,
            ":temperature_count": sums.temperature_count, ":temperature_max": sums.temperature_max,
            ":charging": sums.charging, ":charging_known": sums.charging_known,
        })?;
    }
    Ok(())
}

/// The minutes of a device between two seconds; of a walk, which may know later ones.
pub(in crate::history) fn minutes(
    connection: &Connection,
    walk: &Walk,
    device: usize,
    (from, to): (i64, i64),
) -> rusqlite::Result<BTreeMap<i64, Minute>> {
    let sql = format!(
        "SELECT {COLUMNS}, at, place, power FROM minutes WHERE series = ?1 AND at >= ?2 AND at < ?3 ORDER BY at"
    );
    let mut select = connection.prepare_cached(&sql)?;
    let mut rows = select.query((walk.id_of(device), from, to))?;
    let mut all = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let Some(place) = walk.place_of(row.get("place")?) else { continue };
        all.insert(row.get("at")?, Minute { sums: sums(row)?, place, power: row.get("power")? });
    }
    for ((_, at), later) in walk.minutes.range((device, from)..(device, to)) {
        let minute = all.entry(*at).or_insert_with(|| Minute { sums: Sums::default(), ..later.clone() });
        minute.sums.add(&later.sums);
        (minute.place, minute.power) = (later.place, later.power);
    }
    Ok(all)
}

/// The hours or days of a device between two seconds, as far as the tables and a walk know.
pub(in crate::history) fn buckets(
    connection: &Connection,
    walk: &Walk,
    device: usize,
    resolution: Resolution,
    (from, to): (i64, i64),
) -> rusqlite::Result<BTreeMap<i64, Sums>> {
    let sql = format!(
        "SELECT {COLUMNS}, powered, power_known, at FROM {} WHERE series = ?1 AND at >= ?2 AND at < ?3 ORDER BY at",
        resolution.table()
    );
    let mut select = connection.prepare_cached(&sql)?;
    let mut rows = select.query((walk.id_of(device), from, to))?;
    let mut all = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let power = (row.get("powered")?, row.get("power_known")?);
        all.insert(row.get("at")?, Sums { powered: power.0, power_known: power.1, ..sums(row)? });
    }
    let later = if resolution == Resolution::Hour { &walk.hours } else { &walk.days };
    for ((_, at), later) in later.range((device, from)..(device, to)) {
        all.entry(*at).or_default().add(later);
    }
    Ok(all)
}

fn sums(row: &Row<'_>) -> rusqlite::Result<Sums> {
    Ok(Sums {
        reports: row.get("reports")?,
        level_sum: row.get("level_sum")?,
        level_min: row.get("level_min")?,
        level_max: row.get("level_max")?,
        level_last: row.get("level_last")?,
        temperature_sum: row.get("temperature_sum")?,
        temperature_count: row.get("temperature_count")?,
        temperature_max: row.get("temperature_max")?,
        charging: row.get("charging")?,
        charging_known: row.get("charging_known")?,
        powered: 0.0,
        power_known: 0.0,
    })
}
