//! The two paths of the service before this one. A client written for it works unchanged.

use std::{sync::Arc, time::Duration};

use poem::{IntoResponse, Request, RequestBody, Response, http::StatusCode};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ApiResponse, ExtractParamOptions, Object, OpenApi,
    registry::{MetaMediaType, MetaRequest, MetaResponse, MetaResponses, Registry},
    types::{Any, Type},
};
use serde::Serialize;

use super::Heading;
use crate::{
    controller::{Handle, Refused},
    http::{
        auth::{Caller, May, Operate, Read},
        params::{Parameter, Path},
        payload::{self, json_response},
        seed::{self, Command},
        server::Services,
    },
    model::{Author, BatteryReport, DeviceName, Mode, PortId, Power},
};

/// The old service ran `uhubctl` before it answered; so long it may take with a slow hub and two tries.
const SWITCH_LIMIT: Duration = Duration::from_secs(20);

pub(super) struct Smartcharger(pub(super) Arc<Services>);

#[OpenApi(prefix_path = "/api/smartcharger", tag = "Heading::Smartcharger")]
impl Smartcharger {
    /// Whether a port has power, as seen on the hub
    #[oai(path = "/state/:port", method = "get", operation_id = "smartcharger_state")]
    async fn state(
        &self,
        _may: May<Read>,
        /// The number on the housing.
        port: Path<OldPort>,
    ) -> Answer {
        match self.find(port.0) {
            Ok((station, port)) => measured(&station, port),
            Err(answer) => answer,
        }
    }

    /// Switch a port by hand
    ///
    /// The same as mode `on` or `off` without an end. `device_name` names the device in the port, `battery_level` counts
    /// as a report; both may be left out. Answers with the state as seen on the hub, within 20 s.
    #[oai(path = "/command/:port", method = "post", operation_id = "smartcharger_command")]
    async fn command(
        &self,
        may: May<Operate>,
        /// The number on the housing.
        port: Path<OldPort>,
        body: OldBody,
    ) -> Answer {
        let command = match Command::read(&body.0) {
            Ok(command) => command,
            Err(error) => return Answer::error(StatusCode::BAD_REQUEST, error),
        };
        let (station, port) = match self.find(port.0) {
            Ok(found) => found,
            Err(answer) => return answer,
        };
        // Before anything is done: a command that is wrong in any part changes nothing.
        if let (Some(_), Some(name)) = (command.power, &command.device) {
            let view = station.view();
            let elsewhere = view.shown_elsewhere(name, port);
            let free = match elsewhere {
                Some(port) => Err(Refused::ShownElsewhere { device: name.clone(), port }),
                None => self.0.directory.check_name(&view.station.name, name),
            };
            if let Err(answer) = kept(free) {
                return answer;
            }
        }
        match obey(&station, port, command, &may.0).await {
            Ok(()) => measured(&station, port),
            Err(answer) => answer,
        }
    }
}

impl Smartcharger {
    fn find(&self, port: OldPort) -> Result<(Handle, PortId), Answer> {
        let Some(station) = seed::station(&self.0.directory.stations()) else {
            return Err(Answer::error(StatusCode::SERVICE_UNAVAILABLE, "no station runs"));
        };
        let port = port.0.filter(|port| station.changed().borrow().ports.contains_key(port));
        port.map(|port| (station, port)).ok_or_else(|| Answer::error(StatusCode::NOT_FOUND, seed::WRONG_PORT))
    }
}

/// Does what a command says, all of it or nothing, then waits until the switch is seen.
///
/// The mode comes first: a device that has just been named would else be charged for the moment until then.
async fn obey(station: &Handle, port: PortId, command: Command, caller: &Caller) -> Result<(), Answer> {
    let Some(power) = command.power else {
        return Err(Answer::error(StatusCode::NOT_FOUND, seed::WRONG_COMMAND));
    };
    let by = || Author::Seed(caller.name.clone());
    let mode = Mode { kind: power.mode(), by: by(), ..Mode::default() };
    kept(station.set_mode(port, mode).await)?;
    if let Some(name) = command.device.filter(|name| device(station, port).as_ref() != Some(name)) {
        kept(station.name_device(port, Some(name), by()).await)?;
    }
    if let Some(level) = command.level {
        let report =
            BatteryReport { device: None, port, level, charging: None, temperature: None, measured_at: None };
        kept(station.report(report).await)?;
    }
    let mut pictures = station.changed();
    let seen =
        pictures.wait_for(|view| view.ports.get(&port).is_none_or(|state| state.actual == Some(power)));
    // When it does not show in time the client is told what does show, as the old service did. An error means that the
    // station stops: the same.
    let _not_in_time = tokio::time::timeout(SWITCH_LIMIT, seen).await;
    Ok(())
}

fn device(station: &Handle, port: PortId) -> Option<DeviceName> {
    station.changed().borrow().ports.get(&port)?.device().cloned()
}

/// What is done counts as done here, also when it could not be written down: the log and the events tell of that.
fn kept<T>(result: Result<T, Refused>) -> Result<(), Answer> {
    match result {
        Ok(_) | Err(Refused::NotKept(_)) => Ok(()),
        Err(reason @ (Refused::Busy | Refused::Stopped)) => {
            Err(Answer::error(StatusCode::SERVICE_UNAVAILABLE, reason.to_string()))
        }
        Err(Refused::UnknownPort { .. }) => Err(Answer::error(StatusCode::NOT_FOUND, seed::WRONG_PORT)),
        Err(reason @ (Refused::NameTaken { .. } | Refused::ShownElsewhere { .. })) => {
            Err(Answer::error(StatusCode::CONFLICT, reason.to_string()))
        }
        Err(reason) => Err(Answer::error(StatusCode::BAD_REQUEST, reason.to_string())),
    }
}

fn measured(station: &Handle, port: PortId) -> Answer {
    match station.changed().borrow().ports.get(&port).and_then(|state| state.actual) {
        Some(power) => Answer::State(power),
        None => Answer::error(StatusCode::SERVICE_UNAVAILABLE, "the state of the port is not known"),
    }
}

/// A port number as the old paths take it: whatever is no port is a port that is not there.
#[derive(Clone, Copy)]
struct OldPort(Option<PortId>);

impl Parameter for OldPort {
    fn schema() -> poem_openapi::registry::MetaSchema {
        <PortId as Parameter>::schema()
    }
    fn parse(text: &str) -> Result<Self, String> {
        Ok(Self(text.parse().ok()))
    }
}

/// A body as the old path takes it.
struct OldBody(Vec<u8>);

/// What the old command takes, for the OpenAPI document; it is read by hand, more leniently.
#[derive(Object)]
#[oai(rename = "SmartchargerCommand", read_only_all)]
struct OldCommand {
    /// `ON` or `OFF`.
    command: String,
    /// The name of the device in the port; empty: it keeps its name.
    device_name: Option<String>,
    /// State of charge in percent, a number or a text; empty: no report.
    battery_level: Option<Any<serde_json::Value>>,
}

impl<'a> ApiExtractor<'a> for OldBody {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        OldCommand::register(registry);
    }
    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest {
            description: None,
            content: vec![MetaMediaType {
                content_type: "application/json",
                schema: OldCommand::schema_ref(),
            }],
            required: true,
        })
    }
    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        Ok(Self(payload::read(request, body, payload::BODY_LIMIT).await?.to_vec()))
    }
}

/// An error on the old paths.
#[derive(Debug, Serialize, Object)]
#[oai(rename = "SmartchargerError")]
struct OldError {
    /// What is wrong.
    error: String,
}

/// An answer on the old paths.
enum Answer {
    State(Power),
    Error(StatusCode, OldError),
}

impl Answer {
    fn error(status: StatusCode, error: impl Into<String>) -> Self {
        Self::Error(status, OldError { error: error.into() })
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        match self {
            Self::State(power) => json_response(StatusCode::OK, &power.upper()),
            Self::Error(status, error) => json_response(status, &error),
        }
    }
}

impl ApiResponse for Answer {
    fn meta() -> MetaResponses {
        let answer = |status, description, schema| MetaResponse {
            description,
            status,
            status_range: None,
            content: vec![MetaMediaType { content_type: "application/json", schema }],
            headers: vec![],
        };
        MetaResponses {
            responses: vec![
                answer(Some(200), "`\"ON\"` or `\"OFF\"`, as seen on the hub.", String::schema_ref()),
                answer(None, "An error.", OldError::schema_ref()),
            ],
        }
    }

    fn register(registry: &mut Registry) {
        OldError::register(registry);
    }
}
