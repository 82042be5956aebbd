//! Talks to the service.

use std::io::Write;

use super::{
    answers::{Port, Station, page},
    args::Status,
};
use crate::{
    cli::{
        failure::Failure,
        look::{Look, wrap},
    },
    model::Timestamp,
};

/// Prints all stations of a running service.
pub(in crate::cli) async fn status(args: &Status, look: Look, out: &mut impl Write) -> Result<(), Failure> {
    let api = args.service.api()?;
    let stations: Vec<Station> = api.get("stations").await?;
    for (n, station) in stations.iter().enumerate() {
        let ports: Vec<Port> = api.get(&format!("stations/{}/ports", station.station)).await?;
        let gap = if n == 0 { "" } else { "\n" };
        write!(out, "{gap}{}", page(station, ports, Timestamp::now()).text(look))?;
    }
    if let Some(trouble) = api.broker_trouble().await {
        let lines = wrap(&format!("MQTT: {trouble}"), look.width).join("\n");
        write!(out, "\n{lines}\n")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;
    use crate::cli::{api::Service, failure::Exit};

    async fn failure(url: &str) -> Failure {
        let args = Status { service: Service { url: url.into(), token: None } };
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
