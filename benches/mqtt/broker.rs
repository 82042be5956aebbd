//! A mosquitto with nothing set but where it listens.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// A running broker; ended when dropped.
pub(crate) struct Broker {
    pub(crate) port: u16,
    process: Child,
    _files: TempDir,
}

impl Broker {
    pub(crate) fn start() -> Self {
        let files = tempfile::tempdir().expect("a temporary folder");
        let port = free_port();
        let conf = files.path().join("conf");
        // Started by root it would become another user, who may not read the file.
        let user = std::env::var("USER").unwrap_or_else(|_| "root".to_owned());
        let text = format!("listener {port} 127.0.0.1\nuser {user}\nallow_anonymous true\n");
        fs::write(&conf, text).expect("a file");
        let start = |name: &&str| {
            let mut command = Command::new(name);
            command.arg("-c").arg(&conf).stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()
        };
        let process = ["mosquitto", "/usr/sbin/mosquitto"].iter().find_map(start);
        let process = process.expect("mosquitto is not installed: `make setup` installs it");
        let until = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            assert!(Instant::now() < until, "mosquitto does not accept");
            std::thread::park_timeout(Duration::from_millis(5));
        }
        Self { port, process, _files: files }
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// A port that nobody listens on.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("an address").port()
}
