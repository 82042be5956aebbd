//! Talks to the service.

use std::{io::Write, time::Duration};

use reqwest::{RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;

use super::answers::{Port, Station, page};
use crate::{
    cli::{
        args::Status,
        failure::{Exit, Failure},
        look::Look,
    },
    model::Timestamp,
};

/// A status is read from memory; whoever takes this long is not well.
const PATIENCE: Duration = Duration::from_secs(10);

/// Prints all stations of a running service.
pub(in crate::cli) async fn status(args: &Status, look: Look, out: &mut impl Write) -> Result<(), Failure> {
    let base = args.url.trim_end_matches('/');
    if base.to_ascii_lowercase().starts_with("https:") {
        let hint = "write http://HOST:PORT; to a service behind an https proxy, go through its own address";
        return Err(Failure::new(Exit::Failed, format!("only http is spoken here, not `{base}`"), hint));
    }
    let client = reqwest::Client::builder().timeout(PATIENCE).build();
    let client = client.map_err(|error| Failure::new(Exit::Failed, error.to_string(), ""))?;
    let get = |path: String| {
        let request = client.get(format!("{base}/api/v1/{path}"));
        match &args.token {
            Some(token) => request.bearer_auth(token.trim()),
            None => request,
        }
    };
    let stations: Vec<Station> = ask(get("stations".into()), base).await?;
    for (n, station) in stations.iter().enumerate() {
        let ports: Vec<Port> = ask(get(format!("stations/{}/ports", station.station)), base).await?;
        let gap = if n == 0 { "" } else { "\n" };
        write!(out, "{gap}{}", page(station, ports, Timestamp::now()).text(look))?;
    }
    Ok(())
}

async fn ask<T: DeserializeOwned>(request: RequestBuilder, base: &str) -> Result<T, Failure> {
    let answer = request.send().await.map_err(|error| unreachable(&error, base))?;
    if answer.status() != StatusCode::OK {
        return Err(refused(answer, base).await);
    }
    answer.json().await.map_err(|_| {
        let what = format!("the answer of `{base}` is not understood");
        Failure::new(Exit::Failed, what, "is this the address of a Smart Charging Station of this version?")
    })
}

/// The service knows best what is wrong, and says it in the problem's `detail`.
async fn refused(answer: Response, base: &str) -> Failure {
    let status = answer.status();
    let problem: serde_json::Value = answer.json().await.unwrap_or_default();
    let what = match problem.get("detail").and_then(serde_json::Value::as_str) {
        Some(detail) => format!("the service at `{base}` answers: {detail}"),
        None => format!("`{base}` answers {status}"),
    };
    let hint = match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            "make a token with `scs token add NAME --role report`, hand it over by --token or SCS_TOKEN"
        }
        _ if problem.is_null() => "is this the address of a Smart Charging Station?",
        _ => "",
    };
    Failure::new(Exit::Failed, what, hint)
}

fn unreachable(error: &reqwest::Error, base: &str) -> Failure {
    let what = if error.is_timeout() {
        format!("`{base}` does not answer within {} s", PATIENCE.as_secs())
    } else if error.is_builder() {
        return Failure::new(
            Exit::Failed,
            format!("`{base}` is no address of a service"),
            "write it as http://HOST:PORT, for example http://127.0.0.1:5000",
        );
    } else {
        format!("nobody answers at `{base}` ({})", root(error))
    };
    Failure::new(
        Exit::Unavailable,
        what,
        "is the service running? start it with `scs run`, or name it by --url",
    )
}

/// The innermost cause: "connection refused" and the like.
fn root(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    async fn failure(url: &str) -> Failure {
        let args = Status { url: url.into(), token: None };
        let look = Look { width: 80, colour: false };
        status(&args, look, &mut Vec::new()).await.unwrap_err()
    }

    #[tokio::test]
    async fn nobody_there_is_exit_code_69() {
        // Port 1 of loopback is reserved (tcpmux) and nobody's.
        let failure = failure("http://127.0.0.1:1/").await;
        assert_eq!(failure.exit, Exit::Unavailable);
        assert!(failure.what.contains("`http://127.0.0.1:1`"), "{failure}");
        assert!(failure.hint.contains("scs run"));
    }

    #[tokio::test]
    async fn a_wrong_address_is_told_how_it_is_written() {
        assert!(failure("127.0.0.1").await.hint.contains("http://HOST:PORT"));
        assert!(failure("desk").await.hint.contains("http://HOST:PORT"));
        assert!(failure("HTTPS://desk:5000").await.what.contains("only http"));
    }

    /// A service that gives one answer.
    async fn answering(answer: &'static str) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
        });
        url
    }

    #[tokio::test]
    async fn what_the_service_says_is_passed_on() {
        let answer =
            "HTTP/1.1 401 Unauthorized\r\nconnection: close\r\n\r\n{\"detail\": \"this token is not known\"}";
        let told = failure(&answering(answer).await).await;
        assert!(told.what.ends_with("answers: this token is not known"), "{told}");
        assert!(told.hint.contains("scs token add"), "{told}");
        let told = failure(&answering("HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\nno").await).await;
        assert!(told.what.ends_with("answers 404 Not Found"), "{told}");
        assert!(told.hint.contains("is this the address"), "{told}");
    }
}
