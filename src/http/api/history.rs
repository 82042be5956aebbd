//! What happened and why, read from history.

use std::sync::Arc;

use poem_openapi::OpenApi;

use super::{Heading, port, station};
use crate::{
    history::{Before, Filter, ReadError, Scope, Stored},
    http::{
        auth::{May, Read},
        dto::{
            DecisionDetail, DecisionOut, DecisionsOut, EventRow, EventsOut, ReportRow, ReportsOut, SwitchRow,
            SwitchesOut,
        },
        params::{Limit, Page, Path, Query},
        payload::Json,
        problem::Problem,
        server::Services,
    },
    model::{DecisionId, DeviceName, PortId, StationName},
};

pub(super) struct History(pub(super) Arc<Services>);

#[OpenApi(prefix_path = "/api/v1", tag = "Heading::History")]
impl History {
    /// Decisions, the newest first
    ///
    /// A station or port that was removed may be asked for as long as it has a past.
    #[oai(path = "/decisions", method = "get", operation_id = "decisions")]
    async fn decisions(
        &self,
        _may: May<Read>,
        /// Only of this station.
        station: Query<StationName>,
        /// Only of this port; needs `station`.
        port: Query<PortId>,
        /// Only of this device.
        device: Query<DeviceName>,
        /// Only what was before this: a time, or `next` of the page before.
        before: Query<Page>,
        /// How many at most.
        limit: Query<Limit>,
    ) -> Result<Json<DecisionsOut>, Problem> {
        let filter = filter(station.0, port.0, device.0, before.0, limit.0)?;
        let (scope, limit) = (filter.scope.clone(), filter.limit);
        self.settle().await;
        let found = self.0.reader.decisions(filter).await.map_err(|error| unreadable(&error))?;
        let decisions = found.iter().map(|row| DecisionOut::from(&row.value)).collect();
        Ok(Json(DecisionsOut { decisions, next: self.next(&found, scope, limit).await? }))
    }

    /// One decision, explained
    ///
    /// With the facts it was made from, and what the later rules would have said, computed now from the same facts.
    #[oai(path = "/stations/:station/decisions/:id", method = "get", operation_id = "decision")]
    async fn decision(
        &self,
        _may: May<Read>,
        /// The station's name.
        #[oai(name = "station")]
        name: Path<StationName>,
        /// The decision's number.
        id: Path<DecisionId>,
    ) -> Result<Json<DecisionDetail>, Problem> {
        let mut found = self.find(&name.0, id.0).await?;
        if found.is_none() {
            // It may have been made a moment ago.
            self.settle().await;
            found = self.find(&name.0, id.0).await?;
        }
        let Some(decision) = found else {
            station(&self.0.directory, &name.0)?;
            return Err(Problem::not_found(
                "unknown_decision",
                format!(
                    "station `{}` has no decision {}: it may have been removed with its age",
                    name.0, id.0
                ),
            ));
        };
        // A station that was removed still has its past; nobody can be asked any more.
        let view = self.0.directory.station(name.0.as_str()).map(|station| station.view());
        let overruled = view.as_ref().map(|view| view.overruled(&decision)).unwrap_or_default();
        let asked = view.as_ref().map(|view| view.station.version.as_str());
        Ok(Json(DecisionDetail::new(&decision, &overruled, asked)))
    }

    /// Reports that were taken, the newest first
    ///
    /// A station or port that was removed may be asked for as long as it has a past.
    #[oai(path = "/reports", method = "get", operation_id = "reports")]
    async fn reports(
        &self,
        _may: May<Read>,
        /// Only of this station.
        station: Query<StationName>,
        /// Only of this port; needs `station`.
        port: Query<PortId>,
        /// Only of this device.
        device: Query<DeviceName>,
        /// Only what was before this: a time, or `next` of the page before.
        before: Query<Page>,
        /// How many at most.
        limit: Query<Limit>,
    ) -> Result<Json<ReportsOut>, Problem> {
        let filter = filter(station.0, port.0, device.0, before.0, limit.0)?;
        let (scope, limit) = (filter.scope.clone(), filter.limit);
        self.settle().await;
        let found = self.0.reader.reports(filter).await.map_err(|error| unreadable(&error))?;
        let reports = found.iter().map(ReportRow::from).collect();
        Ok(Json(ReportsOut { reports, next: self.next(&found, scope, limit).await? }))
    }

    /// Switches and what was seen afterwards, the newest first
    ///
    /// A station or port that was removed may be asked for as long as it has a past.
    #[oai(path = "/switches", method = "get", operation_id = "switches")]
    async fn switches(
        &self,
        _may: May<Read>,
        /// Only of this station.
        station: Query<StationName>,
        /// Only of this port; needs `station`.
        port: Query<PortId>,
        /// Only what was before this: a time, or `next` of the page before.
        before: Query<Page>,
        /// How many at most.
        limit: Query<Limit>,
    ) -> Result<Json<SwitchesOut>, Problem> {
        let filter = filter(station.0, port.0, None, before.0, limit.0)?;
        let (scope, limit) = (filter.scope.clone(), filter.limit);
        self.settle().await;
        let found = self.0.reader.switches(filter).await.map_err(|error| unreadable(&error))?;
        let switches = found.iter().map(SwitchRow::from).collect();
        Ok(Json(SwitchesOut { switches, next: self.next(&found, scope, limit).await? }))
    }

    /// Events of the past, the newest first
    ///
    /// What the event stream told, but for `reported`, `decided` and `switched`: reports, decisions and switches have
    /// lists of their own. A station or port that was removed may be asked for as long as it has a past.
    #[oai(path = "/events/past", method = "get", operation_id = "past_events")]
    async fn events(
        &self,
        _may: May<Read>,
        /// Only of this station.
        station: Query<StationName>,
        /// Only of this port; needs `station`.
        port: Query<PortId>,
        /// Only what was before this: a time, or `next` of the page before.
        before: Query<Page>,
        /// How many at most.
        limit: Query<Limit>,
    ) -> Result<Json<EventsOut>, Problem> {
        let filter = filter(station.0, port.0, None, before.0, limit.0)?;
        let (scope, limit) = (filter.scope.clone(), filter.limit);
        self.settle().await;
        let found = self.0.reader.events(filter).await.map_err(|error| unreadable(&error))?;
        let events = found.iter().map(EventRow::from).collect();
        Ok(Json(EventsOut { events, next: self.next(&found, scope, limit).await? }))
    }
}

impl History {
    async fn find(
        &self,
        station: &StationName,
        id: DecisionId,
    ) -> Result<Option<crate::model::Decision>, Problem> {
        self.0.reader.decision(station, id).await.map_err(|error| unreadable(&error))
    }

    /// What to give as `before` for the page after this one, when there may be one.
    async fn next<T: Sync>(
        &self,
        page: &[Stored<T>],
        scope: Scope,
        limit: u32,
    ) -> Result<Option<String>, Problem> {
        let Some(last) = page.last() else {
            self.check_place(scope).await?;
            return Ok(None);
        };
        let is_full = u32::try_from(page.len()).is_ok_and(|rows| rows >= limit);
        Ok(is_full.then(|| last.number.to_string()))
    }

    /// Nothing was found: when the place does not run and has no past either, its name is a mistake.
    async fn check_place(&self, scope: Scope) -> Result<(), Problem> {
        let directory = &self.0.directory;
        let running = match &scope {
            Scope::All => return Ok(()),
            Scope::Station(name) => station(directory, name).map(drop),
            Scope::Port(name, number) => {
                station(directory, name).and_then(|station| port(&station.view(), *number).map(drop))
            }
        };
        let Err(unknown) = running else { return Ok(()) };
        // Where something was reported, switched or told, something was decided.
        let past = Filter { scope, limit: 1, ..Filter::default() };
        let past = self.0.reader.decisions(past).await.map_err(|error| unreadable(&error))?;
        if past.is_empty() { Err(unknown) } else { Ok(()) }
    }

    /// Has written what is still on its way, so that people see what they just did.
    async fn settle(&self) {
        if let Err(error) = self.0.reader.flush().await {
            // What is on disk is shown all the same.
            tracing::debug!(%error, "history could not be flushed before a read");
        }
    }
}

fn filter(
    station: Option<StationName>,
    port: Option<PortId>,
    device: Option<DeviceName>,
    before: Option<Page>,
    limit: Option<Limit>,
) -> Result<Filter, Problem> {
    let scope = match (station, port) {
        (None, None) => Scope::All,
        (Some(station), None) => Scope::Station(station),
        (Some(station), Some(port)) => Scope::Port(station, port),
        (None, Some(_)) => {
            return Err(Problem::unprocessable(
                "station_needed",
                "`port` needs `station`: every station has a port 1",
            ));
        }
    };
    let before = before.map(|page| match page {
        Page::Number(number) => Before::Number(number),
        Page::Time(time) => Before::Time(time.0),
    });
    Ok(Filter { scope, device, before, limit: u32::from(limit.unwrap_or_default().0) })
}

pub(super) fn unreadable(error: &ReadError) -> Problem {
    tracing::warn!(%error, "history could not be read");
    Problem::unavailable("history_unreadable", error.to_string(), 2)
}
