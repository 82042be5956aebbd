//! The set of rules in shadow: start it, look at it, make its changes in the files, or drop it.

use std::sync::Arc;

use poem::http::StatusCode;
use poem_openapi::OpenApi;

use super::{Heading, changes::not_changed};
use crate::{
    history::Stored,
    http::{
        auth::{Edit, May, Read},
        dto::{DiagnosticOut, PromotedOut, ShadowDecisionsOut, ShadowIn, ShadowOut},
        params::{Limit, Query},
        payload::{Body, Json},
        problem::Problem,
        server::Services,
    },
    model::{Author, DecisionId, Diagnostic, Origin, ShadowDecision, ShadowEnd, Source},
    workshop::{Condition, NotShadowed, Shadow, Wish},
};

/// So many of the last differing decisions are shown with the shadow itself.
const LAST: u32 = 20;
/// More files than this are not one idea.
const EDITS: usize = 64;

pub(super) struct Shadowing(pub(super) Arc<Services>);

#[OpenApi(prefix_path = "/api/v1", tag = "Heading::Config")]
impl Shadowing {
    /// What runs in shadow, and where it differs
    ///
    /// Status 404 `no_shadow`: nothing does.
    #[oai(path = "/shadow", method = "get", operation_id = "shadow")]
    async fn shadow(&self, _may: May<Read>) -> Result<Json<ShadowOut>, Problem> {
        let shadow = self.present()?;
        Ok(Json(self.shown(&shadow).await?))
    }

    /// Decisions from which the shadow differs, the newest first
    #[oai(path = "/shadow/decisions", method = "get", operation_id = "shadow_decisions")]
    async fn decisions(
        &self,
        _may: May<Read>,
        /// Only what was before this: `next` of the page before.
        before: Query<DecisionId>,
        /// How many at most.
        limit: Query<Limit>,
    ) -> Result<Json<ShadowDecisionsOut>, Problem> {
        let shadow = self.present()?;
        let limit = limit.0.unwrap_or_default().0;
        let found = self.read(&shadow, before.0, u32::from(limit) + 1).await?;
        Ok(Json(ShadowDecisionsOut::new(found, usize::from(limit))))
    }

    /// Ask a changed set of rules in shadow
    ///
    /// The edits are laid over the files at work and checked like these; status 422 `shadow_rejected` says what is wrong.
    /// From then on both sets are asked with the same facts, and where the shadow decides otherwise, that is counted and
    /// written down. It decides nothing. It goes on over restarts and follows changes of other files, until it is promoted,
    /// dropped, or another one takes its place.
    #[oai(path = "/shadow", method = "put", operation_id = "start_shadow")]
    async fn start(&self, may: May<Edit>, body: Body<ShadowIn>) -> Result<Json<ShadowOut>, Problem> {
        let invalid = |detail: String| Problem::unprocessable("invalid_value", detail);
        let edits = body.0.edits;
        if edits.is_empty() || edits.len() > EDITS {
            return Err(invalid(format!("`edits` has {} files: give 1 to {EDITS}", edits.len())));
        }
        let checked: Result<Vec<_>, _> = edits.into_iter().map(|edit| edit.checked()).collect();
        let checked = checked.map_err(invalid)?;
        for (n, edit) in checked.iter().enumerate() {
            if checked.iter().take(n).any(|other| other.kind == edit.kind && other.name == edit.name) {
                let kind = edit.kind.as_str();
                return Err(invalid(format!("the {kind} `{}` stands twice in `edits`", edit.name)));
            }
        }
        let by = Author::Rest(may.0.name);
        let shadow = self.0.shadows.start(checked, by).await.map_err(|reason| not_shadowed(&reason))?;
        Ok(Json(self.shown(&shadow).await?))
    }

    /// Drop what runs in shadow
    ///
    /// The answer is what it was in the end.
    #[oai(path = "/shadow", method = "delete", operation_id = "drop_shadow")]
    async fn end(&self, may: May<Edit>) -> Result<Json<ShadowOut>, Problem> {
        let shadow = self.present()?;
        let shown = self.shown(&shadow).await?;
        let by = Author::Rest(may.0.name);
        let ended = self.0.shadows.end(shadow.id, ShadowEnd::Dropped, by).await;
        ended.map_err(|reason| not_shadowed(&reason))?;
        Ok(Json(shown))
    }

    /// Make the changes of the shadow in the files
    ///
    /// They go the same way as a save in an editor: checked, tested, written, taken; then the shadow ends. Status 409
    /// `shadow_overtaken`: somebody has changed one of these files since it was started; `shadow_waits`: it does not check
    /// over the files as they are now. Status 412: the files have changed a moment ago, try again.
    #[oai(path = "/shadow/promote", method = "post", operation_id = "promote_shadow")]
    async fn promote(&self, may: May<Edit>) -> Result<Json<PromotedOut>, Problem> {
        let shadow = self.present()?;
        if shadow.version.is_none() {
            let detail = "the changes of the shadow do not check over the files as they are now: mend the files, or \
                          start it again with other changes";
            let problem = Problem::new(StatusCode::CONFLICT, "shadow_waits", detail);
            return Err(with(problem, &shadow.problems));
        }
        if !shadow.overtaken.is_empty() {
            let files = shadow.overtaken.join("`, `");
            let detail = format!(
                "somebody has changed `{files}` since the shadow was started, and a promotion would undo that: start it \
                 again with your changes made on what is there now"
            );
            return Err(Problem::new(StatusCode::CONFLICT, "shadow_overtaken", detail));
        }
        let by = Author::Rest(may.0.name);
        let origin = Origin { source: Source::Promotion, by: by.clone() };
        let (wish, condition) = (Wish::Edits(shadow.edits.clone()), Condition::Files(shadow.over.clone()));
        let changed = self.0.workshop.change(origin, wish, condition).await;
        let changed = changed.map_err(|reason| not_changed(&reason))?;
        let ended = self.0.shadows.end(shadow.id, ShadowEnd::Promoted, by).await;
        match ended {
            // Somebody else has ended it meanwhile.
            Ok(_) | Err(NotShadowed::None) => Ok(Json(PromotedOut::from(&changed))),
            Err(reason) => Err(not_ended(&reason)),
        }
    }
}

impl Shadowing {
    fn present(&self) -> Result<Arc<Shadow>, Problem> {
        self.0.shadows.present().ok_or_else(|| {
            let detail = "nothing runs in shadow: start something with `PUT /api/v1/shadow`";
            Problem::not_found("no_shadow", detail)
        })
    }

    async fn shown(&self, shadow: &Shadow) -> Result<ShadowOut, Problem> {
        let last = self.read(shadow, None, LAST).await?;
        Ok(ShadowOut::new(shadow, &self.0.directory, &last))
    }

    async fn read(
        &self,
        shadow: &Shadow,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Stored<ShadowDecision>>, Problem> {
        // What was found out a moment ago shall be there; without it the rest is still worth an answer.
        let _ = self.0.reader.flush().await;
        let found = self.0.reader.shadow_decisions(shadow.id, before, limit).await;
        found.map_err(|error| super::history::unreadable(&error))
    }
}

fn not_shadowed(reason: &NotShadowed) -> Problem {
    let detail = reason.to_string();
    match reason {
        NotShadowed::None => Problem::not_found("no_shadow", detail),
        NotShadowed::Same => Problem::unprocessable("nothing_changed", detail),
        NotShadowed::Rejected(problems) => with(Problem::unprocessable("shadow_rejected", detail), problems),
        NotShadowed::NotKept(_) => Problem::new(StatusCode::INSUFFICIENT_STORAGE, "not_kept", detail),
        NotShadowed::Busy => Problem::unavailable("busy", detail, 5),
        NotShadowed::Stopped => Problem::unavailable("stopped", detail, 5),
    }
}

/// The promotion itself is made then: the answer must not sound as if it were not.
fn not_ended(reason: &NotShadowed) -> Problem {
    let detail = |why: &str| {
        format!(
            "the changes are in the files and at work, but that the shadow has ended was not kept ({why}): end it with \
             `DELETE /api/v1/shadow`"
        )
    };
    match reason {
        NotShadowed::NotKept(why) => Problem::new(StatusCode::INSUFFICIENT_STORAGE, "not_kept", detail(why)),
        _ => Problem::unavailable("busy", detail("the service is busy or stopping"), 5),
    }
}

fn with(problem: Problem, problems: &[Diagnostic]) -> Problem {
    problem.with_problems(problems.iter().map(DiagnosticOut::from).collect())
}
