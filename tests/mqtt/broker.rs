//! A real mosquitto of our own on a free port, gone when dropped.

use std::{
    fmt::Write as _,
    fs,
    net::{Ipv4Addr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::PATIENCE;

pub(crate) struct Broker {
    port: u16,
    process: Option<Child>,
    files: TempDir,
}

impl Broker {
    /// Anybody may connect and do everything; nothing is kept over a restart.
    pub(crate) fn start() -> Self {
        let mut broker = Self::reserve();
        broker.run();
        broker
    }

    /// Only a port yet; nobody listens before [`Self::run`].
    pub(crate) fn reserve() -> Self {
        Self::with("allow_anonymous true\n", &[])
    }

    /// Only these users, with these passwords, and an access list if it is not empty.
    pub(crate) fn start_for(users: &[(&str, &str)], access: &str) -> Self {
        let mut broker = Self::with("allow_anonymous false\n", users);
        let mut config = fs::read_to_string(broker.files.path().join("conf")).unwrap();
        let passwords = broker.files.path().join("passwords");
        writeln!(config, "password_file {}", passwords.display()).unwrap();
        if !access.is_empty() {
            let list = broker.files.path().join("access");
            fs::write(&list, access).unwrap();
            writeln!(config, "acl_file {}", list.display()).unwrap();
        }
        fs::write(broker.files.path().join("conf"), config).unwrap();
        broker.run();
        broker
    }

    fn with(access: &str, users: &[(&str, &str)]) -> Self {
        let files = tempfile::tempdir().unwrap();
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        // mosquitto started by root would become another user, who may not read our files.
        let user = std::env::var("USER").unwrap_or_else(|_| "root".to_owned());
        let config = format!("listener {port} 127.0.0.1\nuser {user}\npersistence false\n{access}");
        fs::write(files.path().join("conf"), config).unwrap();
        for (name, password) in users {
            let file = files.path().join("passwords");
            let create = (!file.exists()).then_some("-c");
            let made = Command::new("mosquitto_passwd")
                .args(create)
                .args(["-b", file.to_str().unwrap(), name, password])
                .output()
                .expect(MISSING);
            assert!(made.status.success(), "{made:?}");
        }
        Self { port, process: None, files }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Starts it and waits until it accepts.
    pub(crate) fn run(&mut self) {
        let program = ["mosquitto", "/usr/sbin/mosquitto"];
        let started = program.iter().find_map(|name| {
            Command::new(name)
                .arg("-c")
                .arg(self.files.path().join("conf"))
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .ok()
        });
        self.process = Some(started.expect(MISSING));
        let until = Instant::now() + PATIENCE;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            assert!(Instant::now() < until, "mosquitto does not accept on port {}", self.port);
            // There is no event to wait for: a process of others comes up.
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.kill();
    }
}

/// First bytes of packets.
pub(crate) const CONNECT: u8 = 0x10;
pub(crate) const SUBSCRIBE: u8 = 0x82;

/// Something on a port that answers every packet as told: by its first byte, and the packet id of a subscription.
/// Gives the port. Ends with the test.
pub(crate) async fn strange_broker(answer: impl Fn(u8, [u8; 2]) -> Vec<u8> + Send + 'static) -> u16 {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // All packets here are shorter than 128 bytes, so their length is one byte.
            while let (Ok(first), Ok(length)) = (stream.read_u8().await, stream.read_u8().await) {
                let mut body = vec![0; usize::from(length)];
                stream.read_exact(&mut body).await.unwrap();
                let id = [body.first().copied().unwrap_or(0), body.get(1).copied().unwrap_or(0)];
                if stream.write_all(&answer(first, id)).await.is_err() {
                    break;
                }
            }
        }
    });
    port
}

const MISSING: &str = "mosquitto is not installed: `make setup` installs it";
