//! The service itself, and the tokens with which people and devices come in.

use std::sync::Arc;

use poem::http::StatusCode;
use poem_openapi::OpenApi;

use super::Heading;
use crate::{
    history::{Role, Token, TokenError},
    http::{
        auth::{Edit, May, Read},
        dto::{CallerOut, RoleWord, ServiceOut, TokenIn, TokenMade, TokenOut, role_out},
        params::{Path, TokenName},
        payload::{Body, Json},
        problem::Problem,
        server::{Services, Stage},
    },
};

/// Pages that were loaded from another version of the program compare this with their own.
const WEB_API: u32 = 1;

pub(super) struct Itself(pub(super) Arc<Services>);

#[OpenApi(prefix_path = "/api/v1", tag = "Heading::Service")]
impl Itself {
    /// The service, and who asks
    ///
    /// Its version and its time, and what the token that was sent may do.
    #[oai(path = "/service", method = "get", operation_id = "service")]
    async fn service(&self, may: May<Read>) -> Json<ServiceOut> {
        let (role, device) = role_out(may.0.role());
        Json(ServiceOut {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            now: self.0.clock.now().into(),
            speed: self.0.clock.speed(),
            started_at: self.0.started_at.into(),
            demo: self.0.stage == Stage::Demo,
            caller: CallerOut { name: may.0.name, role, device },
            mqtt: (self.0.mqtt)(),
            shadow: self.0.shadows.present().is_some(),
            web_api: WEB_API,
        })
    }

    /// All tokens, without their secrets
    #[oai(path = "/tokens", method = "get", operation_id = "tokens")]
    async fn all(&self, may: May<Edit>) -> Result<Json<Vec<TokenOut>>, Problem> {
        let tokens = self.0.tokens.list().await.map_err(|error| problem(&error))?;
        let asker = may.0.name.as_deref();
        Ok(Json(tokens.into_iter().map(|token| TokenOut::new(token, asker)).collect()))
    }

    /// Make a token
    ///
    /// The same as `scs token add`. The answer holds its secret, which is kept nowhere and cannot be had again.
    #[oai(path = "/tokens", method = "post", operation_id = "make_token")]
    async fn make(&self, may: May<Edit>, body: Body<TokenIn>) -> Result<Json<TokenMade>, Problem> {
        let TokenIn { name, role, device } = body.0;
        let role = role_of(role, device)?;
        let now = self.0.clock.now();
        let secret = self.0.tokens.add(name.clone(), role.clone(), now).await;
        let secret = secret.map_err(|error| problem(&error))?;
        tracing::info!(token = name, %role, by = may.0.name.as_deref(), "a token was made");
        let token = Token { name, role, created_at: now };
        Ok(Json(TokenMade { token: TokenOut::new(token, may.0.name.as_deref()), secret }))
    }

    /// Remove a token
    ///
    /// Its bearer is out at once, also if that is who asks, unless nobody could make another one then. The answer is the token
    /// as it was.
    #[oai(path = "/tokens/:name", method = "delete", operation_id = "remove_token")]
    async fn remove(
        &self,
        may: May<Edit>,
        /// The token's name.
        name: Path<TokenName>,
    ) -> Result<Json<TokenOut>, Problem> {
        if may.0.name.as_ref() == Some(&name.0.0) {
            self.keep_a_way_in(&name.0.0).await?;
        }
        let removed = self.0.tokens.remove(name.0.0).await.map_err(|error| problem(&error))?;
        tracing::info!(token = removed.name, by = may.0.name.as_deref(), "a token was removed");
        Ok(Json(TokenOut::new(removed, may.0.name.as_deref())))
    }
}

impl Itself {
    /// Whoever needs a token to come in would lock everybody out, and the next start would refuse an address without tokens.
    async fn keep_a_way_in(&self, own: &str) -> Result<(), Problem> {
        let tokens = self.0.tokens.list().await.map_err(|error| problem(&error))?;
        if tokens.iter().any(|token| token.role == Role::Edit && token.name != own) {
            return Ok(());
        }
        let detail = "this is the token that you came in with, and the last one with the role `edit`: make another one first, or \
                      use `scs token remove` where the service runs";
        Err(Problem::new(StatusCode::CONFLICT, "last_token", detail))
    }
}

fn role_of(word: RoleWord, device: Option<crate::model::DeviceName>) -> Result<Role, Problem> {
    match (word, device) {
        (RoleWord::Report, device) => Ok(Role::Report(device)),
        (RoleWord::Operate, None) => Ok(Role::Operate),
        (RoleWord::Edit, None) => Ok(Role::Edit),
        (RoleWord::Operate | RoleWord::Edit, Some(_)) => {
            let detail = "only a token with the role `report` may be for one device: leave `device` out";
            Err(Problem::unprocessable("invalid_value", detail))
        }
    }
}

fn problem(error: &TokenError) -> Problem {
    match error {
        TokenError::Name(_) => Problem::unprocessable("invalid_value", error.to_string()),
        TokenError::Exists(_) => Problem::new(StatusCode::CONFLICT, "token_exists", error.to_string()),
        TokenError::Unknown(name) => Problem::not_found(
            "unknown_token",
            format!("there is no token `{name}`: GET /api/v1/tokens shows all"),
        ),
        TokenError::Stopped => Problem::unavailable("stopped", error.to_string(), 5),
        TokenError::Random(_) | TokenError::History(_) | TokenError::Database(_) => {
            tracing::error!(%error, "tokens could not be read or written");
            Problem::unavailable(
                "tokens_unreadable",
                "the tokens could not be read or written: see the service's log",
                5,
            )
        }
    }
}
