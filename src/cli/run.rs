//! `scs run`: the service.

use tokio::sync::{oneshot, watch};

use super::{args::Run, failure::Failure, service::serve};
use crate::{controller::Clock, http::Stage};

/// Runs the service until it is asked to stop.
pub(super) async fn run(args: &Run, environment: &dyn Fn(&str) -> Option<String>) -> Result<(), Failure> {
    let mut settings = args.settings.load(environment).map_err(Failure::settings)?;
    if !args.stations.is_empty() {
        settings.stations.clone_from(&args.stations);
    }
    let (ready, _) = oneshot::channel();
    serve(settings, Clock::real(), Stage::World, ready, watch::Sender::new(false), None).await
}
