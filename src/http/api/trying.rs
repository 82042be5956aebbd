//! What an edit would change, before it is made; and the past decided again.

use std::sync::Arc;

use poem::http::StatusCode;
use poem_openapi::{OpenApi, registry::MetaSchema};

use super::{Heading, closed, history::unreadable, station};
use crate::{
    http::{
        auth::{Edit, May, Read},
        dto::{DiagnosticOut, PastOut, TriedOut, TryIn},
        params::{Parameter, Query},
        payload::{Body, FILES_LIMIT, Json},
        problem::Problem,
        server::Services,
    },
    model::{Lengths, Span, StationName, Timestamp, Version, length},
    workshop::{LONGEST_PAST, NoPlan, Trying, Untried},
};

/// What people mean by the last days.
const USUAL: Span = Span::from_hours(7 * 24);
const LENGTHS: Lengths = Lengths {
    shortest: Span::from_mins(1),
    longest: LONGEST_PAST,
    allowed: "`since` is a length of time, `1 min` to `366 days`",
};
/// Four weeks show every rhythm that a household has.
const MOST_DAYS: u8 = 28;
const USUAL_DAYS: u8 = 7;

/// How far back is looked.
pub(super) struct Since(Span);

impl Parameter for Since {
    fn schema() -> MetaSchema {
        MetaSchema { example: Some(serde_json::json!("7 days")), ..MetaSchema::new("string") }
    }
    fn parse(text: &str) -> Result<Self, String> {
        length(text, &LENGTHS).map(Self)
    }
}

pub(super) struct Trials(pub(super) Arc<Services>);

#[OpenApi(prefix_path = "/api/v1", tag = "Heading::Config")]
impl Trials {
    /// What an edit of rules and stations would change
    ///
    /// Nothing is changed by asking. The answer says in which situations the verdict would be another one, which decisions of
    /// the last days would have been otherwise, and what the next simulated days look like beside today's. Status 422
    /// `config_rejected` lists what is wrong with the edited files.
    #[oai(path = "/rules/try", method = "post", operation_id = "try_edit")]
    async fn attempt(
        &self,
        _may: May<Edit>,
        body: Body<TryIn, FILES_LIMIT>,
    ) -> Result<Json<TriedOut>, Problem> {
        let wrong = |detail: String| Problem::unprocessable("invalid_value", detail);
        let TryIn { edits, complete, against, since, days } = body.0;
        let now = self.0.clock.now();
        let since = since.map_or(Ok(USUAL), |text| length(&text, &LENGTHS)).map_err(wrong)?;
        let days = days.unwrap_or(USUAL_DAYS);
        if days > MOST_DAYS {
            return Err(wrong(format!("`days` is {days}: use a number from 0 to {MOST_DAYS}")));
        }
        let edits = edits.into_iter().map(Into::into).collect();
        let against = against.map(|version| Version::new(&version));
        let trying = Trying { edits, complete, against, since: Some(earlier(now, since)), now, days };
        let tried = self.0.workshop.attempt(trying).await.map_err(|reason| untried(&reason))?;
        Ok(Json(TriedOut::from(&tried)))
    }

    /// The last days decided again by the rules of today
    ///
    /// Every decision is decided again from the facts that were recorded with it. What would be otherwise is listed with
    /// both reasons; decisions in a row that differ in the same way are one row.
    #[oai(path = "/replay", method = "get", operation_id = "replay")]
    async fn replay(
        &self,
        _may: May<Read>,
        /// How far back: `1 min` to `366 days`; `7 days` when it is left out.
        since: Query<Since>,
        /// Only of this station.
        #[oai(name = "station")]
        name: Query<StationName>,
    ) -> Result<Json<PastOut>, Problem> {
        if let Some(name) = &name.0 {
            station(&self.0.directory, name)?;
        }
        let since = earlier(self.0.clock.now(), since.0.map_or(USUAL, |since| since.0));
        let past = self.0.workshop.replay(name.0, since).await.map_err(|reason| untried(&reason))?;
        Ok(Json(PastOut::from(&past)))
    }
}

fn earlier(now: Timestamp, by: Span) -> Timestamp {
    now.checked_sub(by).unwrap_or(Timestamp::MIN)
}

fn untried(reason: &Untried) -> Problem {
    match reason {
        Untried::Closed(reason) => closed(*reason),
        Untried::TooLong => Problem::unavailable("took_too_long", reason.to_string(), 60),
        Untried::Unreadable(error) => unreadable(error),
        Untried::NoPlan(NoPlan::Closed(reason)) => closed(*reason),
        Untried::NoPlan(NoPlan::History(error)) => unreadable(error),
        Untried::NoPlan(NoPlan::Unknown(version)) => {
            let detail = format!("version `{version}` is not kept: see GET /api/v1/versions");
            Problem::not_found("unknown_version", detail)
        }
        Untried::NoPlan(NoPlan::Refused(_)) => {
            Problem::new(StatusCode::CONFLICT, "version_refused", reason.to_string())
        }
        Untried::Broken(problems) => {
            let count = match problems.len() {
                1 => "1 problem".to_owned(),
                several => format!("{several} problems"),
            };
            let detail = format!("the edited files would not be taken ({count})");
            Problem::unprocessable("config_rejected", detail)
                .with_problems(problems.iter().map(DiagnosticOut::from).collect())
        }
    }
}
