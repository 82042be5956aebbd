//! Talks to a running service over its REST API.

use std::time::Duration;

use clap::Args;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::{Method, RequestBuilder, Response, StatusCode, header};
use serde::{Serialize, de::DeserializeOwned};

use super::failure::{Exit, Failure};
use crate::model::{Diagnostic, Timestamp};

/// What is asked is read from memory, or is on disk within a second; whoever takes this long is not well.
const PATIENCE: Duration = Duration::from_secs(10);
/// What is worked out when it is asked: a week of many devices is decided again, or simulated.
/// The service itself gives up after 50 s.
const MUCH_PATIENCE: Duration = Duration::from_secs(60);

/// A change of the files is checked and tested first; the service itself gives up after 30 s.
const CHANGE_PATIENCE: Duration = Duration::from_secs(35);

/// Which service is asked: part of the arguments of every command that talks to one.
#[derive(Args, Clone, Debug)]
pub struct Service {
    /// Where the service is
    #[arg(long, default_value = "http://127.0.0.1:5000", env = "SCS_URL", value_name = "URL", value_parser = address)]
    pub url: String,
    /// Access token, if the service asks for one
    #[arg(long, env = "SCS_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    pub token: Option<String>,
}

impl Service {
    /// The service, to be asked. Nothing is sent yet.
    pub(super) fn api(&self) -> Result<Api, Failure> {
        Api::new(&self.url, self.token.as_deref())
    }
}

fn address(text: &str) -> Result<String, String> {
    let url = reqwest::Url::parse(text).ok().filter(|url| url.has_host());
    match url.as_ref().map(reqwest::Url::scheme) {
        Some("http" | "https") => Ok(text.to_owned()),
        _ => Err("write it as http://HOST:PORT, for example http://127.0.0.1:5000".to_owned()),
    }
}

/// A service somewhere.
#[derive(Clone, Debug)]
pub(super) struct Api {
    base: String,
    token: Option<String>,
    client: reqwest::Client,
}

/// A refusal that the caller may know what to do about.
#[derive(Debug)]
pub(super) struct Refusal {
    /// The stable code of the problem, if the answer was one.
    pub(super) code: String,
    /// What to tell if nothing else is to be done.
    pub(super) failure: Failure,
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        refusal.failure
    }
}

impl Api {
    /// The service at an address such as `http://127.0.0.1:5000`. Nothing is sent yet.
    pub(super) fn new(url: &str, token: Option<&str>) -> Result<Self, Failure> {
        let base = url.trim_end_matches('/').to_owned();
        if base.to_ascii_lowercase().starts_with("https:") {
            let hint =
                "write http://HOST:PORT; to a service behind an https proxy, go through its own address";
            return Err(Failure::new(Exit::Failed, format!("only http is spoken here, not `{base}`"), hint));
        }
        let client = reqwest::Client::builder().timeout(PATIENCE).build();
        let client = client.map_err(|error| Failure::new(Exit::Failed, error.to_string(), ""))?;
        Ok(Self { base, token: token.map(|token| token.trim().to_owned()), client })
    }

    /// Where it is.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// False when nobody listens there at all.
    pub(super) async fn answers(&self) -> Result<bool, Failure> {
        match self.client.get(format!("{}/health/live", self.base)).send().await {
            Ok(_) => Ok(true),
            Err(error) if error.is_connect() => Ok(false),
            Err(error) => Err(self.unreachable(&error)),
        }
    }

    /// What is wrong with the connection to the MQTT broker, in the words of the service; `None`: nothing, or it does not say.
    pub(super) async fn broker_trouble(&self) -> Option<String> {
        #[derive(serde::Deserialize)]
        struct Health {
            mqtt: String,
        }
        let request = self.client.get(format!("{}/health/ready", self.base));
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let health: Health = request.send().await.ok()?.json().await.ok()?;
        Some(health.mqtt).filter(|words| !matches!(words.as_str(), "off" | "connected" | "connecting"))
    }

    /// Reads what is at a path below `/api/v1/`.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Refusal> {
        self.get_dated(path).await.map(|(answer, _)| answer)
    }

    /// As [`Self::get`], with the service's own time to the second, not later than the answer.
    pub(super) async fn get_dated<T: DeserializeOwned>(&self, path: &str) -> Result<(T, Timestamp), Refusal> {
        let answer = self.ok(self.request(Method::GET, path)).await?;
        let date = answer.headers().get(header::DATE).and_then(|date| date.to_str().ok());
        let date = date.and_then(|date| DateTimeParser::new().parse_timestamp(date).ok());
        Ok((self.read(answer).await?, date.unwrap_or_else(Timestamp::now)))
    }

    /// As [`Self::get_slow`], for what is no JSON.
    pub(super) async fn get_text(&self, path: &str) -> Result<String, Refusal> {
        let answer = self.ok(self.request(Method::GET, path).timeout(MUCH_PATIENCE)).await?;
        answer
            .text()
            .await
            .map_err(|error| Refusal { code: String::new(), failure: self.unreachable(&error) })
    }

    /// As [`Self::get`], for what the service has to work out.
    pub(super) async fn get_slow<T: DeserializeOwned>(&self, path: &str) -> Result<T, Refusal> {
        let answer = self.ok(self.request(Method::GET, path).timeout(MUCH_PATIENCE)).await?;
        self.read(answer).await
    }

    /// Asks something of a path below `/api/v1/` that the service has to work out, and reads the answer.
    pub(super) async fn post_slow<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Refusal> {
        let request = self.request(Method::POST, path).json(body).timeout(MUCH_PATIENCE);
        let answer = self.ok(request).await?;
        self.read(answer).await
    }

    /// Puts something at a path below `/api/v1/`, and reads the answer.
    pub(super) async fn put<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Refusal> {
        let request = self.request(Method::PUT, path).json(body).timeout(CHANGE_PATIENCE);
        let answer = self.ok(request).await?;
        self.read(answer).await
    }

    /// Posts something to a path below `/api/v1/`, and reads the answer.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Refusal> {
        let request = self.request(Method::POST, path).json(body).timeout(CHANGE_PATIENCE);
        let answer = self.ok(request).await?;
        self.read(answer).await
    }

    /// Ends what is at a path below `/api/v1/`.
    pub(super) async fn delete(&self, path: &str) -> Result<(), Refusal> {
        let request = self.request(Method::DELETE, path).timeout(CHANGE_PATIENCE);
        self.ok(request).await.map(|_| ())
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}/api/v1/{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    async fn ok(&self, request: RequestBuilder) -> Result<Response, Refusal> {
        let answer = request.send().await;
        let answer =
            answer.map_err(|error| Refusal { code: String::new(), failure: self.unreachable(&error) })?;
        if answer.status() == StatusCode::OK { Ok(answer) } else { Err(self.refused(answer).await) }
    }

    async fn read<T: DeserializeOwned>(&self, answer: Response) -> Result<T, Refusal> {
        answer.json().await.map_err(|_| {
            let what = format!("the answer of `{}` is not understood", self.base);
            let hint = "is this the address of a Smart Charging Station of this version?";
            Refusal { code: String::new(), failure: Failure::new(Exit::Failed, what, hint) }
        })
    }

    /// The service knows best what is wrong, and says it in the problem's `detail`.
    async fn refused(&self, answer: Response) -> Refusal {
        let (base, status) = (&self.base, answer.status());
        let problem: serde_json::Value = answer.json().await.unwrap_or_default();
        let text = |field: &str| problem.get(field).and_then(serde_json::Value::as_str);
        let what = match text("detail") {
            Some(detail) => format!("the service at `{base}` answers: {detail}"),
            None => format!("`{base}` answers {status}"),
        };
        let role = text("needed_role").unwrap_or("report");
        let hint = match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                format!(
                    "make a token with `scs token add NAME --role {role}`, hand it over by --token or SCS_TOKEN"
                )
            }
            _ if problem.is_null() => "is this the address of a Smart Charging Station?".to_owned(),
            _ => String::new(),
        };
        let code = text("code").unwrap_or_default().to_owned();
        let exit = match code.as_str() {
            "config_rejected" | "shadow_rejected" => Exit::Configuration,
            _ => Exit::Failed,
        };
        let problems = problem.get("problems").and_then(serde_json::Value::as_array);
        let problems = problems.into_iter().flatten().filter_map(diagnostic).collect();
        Refusal { code, failure: Failure { problems, ..Failure::new(exit, what, hint) } }
    }

    fn unreachable(&self, error: &reqwest::Error) -> Failure {
        let base = &self.base;
        let what = if error.is_timeout() {
            format!("`{base}` did not answer in time")
        } else if error.is_builder() {
            return Failure::new(
                Exit::Failed,
                format!("`{base}` is no address of a service"),
                "write it as http://HOST:PORT, for example http://127.0.0.1:5000",
            );
        } else {
            format!("nobody answers at `{base}` ({})", root(error))
        };
        let hint = "is the service running? start it with `scs run`, or name it by --url";
        Failure::new(Exit::Unavailable, what, hint)
    }
}

/// A text as one part of a path: whatever may mean something in an address is written as `%XX`.
pub(super) fn segment(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// What is wrong with a file, as the service tells it: a place that is not known is null.
fn diagnostic(told: &serde_json::Value) -> Option<Diagnostic> {
    let mut told = told.clone();
    for field in ["line", "column", "length"] {
        if let Some(value) = told.get_mut(field).filter(|value| value.is_null()) {
            *value = 0.into();
        }
    }
    serde_json::from_value(told).ok()
}

/// The innermost cause: "connection refused" and the like.
fn root(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
