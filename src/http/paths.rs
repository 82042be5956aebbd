//! Which paths there are, with their methods and the parameters of their queries, as the description of the API says.
//!
//! Only for answers to mistakes: requests find their operation without this.

use poem::{
    Request,
    http::{Method, StatusCode},
};
use poem_openapi::registry::{MetaApi, MetaOperation, MetaParamIn, MetaPath};

use super::problem::Problem;

/// Below this every parameter must be known. The old paths ignored what they did not know, and supervisors may add
/// something to keep caches away.
const STRICT: &str = "/api/v1/";

/// All paths.
#[derive(Default)]
pub(super) struct Paths(Vec<Known>);

/// One path.
struct Known {
    parts: Vec<String>,
    /// As the header `allow` has them.
    methods: String,
    queries: Vec<(Method, Vec<String>)>,
}

impl Paths {
    /// Reads them from the description of the API.
    pub(super) fn new(apis: &[MetaApi]) -> Self {
        let query = |operation: &MetaOperation| {
            let params = operation.params.iter().filter(|param| param.in_type == MetaParamIn::Query);
            (operation.method.clone(), params.map(|param| param.name.clone()).collect())
        };
        let methods = |path: &MetaPath| {
            path.operations.iter().map(|operation| operation.method.as_str()).collect::<Vec<_>>().join(", ")
        };
        let known = |path: &MetaPath| Known {
            parts: path.path.split('/').map(str::to_owned).collect(),
            methods: methods(path),
            queries: path.operations.iter().map(query).collect(),
        };
        Self(apis.iter().flat_map(|api| &api.paths).map(known).collect())
    }

    /// The methods of a path of the API, for the header `allow`.
    pub(super) fn methods(&self, path: &str) -> Option<&str> {
        self.find(path).map(|known| known.methods.as_str())
    }

    /// Refuses a parameter that the operation does not have, or that is given twice: what was meant would be ignored.
    pub(super) fn check_query(&self, request: &Request) -> Result<(), Problem> {
        let uri = request.uri();
        if uri.query().is_none_or(str::is_empty) || !uri.path().starts_with(STRICT) {
            return Ok(());
        }
        let known = self.find(uri.path()).map(|known| known.queries.as_slice()).unwrap_or_default();
        let asked = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
        let Some((_, allowed)) = known.iter().find(|(method, _)| method == asked) else {
            // No such path or method: that is told.
            return Ok(());
        };
        let invalid = |detail: String| Problem::new(StatusCode::BAD_REQUEST, "invalid_parameter", detail);
        let given: Vec<(String, String)> =
            request.params().map_err(|_| invalid("the query could not be read".to_owned()))?;
        for (index, (name, _)) in given.iter().enumerate() {
            let shown: String = name.chars().take(40).collect();
            if !allowed.contains(name) {
                return Err(invalid(format!("there is no parameter `{shown}` here: {}", these(allowed))));
            }
            if given.iter().take(index).any(|(before, _)| before == name) {
                return Err(invalid(format!("parameter `{shown}` is given twice")));
            }
        }
        Ok(())
    }

    fn find(&self, path: &str) -> Option<&Known> {
        self.0.iter().find(|known| {
            let mut parts = path.split('/');
            known.parts.iter().all(|p| parts.next().is_some_and(|part| p.starts_with('{') || p == part))
                && parts.next().is_none()
        })
    }
}

fn these(allowed: &[String]) -> String {
    let names: Vec<String> = allowed.iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => "it takes none".to_owned(),
        names => format!("use {}", names.join(", ")),
    }
}
