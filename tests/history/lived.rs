//! What one device lived through.

use smart_charging_station::{
    history::Archive,
    model::{DeviceName, Power, Record},
};

use crate::support::{at, begin, desk, end, port, report};

fn switch(number: u16, second: i64, seen: Option<Power>) -> Record {
    Record::Switch {
        station: desk(),
        port: port(number),
        at: at(second),
        wanted: Power::Off,
        seen,
        problem: None,
        reason: "enough".into(),
    }
}

#[tokio::test]
async fn a_device_has_its_reports_and_the_switches_of_its_ports() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let history = begin(&path);
    let records = [
        report(1, 5),
        report(2, 6),
        switch(1, 7, Some(Power::Off)),
        switch(1, 8, Some(Power::On)),
        switch(2, 9, Some(Power::Off)),
        report(1, 10),
        report(1, 20),
    ];
    for record in records {
        history.journal.send(record).await.unwrap();
    }
    history.reader.flush().await.unwrap();
    let device = DeviceName::new("phone-1").unwrap();
    let lived = history.reader.lived(&device, at(5), at(20)).await.unwrap();
    let times: Vec<_> = lived.reports.iter().map(|report| report.received_at).collect();
    assert_eq!(times, [at(5), at(10)], "from the first moment until before the last");
    assert_eq!(lived.switches, [(desk(), port(1), at(7))], "what the hub did not do is no switch");
    assert!(!lived.cut);
    let archive = Archive::open(&path).unwrap().unwrap();
    assert_eq!(archive.lived(&device, at(5), at(20)).unwrap(), lived);
    end(history).await;
}
