//! The real service with a station of so many ports on a hub that does not exist: rules, history and events on.

use std::{fmt::Write as _, net::SocketAddr, path::Path};

use smart_charging_station::{
    app,
    config::Directories,
    controller::Clock,
    history::{HistorySettings, Retention},
    http::{Access, HttpSettings, Stage},
    model::Span,
    settings::Settings,
    usb::UsbSettings,
};
use tokio::sync::{oneshot, watch};

/// Runs the service until the process is killed. Its files are in a temporary folder.
pub(crate) async fn run(ports: u16, address: SocketAddr) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write_files(folder.path(), ports);
    let settings = Settings {
        http: HttpSettings { listen: address, access: Access::Auto },
        mqtt: None,
        history: HistorySettings {
            path: folder.path().join("data/history.db"),
            retention: Retention::of(Span::from_hours(24)),
            gather: Span::from_secs(1),
        },
        usb: UsbSettings {
            uhubctl: None,
            time_limit: Span::from_secs(15),
            sysfs: "/nowhere".into(),
            lock: folder.path().join("lock"),
        },
        directories: Directories {
            stations: folder.path().join("stations"),
            rules: Path::new(env!("CARGO_MANIFEST_DIR")).join("rules"),
            hubs: folder.path().join("hubs"),
        },
        stations: Vec::new(),
    };
    let (_keep, stop) = watch::channel(false);
    let (ready, _running) = oneshot::channel();
    app::run(app::Options { settings, clock: Clock::real(), stage: Stage::World, stop, ready })
        .await
        .expect("a service");
}

fn write_files(folder: &Path, ports: u16) {
    let mut text = "(switch: Simulated(), guards: [(rule: \"cool-down\")], \
                    rules: [(rule: \"ready-by\"), (rule: \"keep-between\")], ports: {\n"
        .to_owned();
    for port in 1..=ports {
        writeln!(text, "    {port}: (device: \"device-{port}\"),").expect("a text");
    }
    text.push_str("})\n");
    std::fs::create_dir(folder.join("stations")).expect("a folder");
    std::fs::write(folder.join("stations/bench.ron"), text).expect("a file");
}
