//! Rules: what they are, their texts, and changing them.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use poem_openapi::OpenApi;

use super::{Heading, changes, history::settle};
use crate::{
    http::{
        auth::{Caller, Edit, May, Read},
        conditions::{Header, condition},
        dto::{Around, ChangedOut, RuleDetail, RuleOut},
        params::Path,
        payload::Json,
        problem::Problem,
        rule_text::{RuleAnswer, RuleBody, WantsText},
        server::Services,
    },
    model::{Author, Origin, RuleName, Source, Span, Timestamp},
    workshop::{NotChanged, RuleView, Wish},
};

/// So long a list waits for what tests come by: on a small computer that takes some seconds.
const PATIENCE: Duration = Duration::from_millis(500);
/// Failures are told for so long.
const OF_LATE: Span = Span::from_hours(24);

pub(super) struct Rules(pub(super) Arc<Services>);

#[OpenApi(prefix_path = "/api/v1", tag = "Heading::Rules")]
impl Rules {
    /// All rules at work
    ///
    /// With how much of each its tests come by, when it decided last, and whether it fails.
    #[oai(path = "/rules", method = "get", operation_id = "rules")]
    async fn all(&self, _may: May<Read>) -> Result<Json<Vec<RuleOut>>, Problem> {
        let rules = RuleView::all(&self.0.workshop.plan());
        let around = self.around(rules.iter().map(|rule| rule.name.clone()), PATIENCE).await;
        Ok(Json(rules.into_iter().map(|rule| RuleOut::new(rule, &around)).collect()))
    }

    /// One rule with its text and its tests
    ///
    /// What is shown is what decides. When the files hold something else, which was not taken, `file` shows it. With
    /// `accept: text/plain` the script alone.
    #[oai(path = "/rules/:name", method = "get", operation_id = "rule")]
    async fn one(
        &self,
        _may: May<Read>,
        /// The rule's name.
        name: Path<RuleName>,
        wants: WantsText,
    ) -> Result<RuleAnswer, Problem> {
        Ok(RuleAnswer::new(self.detail(&name.0).await?, &wants))
    }

    /// Write a rule, or make a new one
    ///
    /// The same as saving its file with an editor: it is checked with all other files, its tests run, and it is at work
    /// when the answer comes; if something is wrong, status 422 `config_rejected` lists it and nothing is changed. Needs
    /// `If-Match` with the ETag of the text that was read; status 412 `precondition_failed`: somebody else was quicker.
    /// A new rule needs `If-None-Match: *`.
    #[oai(path = "/rules/:name", method = "put", operation_id = "write_rule")]
    async fn write(
        &self,
        may: May<Edit>,
        /// The rule's name.
        name: Path<RuleName>,
        /// The ETag that the rule must have; `*`: any.
        #[oai(name = "If-Match")]
        matches: Header,
        /// `*`: there must be no such rule.
        #[oai(name = "If-None-Match")]
        none_matches: Header,
        wants: WantsText,
        body: RuleBody,
    ) -> Result<RuleAnswer, Problem> {
        let condition = condition(&name.0, matches, none_matches)?;
        let wish = Wish::rule(&name.0, body.0.text, body.0.tests);
        let changed = self.0.workshop.change(origin(may.0), wish, condition).await;
        changed.map_err(|why| changes::not_changed(&why))?;
        Ok(RuleAnswer::new(self.detail(&name.0).await?, &wants))
    }

    /// Remove a rule and its tests
    ///
    /// Needs `If-Match`, as writing does. Status 409 `rule_in_use`: a station uses it.
    #[oai(path = "/rules/:name", method = "delete", operation_id = "remove_rule")]
    async fn remove(
        &self,
        may: May<Edit>,
        /// The rule's name.
        name: Path<RuleName>,
        /// The ETag that the rule must have; `*`: any.
        #[oai(name = "If-Match")]
        matches: Header,
    ) -> Result<Json<ChangedOut>, Problem> {
        let condition = condition(&name.0, matches, Header(None))?;
        if self.0.workshop.rule_file(&name.0).await.is_none() && self.view(&name.0).is_none() {
            return Err(unknown(&name.0));
        }
        let changed = self.0.workshop.change(origin(may.0), Wish::no_rule(&name.0), condition).await;
        match changed {
            Ok(changed) => Ok(Json(changed.into())),
            Err(NotChanged::Rejected(problems)) => Err(changes::not_removed(&name.0, problems)),
            Err(why) => Err(changes::not_changed(&why)),
        }
    }
}

impl Rules {
    fn view(&self, name: &RuleName) -> Option<RuleView> {
        RuleView::of(&self.0.workshop.plan(), name)
    }

    async fn detail(&self, name: &RuleName) -> Result<RuleDetail, Problem> {
        let file = self.0.workshop.rule_file(name).await;
        match self.view(name) {
            None if file.is_none() => Err(unknown(name)),
            rule => {
                let around = self.around([name.clone()], Duration::ZERO).await;
                Ok(RuleDetail::new(rule, file, &around))
            }
        }
    }

    /// What happens around these rules.
    async fn around(&self, rules: impl IntoIterator<Item = RuleName>, patience: Duration) -> Around {
        let now = self.0.clock.now();
        let since = now.checked_sub(OF_LATE).unwrap_or(Timestamp::MIN);
        settle(&self.0).await;
        let news = self.0.reader.rule_news(rules.into_iter().collect(), since).await;
        let news = news.unwrap_or_else(|error| {
            // Nobody is kept from mending a rule because the past cannot be read.
            tracing::warn!(%error, "what is new of rules could not be read");
            BTreeMap::new()
        });
        Around { news, covered: self.0.workshop.covered(patience).await }
    }
}

fn origin(caller: Caller) -> Origin {
    Origin { source: Source::Api, by: Author::Rest(caller.name) }
}

fn unknown(name: &RuleName) -> Problem {
    Problem::not_found("unknown_rule", format!("there is no rule `{name}`: GET /api/v1/rules shows all"))
}
