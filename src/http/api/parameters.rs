//! Parameters of rules, set for a device while the service runs.

use std::sync::Arc;

use poem_openapi::OpenApi;

use super::{Heading, port, refused, station, station_with};
use crate::{
    controller::{Adjust, Handle},
    http::{
        auth::{May, Operate, Read},
        dto::{ParameterOut, ValueIn},
        params::{ParameterName, Path},
        payload::{Body, Json},
        problem::Problem,
        server::Services,
    },
    model::{Author, PortId, RuleName, StationName},
};

pub(super) struct Parameters(pub(super) Arc<Services>);

#[OpenApi(prefix_path = "/api/v1", tag = "Heading::Stations")]
impl Parameters {
    /// The parameters of a port's rules
    ///
    /// With kind, description and all values, so that a form can be made from them: the rule's own value, what the station
    /// file says, what somebody set at run time, and the one that counts.
    #[oai(path = "/stations/:station/ports/:port/parameters", method = "get", operation_id = "parameters")]
    async fn all(
        &self,
        _may: May<Read>,
        /// The station's name.
        #[oai(name = "station")]
        name: Path<StationName>,
        /// The number on the housing.
        #[oai(name = "port")]
        number: Path<PortId>,
    ) -> Result<Json<Vec<ParameterOut>>, Problem> {
        let view = station(&self.0.directory, &name.0)?.view();
        Ok(Json(ParameterOut::all(&view, port(&view, number.0)?)))
    }

    /// Set a parameter for the device in a port
    ///
    /// The value lies over the station file, goes with the device to another port, and counts also after a restart, until
    /// `DELETE` gives the file's value back. It is checked as in a file: status 422 `wrong_value` says what is wrong. When
    /// later files have no use for it, it is kept and not applied. The answer comes once it is on disk.
    #[oai(
        path = "/stations/:station/ports/:port/parameters/:rule/:parameter",
        method = "put",
        operation_id = "set_parameter"
    )]
    async fn set(
        &self,
        may: May<Operate>,
        /// The station's name.
        #[oai(name = "station")]
        name: Path<StationName>,
        /// The number on the housing.
        #[oai(name = "port")]
        number: Path<PortId>,
        /// The rule.
        rule: Path<RuleName>,
        /// The parameter.
        parameter: Path<ParameterName>,
        body: Body<ValueIn>,
    ) -> Result<Json<Vec<ParameterOut>>, Problem> {
        let station = station_with(&self.0.directory, &name.0, number.0)?;
        let by = Author::Rest(may.0.name);
        let value = Some(body.0.value.0);
        let wish = Adjust { rule: rule.0, parameter: parameter.0.0, value, by };
        adjust(&station, number.0, wish).await
    }

    /// Give a parameter the file's value back
    ///
    /// Without a value set at run time this changes nothing.
    #[oai(
        path = "/stations/:station/ports/:port/parameters/:rule/:parameter",
        method = "delete",
        operation_id = "reset_parameter"
    )]
    async fn reset(
        &self,
        may: May<Operate>,
        /// The station's name.
        #[oai(name = "station")]
        name: Path<StationName>,
        /// The number on the housing.
        #[oai(name = "port")]
        number: Path<PortId>,
        /// The rule.
        rule: Path<RuleName>,
        /// The parameter.
        parameter: Path<ParameterName>,
    ) -> Result<Json<Vec<ParameterOut>>, Problem> {
        let station = station_with(&self.0.directory, &name.0, number.0)?;
        let by = Author::Rest(may.0.name);
        let wish = Adjust { rule: rule.0, parameter: parameter.0.0, value: None, by };
        adjust(&station, number.0, wish).await
    }
}

async fn adjust(station: &Handle, number: PortId, wish: Adjust) -> Result<Json<Vec<ParameterOut>>, Problem> {
    let state = station.adjust(number, wish).await.map_err(|reason| refused(&reason))?;
    Ok(Json(ParameterOut::all(&station.view(), &state)))
}
