//! Files are checked before anybody saves them.

use std::sync::Arc;

use poem_openapi::OpenApi;

use super::{Heading, closed};
use crate::http::{
    auth::{Edit, May},
    dto::{CheckIn, CheckOut},
    payload::{Body, Json},
    problem::Problem,
    server::Services,
};

pub(super) struct Checks(pub(super) Arc<Services>);

#[OpenApi(prefix_path = "/api/v1", tag = "Heading::Config")]
impl Checks {
    /// Check a file that is not saved yet
    ///
    /// A rule, its tests, a station, a hub model: the text is checked together with all files at work, as a save would be,
    /// and every problem comes with line, column, length and a hint. Nothing changes. Warnings of other files are told too.
    #[oai(path = "/rules/check", method = "post", operation_id = "check_file")]
    async fn check(&self, _may: May<Edit>, body: Body<CheckIn>) -> Result<Json<CheckOut>, Problem> {
        let edit = body.0.checked().map_err(|detail| Problem::unprocessable("invalid_name", detail))?;
        let problems = self.0.workshop.check(vec![edit]).await.map_err(closed)?;
        Ok(Json(CheckOut::from(problems.as_slice())))
    }
}
