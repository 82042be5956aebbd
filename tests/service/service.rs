//! The program in a process of its own.

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    sync::watch,
    task::JoinSet,
    time::{interval, timeout},
};

use crate::{AT_ONCE, PATIENCE, events::Events, folder::Folder};

pub(crate) struct Service {
    process: Child,
    address: String,
    client: Client,
    log: watch::Receiver<String>,
    _reader: JoinSet<()>,
}

/// How a process ended and what it had written to standard error.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) log: String,
}

fn program(folder: &Folder) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scs"));
    command.current_dir(folder.path("")).arg("run");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("SCS_")) {
        command.env_remove(name);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// Runs a service that is to end by itself.
pub(crate) async fn run_to_end(folder: &Folder) -> Ended {
    let output = timeout(PATIENCE, program(folder).output()).await.expect("it ends").unwrap();
    Ended { code: output.status.code(), log: String::from_utf8_lossy(&output.stderr).into_owned() }
}

impl Service {
    /// Starts it and waits until it is ready.
    pub(crate) async fn start(folder: &Folder) -> Self {
        let mut service = Self::launch(folder);
        service.wait_until_ready().await;
        service
    }

    /// Starts it for the first time in a folder and sends a signal at the first line of its log.
    pub(crate) async fn start_with_signal(folder: &Folder, name: &str) -> Self {
        let mut service = Self::launch(folder);
        let first =
            timeout(PATIENCE, service.log.wait_for(|log| !log.is_empty())).await.is_ok_and(|log| log.is_ok());
        assert!(first, "it says nothing");
        assert!(address(&service.log()).is_none(), "too late: it has started");
        service.signal(name).await;
        service.wait_until_ready().await;
        service
    }

    fn launch(folder: &Folder) -> Self {
        let mut process = program(folder).spawn().expect("scs starts");
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let (publish, log) = watch::channel(String::new());
        let mut reader = JoinSet::new();
        reader.spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                publish.send_modify(|log| log.extend([line.as_str(), "\n"]));
            }
        });
        let client = Client::builder().timeout(PATIENCE).build().unwrap();
        Self { process, address: String::new(), client, log, _reader: reader }
    }

    async fn wait_until_ready(&mut self) {
        let runs = timeout(PATIENCE, self.log.wait_for(|log| address(log).is_some())).await;
        let found = runs.ok().and_then(|log| address(&log.ok()?));
        self.address = found.unwrap_or_else(|| panic!("it did not start:\n{}", self.log()));
        let ready = async |service: &Self| service.ask(Method::GET, "/health/ready", None).await.0 == 200;
        self.until("readiness", ready).await;
    }

    /// Asks again and again until something is so.
    pub(crate) async fn until(&self, what: &str, condition: impl AsyncFn(&Self) -> bool) {
        let asking = async {
            // There is no event for what is waited for here.
            let mut pace = interval(Duration::from_millis(20));
            while !condition(self).await {
                pace.tick().await;
            }
        };
        assert!(timeout(PATIENCE, asking).await.is_ok(), "{what} did not come about:\n{}", self.log());
    }

    /// Status and body of a request; a body that is no JSON is null.
    pub(crate) async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let request = self.client.request(method, self.url(path));
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let answer = request.send().await.unwrap_or_else(|error| panic!("{path}: {error}\n{}", self.log()));
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or_default())
    }

    /// A request to be made complete and sent.
    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, self.url(path))
    }

    /// What a path shows.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask(Method::GET, path, None).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// A report of a device, which must be taken at once; gives the decision.
    pub(crate) async fn report(&self, device: &str, level: u8) -> Value {
        let began = Instant::now();
        let body = json!({"device": device, "level": level});
        let (status, decision) = self.ask(Method::POST, "/api/v1/reports", Some(body)).await;
        assert_eq!(status, 200, "{decision}");
        assert!(began.elapsed() < AT_ONCE, "a report took {:?}", began.elapsed());
        decision
    }

    pub(crate) async fn port(&self, number: u16) -> Value {
        self.get(&format!("/api/v1/stations/desk/ports/{number}")).await
    }

    pub(crate) async fn set_mode(&self, port: u16, wish: Value) -> (u16, Value) {
        self.ask(Method::PUT, &format!("/api/v1/stations/desk/ports/{port}/mode"), Some(wish)).await
    }

    pub(crate) async fn config(&self) -> Value {
        self.get("/api/v1/config").await
    }

    /// The version of the files at work.
    pub(crate) async fn version(&self) -> String {
        self.config().await["active"]["version"].as_str().expect("a version").to_owned()
    }

    pub(crate) async fn events(&self) -> Events {
        Events::open(&self.url("/api/v1/events")).await
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Everything written to standard error until now.
    pub(crate) fn log(&self) -> String {
        self.log.borrow().clone()
    }

    pub(crate) async fn signal(&self, name: &str) {
        let id = self.process.id().expect("it runs").to_string();
        let sent = Command::new("kill").args([&format!("-{name}"), &id]).status().await.unwrap();
        assert!(sent.success());
    }

    /// SIGTERM; waits for the end, which must be in order.
    pub(crate) async fn stop(self) {
        self.signal("TERM").await;
        let ended = self.ended().await;
        assert_eq!(ended.code, Some(0), "{}", ended.log);
    }

    /// As a power cut would.
    pub(crate) async fn kill(self) {
        self.signal("KILL").await;
        assert_eq!(self.ended().await.code, None);
    }

    async fn ended(mut self) -> Ended {
        let status = timeout(PATIENCE, self.process.wait()).await.expect("it ends").unwrap();
        Ended { code: status.code(), log: self.log() }
    }
}

/// Where it listens, from its log.
fn address(log: &str) -> Option<String> {
    let line = log.lines().find(|line| line.contains("the service runs"))?;
    line.split_whitespace().find_map(|word| word.strip_prefix("address=")).map(str::to_owned)
}
