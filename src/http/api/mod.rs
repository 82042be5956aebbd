//! The operations under `/api/v1`, one file per subject, and the OpenAPI document made from them.
//!
//! An operation checks who asks, finds the station, asks it through its handle or reads its picture, and shows the
//! answer. It decides nothing.

mod care;
mod changes;
mod charging;
mod check;
mod config;
mod devices;
mod events;
mod explanations;
mod exports;
mod health;
mod history;
mod host;
mod metrics;
mod modes;
mod parameters;
mod plans;
mod probe;
mod reports;
mod rule_tests;
mod rules;
mod seed;
mod series;
mod service;
mod shadow;
mod signals;
mod stations;
mod trying;
mod unknown;
mod versions;

use std::{collections::HashMap, sync::Arc};

use poem::{
    Endpoint, IntoEndpoint,
    endpoint::BoxEndpoint,
    http::{Method, StatusCode},
};
use poem_openapi::{
    OpenApi, OpenApiService, Tags,
    registry::{MetaApi, MetaPath, Registry},
};
use tokio::sync::watch;

use super::{problem::Problem, server::Services};
use crate::{
    controller::{Directory, Handle, NotAdjusted, NotCycled, NotTold, PortState, Refused, View},
    model::{PortId, ReportRejected, StationName},
    workshop::Closed,
};

/// The headings in Swagger UI.
#[derive(Tags)]
enum Heading {
    /// Devices say how full they are.
    Reports,
    /// Stations and their ports: what is, and who holds the switch.
    Stations,
    /// Where each device is and how it does.
    Devices,
    /// What happened and why.
    History,
    /// The station files and rules at work.
    Config,
    /// The rules: their texts and parameters, what they would do, and all versions that were at work.
    Rules,
    /// Everything that happens, as it happens.
    Events,
    /// The service itself, who may come in, and the host that it runs on.
    Service,
    /// For supervisors such as systemd.
    Health,
    /// The paths of the service before this one, for clients that were written for it.
    Smartcharger,
}

/// In groups, because one tuple of operations may have sixteen parts.
type Operations = (Now, Past, Trying, Around);
/// What is, and what is asked for.
type Now = (
    reports::Reports,
    stations::Stations,
    modes::Modes,
    probe::Probes,
    parameters::Parameters,
    plans::Plans,
    signals::Signals,
    devices::Devices,
    unknown::Unknown,
);
/// What was, and why.
type Past = (
    history::History,
    exports::Exports,
    explanations::Explanations,
    charging::Charging,
    care::Care,
    series::Courses,
);
/// The files, and what others would do.
type Trying = (
    config::Config,
    rules::Rules,
    rule_tests::RuleTests,
    versions::Versions,
    trying::Trials,
    check::Checks,
    shadow::Shadowing,
);
/// The service itself.
type Around =
    (events::EventStream, service::Itself, host::Host, health::Health, metrics::Metrics, seed::Smartcharger);

/// The operations as a description only, which needs no services.
pub(super) struct Described;

impl OpenApi for Described {
    fn meta() -> Vec<MetaApi> {
        // A path may stand in several parts; in the document it may stand only once.
        let mut paths: Vec<MetaPath> = Vec::new();
        for path in Operations::meta().into_iter().flat_map(|api| api.paths) {
            match paths.iter_mut().find(|known| known.path == path.path) {
                Some(known) => known.operations.extend(path.operations),
                None => paths.push(path),
            }
        }
        vec![MetaApi { paths }]
    }
    fn register(registry: &mut Registry) {
        Operations::register(registry);
    }
    fn add_routes(self, _: &mut HashMap<String, HashMap<Method, BoxEndpoint<'static>>>) {}
}

/// The OpenAPI document.
pub(super) fn document() -> OpenApiService<Described, ()> {
    OpenApiService::new(Described, "Smart Charging Station", env!("CARGO_PKG_VERSION"))
        .description(
            "Keeps the batteries of phones and tablets on a switchable USB hub healthy and ready. Devices report their \
             battery, rules decide, ports are switched.\n\nEvery error is a problem document (RFC 9457) with a stable \
             `code`. Times are RFC 3339. Unknown fields and parameters are refused.",
        )
        .license("MIT")
}

/// The endpoint of all operations.
pub(super) fn service(services: Services, stopped: watch::Receiver<bool>) -> impl Endpoint {
    let services = Arc::new(services);
    let of = || Arc::clone(&services);
    let now = (
        reports::Reports(of()),
        stations::Stations(of()),
        modes::Modes(of()),
        probe::Probes(of()),
        parameters::Parameters(of()),
        plans::Plans(of()),
        signals::Signals(of()),
        devices::Devices(of()),
        unknown::Unknown(of()),
    );
    let past = (
        history::History(of()),
        exports::Exports(of()),
        explanations::Explanations(of()),
        charging::Charging(of()),
        care::Care(of()),
        series::Courses(of()),
    );
    let trying = (
        config::Config(of()),
        rules::Rules(of()),
        rule_tests::RuleTests(of()),
        versions::Versions(of()),
        trying::Trials(of()),
        check::Checks(of()),
        shadow::Shadowing(of()),
    );
    let around = (
        events::EventStream::new(of(), stopped),
        service::Itself(of()),
        host::Host(of()),
        health::Health(of()),
        metrics::Metrics(of()),
        seed::Smartcharger(of()),
    );
    let operations: Operations = (now, past, trying, around);
    OpenApiService::new(operations, "", "").into_endpoint()
}

/// What is wrong when a station refuses.
fn refused(reason: &Refused) -> Problem {
    let code = reason.code();
    match reason {
        Refused::Report(
            ReportRejected::UnknownPort { .. }
            | ReportRejected::UnknownDevice(_)
            | ReportRejected::Unplaced(_),
        )
        | Refused::UnknownPort { .. }
        | Refused::UnknownSignal { .. }
        | Refused::NotTold(NotTold::UnknownTopic(_))
        | Refused::NotAdjusted(
            NotAdjusted::UnknownPort | NotAdjusted::UnknownRule { .. } | NotAdjusted::UnknownParameter(_),
        ) => Problem::not_found(code, reason.to_string()),
        Refused::Report(_)
        | Refused::NotTold(NotTold::NoTime(_) | NotTold::Past { .. })
        | Refused::NotAdjusted(NotAdjusted::WrongValue(_) | NotAdjusted::TooMany) => {
            Problem::unprocessable(code, reason.to_string())
        }
        Refused::NotCycled(NotCycled::UnknownPort) => Problem::not_found(code, reason.to_string()),
        Refused::NameTaken { .. } | Refused::ShownElsewhere { .. } | Refused::NotCycled(_) => {
            Problem::new(StatusCode::CONFLICT, code, reason.to_string())
        }
        Refused::Busy => Problem::unavailable(code, reason.to_string(), 1),
        Refused::Stopped => Problem::unavailable(code, reason.to_string(), 5),
        Refused::NotKept(_) => Problem::new(StatusCode::INSUFFICIENT_STORAGE, code, reason.to_string()),
    }
}

/// What is wrong when nothing could be tried.
fn closed(reason: Closed) -> Problem {
    match reason {
        Closed::Busy => Problem::unavailable("workshop_busy", reason.to_string(), 5),
        Closed::Failed => {
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "workshop_failed", reason.to_string())
        }
    }
}

/// The station of this name.
fn station(directory: &Directory, name: &StationName) -> Result<Handle, Problem> {
    directory.station(name.as_str()).ok_or_else(|| {
        let detail = match stations_named(directory) {
            names if names.is_empty() => {
                format!("there is no station `{name}`: none runs, see GET /api/v1/config")
            }
            names => format!("there is no station `{name}`: use one of {names}"),
        };
        Problem::not_found("unknown_station", detail)
    })
}

/// The station of this name, if it has such a port.
fn station_with(directory: &Directory, name: &StationName, number: PortId) -> Result<Handle, Problem> {
    let station = station(directory, name)?;
    port(&station.view(), number)?;
    Ok(station)
}

fn stations_named(directory: &Directory) -> String {
    // Enough to see the own mistake; a lab may have hundreds.
    let names: Vec<_> = directory.stations().keys().take(10).map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

/// The state of a port of a station.
fn port(view: &View, port: PortId) -> Result<&Arc<PortState>, Problem> {
    view.ports
        .get(&port)
        .ok_or_else(|| refused(&Refused::UnknownPort { station: view.station.name.clone(), port }))
}

#[cfg(test)]
mod tests {
    use poem::{error::ResponseError, http::header};

    use super::*;
    use crate::model::DeviceName;

    #[test]
    fn each_refusal_has_its_status() {
        let port = PortId::new(99).unwrap();
        let unknown = ReportRejected::UnknownPort { station: "desk".to_owned(), port };
        let cases = [
            (Refused::Report(unknown), 404, "unknown_port"),
            (Refused::UnknownPort { station: StationName::new("desk").unwrap(), port }, 404, "unknown_port"),
            (
                Refused::ShownElsewhere { device: DeviceName::new("phone").unwrap(), port },
                409,
                "device_elsewhere",
            ),
            (Refused::Busy, 503, "busy"),
            (Refused::Stopped, 503, "stopped"),
            (Refused::NotKept("disk full".to_owned()), 507, "not_kept"),
        ];
        for (reason, status, code) in cases {
            let response = refused(&reason).as_response();
            assert_eq!(response.status().as_u16(), status, "{reason}");
            assert_eq!(response.headers().contains_key(header::RETRY_AFTER), status == 503, "{reason}");
            assert_eq!(reason.code(), code);
        }
    }
}
