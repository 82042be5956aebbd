//! What happened and why, read from history.

use std::sync::Arc;

use poem_openapi::OpenApi;

use super::{Heading, port, station};
use crate::{
    history::{Filter, ReadError, Scope, Stored},
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
        wire::Time,
    },
    model::{Decision, DecisionId, DeviceName, PortId, StationName},
};

pub(super) struct History(pub(super) Arc<Services>);

#[OpenApi(prefix_path = "/api/v1", tag = "Heading::History")]
impl History {
    /// Decisions, the newest first
    ///
    /// A station or port that was removed may be asked for as long as it has a past.
    #[oai(path = "/decisions", method = "get", operation_id = "decisions")]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the address")]
    async fn decisions(
        &self,
        _may: May<Read>,
        /// Only of this station.
        station: Query<StationName>,
        /// Only of this port; needs `station`.
        port: Query<PortId>,
        /// Only of this device.
        device: Query<DeviceName>,
        /// Only what was at this time or later.
        since: Query<Time>,
        /// Only what was before this: a time, or `next` of the page before.
        before: Query<Page>,
        /// How many at most.
        limit: Query<Limit>,
    ) -> Result<Json<DecisionsOut>, Problem> {
        let since = since.0.map(|since| since.0);
        let filter = Filter { since, ..filter(station.0, port.0, device.0, before.0, limit.0)? };
        let (scope, limit) = (filter.scope.clone(), filter.limit);
        self.settle().await;
        let found = self.0.reader.decisions(filter).await.map_err(|error| unreadable(&error))?;
        let decisions = found.iter().map(|row| DecisionOut::from(&row.value)).collect();
        Ok(Json(DecisionsOut { decisions, next: self.next(&found, scope, limit).await? }))
    }

    /// One decision, explained
    ///
    /// With the facts it was made from, and what the rules that came too late would have said, computed now from the same
    /// facts by the version that decided. `…/explanation` has the whole way through each rule.
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
        let decision = decision(&self.0, &name.0, id.0).await?;
        let decision = Arc::new(decision);
        // Where the files that decided are not kept any more, nobody can be asked.
        let overruled = self.0.workshop.overruled(Arc::clone(&decision)).await.ok();
        let asked = overruled.is_some().then(|| decision.version.as_str());
        Ok(Json(DecisionDetail::new(&decision, overruled.as_deref().unwrap_or_default(), asked)))
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
    /// What to give as `before` for the page after this one, when there may be one.
    async fn next<T: Sync>(
        &self,
        page: &[Stored<T>],
        scope: Scope,
        limit: u32,
    ) -> Result<Option<String>, Problem> {
        let Some(last) = page.last() else {
            check_place(&self.0, scope).await?;
            return Ok(None);
        };
        let is_full = u32::try_from(page.len()).is_ok_and(|rows| rows >= limit);
        Ok(is_full.then(|| last.number.to_string()))
    }

    async fn settle(&self) {
        settle(&self.0).await;
    }
}

/// When a place does not run and has no past either, its name is a mistake.
pub(super) async fn check_place(services: &Services, scope: Scope) -> Result<(), Problem> {
    let directory = &services.directory;
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
    let past = services.reader.decisions(past).await.map_err(|error| unreadable(&error))?;
    if past.is_empty() { Err(unknown) } else { Ok(()) }
}

/// One decision, complete.
pub(super) async fn decision(
    services: &Services,
    name: &StationName,
    id: DecisionId,
) -> Result<Decision, Problem> {
    let find = async || services.reader.decision(name, id).await.map_err(|error| unreadable(&error));
    let mut found = find().await?;
    if found.is_none() {
        // It may have been made a moment ago.
        settle(services).await;
        found = find().await?;
    }
    if let Some(decision) = found {
        return Ok(decision);
    }
    station(&services.directory, name)?;
    let detail = format!("station `{name}` has no decision {id}: it may have been removed with its age");
    Err(Problem::not_found("unknown_decision", detail))
}

/// Has written what is still on its way, so that people see what they just did.
pub(super) async fn settle(services: &Services) {
    if let Err(error) = services.reader.flush().await {
        // What is on disk is shown all the same.
        tracing::debug!(%error, "history could not be flushed before a read");
    }
}

pub(super) fn filter(
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
    let (before, until) = match before {
        None => (None, None),
        Some(Page::Number(number)) => (Some(number), None),
        Some(Page::Time(time)) => (None, Some(time.0)),
    };
    let limit = u32::from(limit.unwrap_or_default().0);
    Ok(Filter { scope, device, before, until, limit, ..Filter::default() })
}

/// What is wrong when the past cannot be read.
pub(super) fn unreadable(error: &ReadError) -> Problem {
    tracing::warn!(%error, "history could not be read");
    Problem::unavailable("history_unreadable", error.to_string(), 2)
}
