//! Binds, serves, and ends within a bound.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use poem::{
    Endpoint, IntoResponse, Request, Response, Server,
    http::{Method, StatusCode, header},
};
use poem_openapi::OpenApi;
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot, watch},
};

use super::{
    answers::Answers, api, auth::Admission, gate::Gate, paths::Paths, settings::HttpSettings, squeeze::Whole,
    web,
};
use crate::{
    controller::{Clock, Directory},
    history::{Health, Reader, TokenDoor},
    host::Inspector,
    model::{ConfigState, Tally, Timestamp},
    workshop::{Shadows, Workshop},
};

/// How long answers may take after the stop; then their connections are cut.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

/// Asks for the files to be read again; the answer comes by the given sender.
pub type ReloadRequest = oneshot::Sender<Arc<ConfigState>>;

/// What the server works with. It owns none of it.
#[derive(Clone)]
pub struct Services {
    /// The stations.
    pub directory: Directory,
    /// What happened.
    pub reader: Reader,
    /// The state of the files.
    pub config: watch::Receiver<Arc<ConfigState>>,
    /// Reads the files again.
    pub reload: mpsc::Sender<ReloadRequest>,
    /// Where rules are tried.
    pub workshop: Workshop,
    /// The set of rules in shadow.
    pub shadows: Shadows,
    /// The time of the service.
    pub clock: Clock,
    /// How history does.
    pub history: watch::Receiver<Health>,
    /// The calls of all drivers.
    pub tally: watch::Receiver<Tally>,
    /// How MQTT does, in words: `off`, `connected`, or what is wrong.
    pub mqtt: Arc<dyn Fn() -> String + Send + Sync>,
    /// Who may come in.
    pub tokens: TokenDoor,
    /// Looks at the host.
    pub inspector: Inspector,
    /// When the service started, by its own time.
    pub started_at: Timestamp,
    /// Whether it is the real thing.
    pub stage: Stage,
}

/// Whether a service is the real thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It is.
    World,
    /// It shows what it would do, to devices that do not exist.
    Demo,
}

/// A server that has its address but does not answer yet.
pub struct Bound {
    listener: TcpListener,
    address: SocketAddr,
    admission: Arc<Admission>,
    services: Services,
}

/// Takes the address. Fails when it is taken, or when nobody could use it safely.
pub async fn bind(settings: &HttpSettings, services: Services) -> io::Result<Bound> {
    let admission = Admission::new(settings, services.reader.clone())
        .await
        .map_err(|message| io::Error::new(io::ErrorKind::PermissionDenied, message))?;
    let listener = TcpListener::bind(settings.listen).await.map_err(|error| {
        let message = format!("cannot listen on `{}`: {error}", settings.listen);
        io::Error::new(error.kind(), message)
    })?;
    let address = listener.local_addr()?;
    Ok(Bound { listener, address, admission: Arc::new(admission), services })
}

impl Bound {
    /// The address, also when port 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `stop` is ready; then ends event streams, waits a moment for last answers, and returns.
    pub async fn serve(self, stop: impl Future<Output = ()> + Send) -> io::Result<()> {
        let (stopping, stopped) = watch::channel(false);
        let endpoint = endpoint(self.services, self.admission, stopped);
        let signal = async {
            stop.await;
            stopping.send_replace(true);
        };
        Server::new_with_acceptor(Gate::new(self.listener, self.address))
            .name("http")
            .run_with_graceful_shutdown(endpoint, signal, Some(LAST_ANSWERS))
            .await
    }
}

/// The OpenAPI document in YAML, as `openapi/openapi.yaml` holds it.
pub fn spec_yaml() -> String {
    api::document().spec_yaml()
}

/// All routes.
fn endpoint(services: Services, admission: Arc<Admission>, stopped: watch::Receiver<bool>) -> impl Endpoint {
    let paths = Paths::new(&api::Described::meta());
    Answers { inner: Site { api: api::service(services, stopped) }, admission, paths }
}

/// The API, its description, and the page.
struct Site<E> {
    api: E,
}

impl<E: Endpoint> Endpoint for Site<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let described = page_at(request.uri().path()).map(|page| page());
        let page = match described {
            None => web::page(&request).await,
            page => page,
        };
        match page {
            None => self.api.call(request).await.map(IntoResponse::into_response),
            Some(page) if matches!(*request.method(), Method::GET | Method::HEAD) => Ok(page),
            Some(_) => Ok(StatusCode::METHOD_NOT_ALLOWED.into()),
        }
    }
}

/// What describes the API is made anew for each reader: it is asked for rarely, and Swagger UI alone would keep 1.6 MB.
fn page_at(path: &str) -> Option<fn() -> Response> {
    match path {
        "/docs" | "/docs/" => Some(|| page("text/html; charset=utf-8", api::document().swagger_ui_html())),
        "/openapi.json" => Some(|| page("application/json", api::document().spec())),
        "/openapi.yaml" => Some(|| page("application/yaml", spec_yaml())),
        _ => None,
    }
}

fn page(kind: &'static str, body: String) -> Response {
    Response::builder()
        .extension(Whole(body.len()))
        .content_type(kind)
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::X_FRAME_OPTIONS, "DENY")
        .body(body)
}
