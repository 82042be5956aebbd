use super::*;
use crate::model::Timestamp;

fn file(text: &str) -> SourceFile {
    SourceFile { path: "stations/exams.ics".into(), name: "exams".into(), text: text.into() }
}

fn calendar(events: &str) -> Result<Vec<CalendarEvent>, Vec<String>> {
    let text = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n");
    read(&file(&text))
        .map_err(|found| found.iter().map(|one| format!("{}: {}", one.line, one.message)).collect())
}

fn event(lines: &str) -> String {
    format!("BEGIN:VEVENT\r\nUID:1\r\n{lines}\r\nEND:VEVENT\r\n")
}

/// The next beginnings of all events, in Berlin, from Sunday 2026-11-22 on.
fn begins(events: &str, many: usize) -> Vec<String> {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let events = calendar(events).unwrap();
    let mut at: Timestamp = "2026-11-22T00:00:00+01:00".parse().unwrap();
    let mut found = Vec::new();
    while let Some(next) =
        events.iter().filter_map(|event| event.next(at, &zone)).min().filter(|_| found.len() < many)
    {
        found.push(next.to_zoned(zone.clone()).strftime("%m-%d %H:%M").to_string());
        at = Timestamp::from_second(next.as_second() + 1).unwrap();
    }
    found
}

#[test]
fn a_beginning_may_be_written_in_every_way() {
    let zoned = event("DTSTART;TZID=Europe/London:20261124T080000");
    assert_eq!(begins(&zoned, 2), ["11-24 09:00"]);
    assert_eq!(begins(&event("DTSTART:20261124T080000Z"), 2), ["11-24 09:00"]);
    assert_eq!(begins(&event("DTSTART:20261124T080000"), 2), ["11-24 08:00"]);
    assert_eq!(begins(&event("DTSTART;VALUE=DATE:20261224"), 2), ["12-24 00:00"]);
    let path = event("DTSTART;TZID=\"/example.org/1/Europe/London\":20261124T080000");
    assert_eq!(begins(&path, 2), ["11-24 09:00"]);
    let folded =
        event("SUMMARY:An exam:\r\n  with more\r\nDTSTART;TZID=Europe/\r\n London:20261124T0\r\n 80000");
    assert_eq!(begins(&folded, 2), ["11-24 09:00"]);
}

#[test]
fn what_comes_again_ends_and_has_exceptions() {
    let weekly = event(
        "DTSTART;TZID=Europe/Berlin:20261123T080000\r\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE;COUNT=4\r\n\
         EXDATE;TZID=Europe/Berlin:20261125T080000",
    );
    assert_eq!(begins(&weekly, 9), ["11-23 08:00", "11-30 08:00", "12-02 08:00"]);
    let until = event("DTSTART:20261120T080000\r\nRRULE:FREQ=DAILY;INTERVAL=2;UNTIL=20261126");
    assert_eq!(begins(&until, 9), ["11-22 08:00", "11-24 08:00", "11-26 08:00"]);
    let listed = event("DTSTART:20261123T080000\r\nRDATE:20261201T100000,20261202T100000");
    assert_eq!(begins(&listed, 9), ["11-23 08:00", "12-01 10:00", "12-02 10:00"]);
    let workdays = event("DTSTART:20261120T080000\r\nRRULE:FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR");
    assert_eq!(begins(&workdays, 6)[4..], ["11-27 08:00", "11-30 08:00"]);
}

#[test]
fn one_of_a_series_may_be_moved_or_cancelled() {
    let series = event("DTSTART:20261123T080000\r\nRRULE:FREQ=DAILY;COUNT=3");
    let moved = event("RECURRENCE-ID:20261124T080000\r\nDTSTART:20261124T110000");
    let gone = event("RECURRENCE-ID:20261125T080000\r\nDTSTART:20261125T080000\r\nSTATUS:CANCELLED");
    assert_eq!(begins(&format!("{series}{moved}{gone}"), 9), ["11-23 08:00", "11-24 11:00"]);
}

#[test]
fn alarms_and_zones_are_not_events() {
    let zone = "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nRRULE:FREQ=YEARLY;\
                BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";
    let alarm =
        event("DTSTART:20261124T080000\r\nBEGIN:VALARM\r\nTRIGGER:-PT15M\r\nSTATUS:CANCELLED\r\nEND:VALARM");
    assert_eq!(begins(&format!("{zone}{alarm}"), 2), ["11-24 08:00"]);
}

#[test]
fn what_would_be_misread_is_told_with_its_line() {
    let wrong = |lines: &str| calendar(&event(lines)).unwrap_err();
    assert_eq!(wrong("SUMMARY:x"), ["3: this event has no DTSTART"]);
    assert_eq!(wrong("DTSTART:tomorrow"), ["5: DTSTART: `tomorrow` is not a time"]);
    let zone = wrong("DTSTART;TZID=W. Europe Standard Time:20261124T080000");
    assert_eq!(zone[0], "5: `W. Europe Standard Time` is not a time zone");
    for rule in [
        "FREQ=MONTHLY;BYDAY=1MO",
        "FREQ=HOURLY",
        "FREQ=WEEKLY;INTERVAL=0",
        "COUNT=3",
        "FREQ=DAILY;BYSETPOS=1",
        "x",
    ] {
        let told = wrong(&format!("DTSTART:20261124T080000\r\nRRULE:{rule}"));
        assert!(told[0].starts_with("6: RRULE: `"), "{told:?}");
    }
    let read = |text: &str| read(&file(text)).unwrap_err()[0].message.clone();
    assert_eq!(read("<html>"), "this line cannot be read");
    assert_eq!(read(""), "this is no calendar file");
    assert_eq!(read("BEGIN:VCALENDAR\nBEGIN:VEVENT\n"), "the file ends in the middle");
    assert_eq!(read("BEGIN:VCALENDAR\nEND:VEVENT\n"), "this END has no BEGIN");
    let many = event("DTSTART:20261124T080000").repeat(1001);
    assert_eq!(calendar(&many).unwrap_err(), ["0: 1001 events are too many"]);
}

proptest::proptest! {
    #[test]
    fn any_text_is_survived(text in "(BEGIN:VCALENDAR\n)?(BEGIN:VEVENT\n)?((DTSTART|RRULE|EXDATE|END|[A-Z;=\"]{0,9})[:;]?\\PC{0,20}\n){0,8}") {
        let _ = read(&file(&text));
    }
}
