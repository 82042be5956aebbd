//! Who may do what: bearer tokens with three roles, report < operate < edit; reading needs any of them.
//!
//! Without a token only people on this machine come in, unless the settings say otherwise. Tokens are random and long,
//! so their plain SHA-256 is kept and compared. Must never log or show a token.

use std::{marker::PhantomData, net::IpAddr, sync::Arc};

use poem::{
    FromRequest, Request, RequestBody,
    http::{HeaderValue, StatusCode, header},
};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaSecurityScheme, Registry},
};

use tokio::sync::Semaphore;

use super::{
    problem::Problem,
    settings::{Access, HttpSettings},
};
use crate::{
    history::{ReadError, Reader, Role, Token},
    model::DeviceName,
};

/// Name of the scheme in the OpenAPI document.
const SCHEME: &str = "token";
/// Look-ups at a time, fewer than history would have wait. The others wait here, some 10 µs each, and are not refused.
const LOOK_UPS: usize = 32;
const HINT: &str = "send the header `authorization: Bearer …`; `scs token add` makes tokens";

/// Who comes in without a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Openness {
    Everybody,
    ThisMachine,
    Nobody,
}

/// Decides who may come in.
pub(super) struct Admission {
    openness: Openness,
    reader: Reader,
    turns: Semaphore,
}

/// Who is asking.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Caller {
    /// The token's name; `None` without a token.
    pub(super) name: Option<String>,
    role: Role,
}

impl Caller {
    /// What they may do.
    pub(super) fn role(&self) -> &Role {
        &self.role
    }

    /// The only device that this caller may report, if it is bound to one.
    pub(super) fn only_device(&self) -> Option<&DeviceName> {
        match &self.role {
            Role::Report(device) => device.as_ref(),
            Role::Operate | Role::Edit => None,
        }
    }
}

impl Admission {
    /// Reads the settings; on an open address without any token it refuses, and says what to do.
    pub(super) async fn new(settings: &HttpSettings, reader: Reader) -> Result<Self, String> {
        let loopback = settings.listen.ip().is_loopback();
        let openness = match settings.access {
            Access::Open => Openness::Everybody,
            Access::Auto if loopback => Openness::ThisMachine,
            Access::Auto | Access::Tokens => Openness::Nobody,
        };
        let admission = Self { openness, reader, turns: Semaphore::new(LOOK_UPS) };
        if openness == Openness::Nobody && !admission.may_have_tokens().await {
            if loopback {
                tracing::warn!("everybody needs a token and there is none: make one with `scs token add`");
                return Ok(admission);
            }
            return Err(format!(
                "nobody could use `{}`: other machines reach this address, so a token is needed, and there is none. \
                 Make one with `scs token add`, or listen on 127.0.0.1, or write `access: Open` to let everybody in",
                settings.listen
            ));
        }
        Ok(admission)
    }

    /// A busy or full disk is no reason not to start: charging needs no tokens, and whoever asks is told then.
    async fn may_have_tokens(&self) -> bool {
        self.reader.has_tokens().await.unwrap_or_else(|error| {
            tracing::error!(%error, "tokens could not be read: nobody comes in until they can");
            true
        })
    }

    async fn caller(&self, request: &Request) -> Result<Caller, Problem> {
        if let Some(value) = request.headers().get(header::AUTHORIZATION) {
            return self.bearer(value).await;
        }
        let open = match self.openness {
            Openness::Everybody => true,
            Openness::ThisMachine => is_local_name(request) && !is_forwarded(request),
            Openness::Nobody => false,
        };
        if open {
            return Ok(Caller { name: None, role: Role::Edit });
        }
        let detail = match self.openness {
            Openness::ThisMachine => {
                format!(
                    "without a token this service is only used as `localhost` or 127.0.0.1, without a proxy: {HINT}"
                )
            }
            Openness::Everybody | Openness::Nobody => format!("a token is needed: {HINT}"),
        };
        Err(unauthorized(detail, "Bearer realm=\"scs\""))
    }

    async fn bearer(&self, value: &HeaderValue) -> Result<Caller, Problem> {
        let refused = || {
            unauthorized(
                format!("this token is not known: {HINT}"),
                "Bearer realm=\"scs\", error=\"invalid_token\"",
            )
        };
        let secret = secret(value).ok_or_else(refused)?;
        let token = self.token(secret).await.map_err(|error| unreadable(&error))?;
        let token = token.ok_or_else(refused)?;
        Ok(Caller { name: Some(token.name), role: token.role })
    }

    async fn token(&self, secret: &str) -> Result<Option<Token>, ReadError> {
        // Never closed; and were it, history's own limit would do.
        let _turn = self.turns.acquire().await;
        self.reader.find_token(secret).await
    }
}

/// What stands after `Bearer`.
fn secret(value: &HeaderValue) -> Option<&str> {
    let (scheme, secret) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

fn unreadable(error: &ReadError) -> Problem {
    tracing::error!(%error, "tokens could not be read");
    Problem::unavailable("tokens_unreadable", "the tokens could not be read: see the service's log", 5)
}

/// A page of another site may have its own name point here and so read answers in a browser on this machine. It
/// cannot do that with an address or with `localhost`. Of addresses only loopback ones count: another one in front of
/// a service that listens on loopback is that of a proxy.
fn is_local_name(request: &Request) -> bool {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let Some(host) = host.or_else(|| request.uri().host()) else {
        return true;
    };
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// A proxy on this machine speaks for the whole network.
fn is_forwarded(request: &Request) -> bool {
    let mut names = request.headers().keys().map(header::HeaderName::as_str);
    names.any(|name| matches!(name, "forwarded" | "via" | "x-real-ip") || name.starts_with("x-forwarded-"))
}

fn unauthorized(detail: String, challenge: &'static str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)
        .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
}

/// What an operation needs.
pub(super) trait Need: Send + 'static {
    /// The weakest role that will do, as `scs token add` names it.
    const ROLE: &'static str;
    /// The challenge in a 403.
    const CHALLENGE: &'static str;
    /// The same; every stronger role will do too.
    const LEAST: Role;
}

macro_rules! need {
    ($($(#[$doc:meta])* $name:ident, $role:literal, $least:expr;)*) => {$(
        $(#[$doc])*
        pub(super) enum $name {}
        impl Need for $name {
            const ROLE: &'static str = $role;
            const CHALLENGE: &'static str =
                concat!("Bearer realm=\"scs\", error=\"insufficient_scope\", scope=\"", $role, "\"");
            const LEAST: Role = $least;
        }
    )*};
}
need! {
    /// Reading: any token.
    Read, "report", Role::Report(None);
    /// Handing in reports.
    Report, "report", Role::Report(None);
    /// Setting modes, naming devices.
    Operate, "operate", Role::Operate;
    /// Changing files.
    Edit, "edit", Role::Edit;
}

/// Somebody who may do `N`. As an argument of an operation it stands before the body, so that nobody's body is read.
pub(super) struct May<N>(pub(super) Caller, PhantomData<N>);

impl<'a, N: Need> ApiExtractor<'a> for May<N> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        registry.create_security_scheme(
            SCHEME,
            MetaSecurityScheme {
                ty: "http",
                description: Some(
                    "A token made by `scs token add`, with one of three roles: report (one device or all) < operate < \
                     edit. Reading needs any token. On a loopback address, and not through a proxy, none is needed, \
                     unless the settings say so.",
                ),
                name: None,
                key_in: None,
                scheme: Some("bearer"),
                bearer_format: None,
                flows: None,
                openid_connect_url: None,
            },
        );
    }

    fn security_schemes() -> Vec<&'static str> {
        vec![SCHEME]
    }

    fn has_security_fallback() -> bool {
        true
    }

    async fn from_request(
        request: &'a Request,
        _: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let Some(admission) = request.data::<Arc<Admission>>() else {
            // INVARIANT: the server puts it there for every request; without it nobody comes in.
            return Err(unauthorized("nobody may come in".to_owned(), "Bearer realm=\"scs\"").into());
        };
        let caller = admission.caller(request).await?;
        if caller.role >= N::LEAST {
            return Ok(Self(caller, PhantomData));
        }
        let detail = format!("this token's role is `{}`, this needs `{}`", caller.role, N::ROLE);
        Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", detail)
            .with_needed_role(N::ROLE)
            .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static(N::CHALLENGE))
            .into())
    }
}

/// What somebody came in with, for answers that go on for long.
pub(super) struct Pass(Option<(Arc<Admission>, String)>);

impl Pass {
    /// False once the token was removed. What cannot be read now counts as before.
    pub(super) async fn holds(&self) -> bool {
        match &self.0 {
            Some((admission, secret)) => !matches!(admission.token(secret).await, Ok(None)),
            None => true,
        }
    }
}

impl<'a> FromRequest<'a> for Pass {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        let admission = request.data::<Arc<Admission>>().map(Arc::clone);
        let secret = request.headers().get(header::AUTHORIZATION).and_then(secret).map(str::to_owned);
        Ok(Self(admission.zip(secret)))
    }
}

/// Whether the caller may read, where strangers are answered too, but told less.
pub(super) struct MayRead(pub(super) bool);

impl<'a> FromRequest<'a> for MayRead {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        Ok(Self(match request.data::<Arc<Admission>>() {
            Some(admission) => admission.caller(request).await.is_ok(),
            None => false,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(host: &str) -> bool {
        is_local_name(&Request::builder().header(header::HOST, host).finish())
    }

    #[test]
    fn foreign_names_for_this_machine_are_not_local() {
        for host in ["localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080", "[::1]", "127.1.2.3"] {
            assert!(local(host), "{host}");
        }
        for host in [
            "evil.example",
            "evil.example:8080",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "192.168.1.5",
            "[fe80::1]:80",
            "",
        ] {
            assert!(!local(host), "{host}");
        }
    }

    #[test]
    fn roles_stand_one_above_the_other() {
        let one = Role::Report(DeviceName::new("pixel-7").ok());
        assert!(one >= Read::LEAST && one >= Report::LEAST && one < Operate::LEAST);
        assert!(Role::Operate >= Operate::LEAST && Role::Operate < Edit::LEAST);
        assert!(Role::Edit >= Report::LEAST);
    }
}
