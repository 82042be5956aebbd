//! Runs the service in this process while a search needs one and nobody else runs it.

use std::io::Write;

use reqwest::Url;
use tokio::sync::{oneshot, watch};

use super::args::Identify;
use crate::{
    app::{self, Options, Running},
    cli::{
        api::Api,
        failure::{Exit, Failure},
        service::reachable,
    },
    controller::Clock,
    history::{Role, TokenStore},
    http::{Access, Stage},
    model::Timestamp,
    settings::Settings,
};

/// Whether an address is one of this machine, so that a service for it can run here.
pub(super) fn is_here(url: &str) -> bool {
    let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    host.is_some_and(|host| {
        let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    })
}

/// Runs the service, and `work` on it; ends it in order when `work` is done.
pub(super) async fn host<W: Write>(
    args: &Identify,
    environment: &dyn Fn(&str) -> Option<String>,
    out: &mut W,
    work: impl AsyncFnOnce(Api, &mut W) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let settings = args.settings.load(environment).map_err(Failure::settings)?;
    let pass = Pass::make(args, &settings)?;
    let (ready, running) = oneshot::channel();
    let (stop, stopped) = watch::channel(false);
    let options = Options { settings, clock: Clock::real(), stage: Stage::World, stop: stopped, ready };
    let mut service = Box::pin(app::run(options));
    let mut whole = Box::pin(async {
        let Ok(Running { address, .. }) = running.await else {
            // The service has ended before it ran, and says why itself.
            return std::future::pending().await;
        };
        let url = reachable(address);
        writeln!(out, "No service runs, so it runs here until the search ends: devices report to {url}")?;
        work(Api::new(&url, pass.secret())?, out).await
    });
    let done = tokio::select! {
        ended = &mut service => {
            ended?;
            return Err(Failure::new(Exit::Defect, "the service ended during the search", ""));
        }
        done = &mut whole => done,
    };
    drop(whole);
    // The service holds the receiver until it has ended.
    let _ = stop.send(true);
    service.await?;
    done
}

/// The token of a search where everybody needs one; it is gone with the search.
struct Pass {
    given: Option<String>,
    made: Option<(TokenStore, String)>,
}

impl Pass {
    fn make(args: &Identify, settings: &Settings) -> Result<Self, Failure> {
        let is_open = match settings.http.access {
            Access::Open => true,
            Access::Auto => settings.http.listen.ip().is_loopback(),
            Access::Tokens => false,
        };
        if is_open || args.service.token.is_some() {
            return Ok(Self { given: args.service.token.clone(), made: None });
        }
        let store = TokenStore::open(&settings.history.path)?;
        let now = Timestamp::now();
        let name = format!("identify {}", now.strftime("%F %T%.3f"));
        let secret = store.add(&name, &Role::Operate, now)?;
        Ok(Self { given: Some(secret), made: Some((store, name)) })
    }

    fn secret(&self) -> Option<&str> {
        self.given.as_deref()
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        if let Some((store, name)) = &self.made
            && let Err(error) = store.remove(name)
        {
            tracing::warn!(
                "the token `{name}` of this search stays, remove it by `scs token remove`: {error}"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_this_machine_are_here() {
        for here in ["http://127.0.0.1:5000", "http://localhost:80/", "http://[::1]:5000"] {
            assert!(is_here(here), "{here}");
        }
        for elsewhere in ["http://10.0.0.7:5000", "http://desk:5000", "127.0.0.1:5000", ""] {
            assert!(!is_here(elsewhere), "{elsewhere}");
        }
    }
}
