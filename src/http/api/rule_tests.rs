//! Tests of rules: run before they are saved, and made from decisions.

use std::sync::Arc;

use poem_openapi::OpenApi;

use super::{Heading, closed, history};
use crate::{
    http::{
        auth::{Edit, May, Read},
        dto::{CaseOut, TestIn, TestedOut},
        params::{Path, Query},
        payload::{Body, Json},
        problem::Problem,
        server::Services,
    },
    model::{DecisionId, RuleName, StationName},
    workshop::NotSaved,
};

pub(super) struct RuleTests(pub(super) Arc<Services>);

#[OpenApi(prefix_path = "/api/v1", tag = "Heading::Rules")]
impl RuleTests {
    /// Run the tests of a rule that is not saved
    ///
    /// With the texts that are sent in the place of its files; what is left out is taken from the files at work. Nothing
    /// is changed. When rule or tests are broken, nothing is run, and `problems` says why.
    #[oai(path = "/rules/test", method = "post", operation_id = "test_rule")]
    async fn test(&self, _may: May<Edit>, body: Body<TestIn>) -> Result<Json<TestedOut>, Problem> {
        let TestIn { rule, text, tests } = body.0;
        let tested = self.0.workshop.test_rule(rule, text, tests).await.map_err(closed)?;
        Ok(Json(TestedOut::from(tested)))
    }

    /// A decision as a test
    ///
    /// A case for the test file of the rule that decided, with all that the rule saw, and its answer. `rule` names another
    /// rule that was asked: then its answer of today is what the test expects.
    #[oai(path = "/stations/:station/decisions/:id/test", method = "get", operation_id = "decision_test")]
    async fn decision_test(
        &self,
        _may: May<Read>,
        /// The station's name.
        station: Path<StationName>,
        /// The decision's number.
        id: Path<DecisionId>,
        /// The rule to test; left out: the one that decided.
        rule: Query<RuleName>,
    ) -> Result<Json<CaseOut>, Problem> {
        let decision = history::decision(&self.0, &station.0, id.0).await?;
        let case =
            self.0.workshop.test_of(&decision, rule.0.as_ref()).await.map_err(|why| not_saved(&why))?;
        Ok(Json(CaseOut::from(case)))
    }
}

fn not_saved(why: &NotSaved) -> Problem {
    let code = match why {
        NotSaved::NoFacts => "no_facts",
        NotSaved::NoRule(_) => "rule_needed",
        NotSaved::NotAsked(..) => "rule_not_asked",
        NotSaved::Gone(_) => "unknown_rule",
        NotSaved::NotExact => "not_exact",
    };
    Problem::unprocessable(code, why.to_string())
}
