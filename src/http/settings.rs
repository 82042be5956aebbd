//! What the HTTP server is told at start.

use std::net::SocketAddr;

/// Who may come in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// On loopback nobody needs a token; on any other address everybody does.
    #[default]
    Auto,
    /// Everybody needs a token, also on loopback.
    Tokens,
    /// Nobody needs a token, on any address. Must be written out.
    Open,
}

/// Where to listen and whom to let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpSettings {
    /// Address and TCP port; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Who may come in.
    pub access: Access,
}
