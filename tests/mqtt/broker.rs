//! A real mosquitto of our own on a free port, gone when dropped; and brokers that misbehave as no real one does.

use std::{
    fmt::Write as _,
    fs,
    net::{Ipv4Addr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::watch,
};

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
        broker.add(&format!("password_file {}", broker.files.path().join("passwords").display()));
        if !access.is_empty() {
            let list = broker.files.path().join("access");
            fs::write(&list, access).unwrap();
            broker.add(&format!("acl_file {}", list.display()));
        }
        broker.run();
        broker
    }

    /// Beside the plain port, one more with these lines of configuration. Gives that, too.
    pub(crate) fn start_with_second(lines: &str) -> (Self, u16) {
        let mut broker = Self::reserve();
        let second = free_port();
        broker.add(&format!("listener {second} 127.0.0.1\n{lines}"));
        broker.run();
        (broker, second)
    }

    /// More configuration, in force from the next start on.
    pub(crate) fn add(&self, lines: &str) {
        let mut config = fs::read_to_string(self.files.path().join("conf")).unwrap();
        writeln!(config, "{lines}").unwrap();
        fs::write(self.files.path().join("conf"), config).unwrap();
    }

    /// What it wrote about its clients so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.files.path().join("log")).unwrap()
    }

    fn with(access: &str, users: &[(&str, &str)]) -> Self {
        let files = tempfile::tempdir().unwrap();
        let port = free_port();
        // mosquitto started by root would become another user, who may not read our files.
        let user = std::env::var("USER").unwrap_or_else(|_| "root".to_owned());
        let log = files.path().join("log");
        let config = format!(
            "listener {port} 127.0.0.1\nuser {user}\npersistence false\nlog_dest file {}\nlog_type all\n{access}",
            log.display()
        );
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

pub(crate) fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// First bytes of packets.
pub(crate) const CONNECT: u8 = 0x10;
pub(crate) const SUBSCRIBE: u8 = 0x82;
pub(crate) const PUBLISH: u8 = 0x32;
pub(crate) const PUBLISH_RETAINED: u8 = 0x33;
pub(crate) const PING: u8 = 0xc0;

/// One packet of a client: its first byte and what follows the length.
pub(crate) struct Packet {
    pub(crate) first: u8,
    pub(crate) body: Vec<u8>,
}

impl Packet {
    /// The packet id of a subscription.
    pub(crate) fn id(&self) -> [u8; 2] {
        [self.byte(0), self.byte(1)]
    }

    /// The packet id of something published once at least.
    pub(crate) fn published_id(&self) -> [u8; 2] {
        let behind = 2 + usize::from(u16::from_be_bytes(self.id()));
        [self.byte(behind), self.byte(behind + 1)]
    }

    /// The version of MQTT that a client asks for: 4 is 3.1.1.
    pub(crate) fn version(&self) -> u8 {
        self.byte(6)
    }

    fn byte(&self, at: usize) -> u8 {
        self.body.get(at).copied().unwrap_or(0)
    }
}

/// What something that is no good broker does with a packet.
pub(crate) enum Answer {
    Bytes(Vec<u8>),
    Close(Vec<u8>),
}

/// Something on a port that answers every packet as told. Gives the port, and how many connections it had so far.
pub(crate) async fn strange_broker(
    answer: impl Fn(&Packet) -> Answer + Clone + Send + 'static,
) -> (u16, watch::Receiver<u32>) {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (count, counted) = watch::channel(0);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            count.send_modify(|count| *count += 1);
            tokio::spawn(serve(stream, answer.clone()));
        }
    });
    (port, counted)
}

async fn serve(mut stream: tokio::net::TcpStream, answer: impl Fn(&Packet) -> Answer) {
    while let Ok(first) = stream.read_u8().await {
        let (mut length, mut shift) = (0, 0);
        while let Ok(byte) = stream.read_u8().await {
            length |= usize::from(byte & 127) << shift;
            shift += 7;
            if byte < 128 || shift > 21 {
                break;
            }
        }
        let mut body = vec![0; length];
        if stream.read_exact(&mut body).await.is_err() {
            return;
        }
        match answer(&Packet { first, body }) {
            Answer::Bytes(bytes) if stream.write_all(&bytes).await.is_ok() => {}
            Answer::Bytes(_) => return,
            Answer::Close(bytes) => {
                let _ = stream.write_all(&bytes).await;
                return;
            }
        }
    }
}

const MISSING: &str = "mosquitto is not installed: `make setup` installs it";
