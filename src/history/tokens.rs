//! Who may come in: secrets are kept only as hashes, and shown only once.

use std::{fmt, path::Path, str::FromStr, sync::Arc};

use rusqlite::{Connection, ErrorCode, OptionalExtension, Row};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{
    open::{self, HistoryError},
    query::{moment, unreadable},
    store::nanos,
};
use crate::model::{DeviceName, Timestamp};

const PREFIX: &str = "scs_";
const SECRET_BYTES: usize = 32;

/// What the bearer of a token may do. A later one may do all that an earlier one may: compare with `>=`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Send reports, of one device or of all, and read.
    Report(Option<DeviceName>),
    /// Also set modes and names.
    Operate,
    /// Also change what is in the files.
    Edit,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Report(None) => f.write_str("report"),
            Self::Report(Some(device)) => write!(f, "report:{device}"),
            Self::Operate => f.write_str("operate"),
            Self::Edit => f.write_str("edit"),
        }
    }
}

impl FromStr for Role {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "report" => Ok(Self::Report(None)),
            "operate" => Ok(Self::Operate),
            "edit" => Ok(Self::Edit),
            _ => match text.strip_prefix("report:") {
                Some(device) => DeviceName::new(device)
                    .map(|device| Self::Report(Some(device)))
                    .map_err(|e| e.to_string()),
                None => Err(format!(
                    "`{}` is not a role: use report, report:<device>, operate or edit",
                    text.chars().take(40).collect::<String>()
                )),
            },
        }
    }
}

/// A token as it is kept: everything but its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What people call it.
    pub name: String,
    /// What its bearer may do.
    pub role: Role,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Why a token could not be made or removed. `Display` says what to do.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Not a name.
    #[error(
        "`{0}` is not a token name: use 1 to 64 characters, no control characters, no blanks at the ends"
    )]
    Name(String),
    /// There is one of this name.
    #[error("there is a token `{0}` already: remove it first, or take another name")]
    Exists(String),
    /// There is none of this name.
    #[error("there is no token `{0}`: `scs token list` shows all")]
    Unknown(String),
    /// The system gave no random bytes.
    #[error("the system gave no random bytes: {0}")]
    Random(getrandom::Error),
    /// The file could not be opened.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// Nobody is there any more to ask.
    #[error("the tokens could not be asked for, because the service is stopping")]
    Stopped,
    /// The database refused.
    #[error("tokens could not be read or written: {}", open::words(.0))]
    Database(#[from] rusqlite::Error),
}

/// The tokens in a history file. Works also while a service has the file, which sees every change at once.
pub struct TokenStore(Connection);

impl TokenStore {
    /// Opens the history file, or makes it.
    pub fn open(path: &Path) -> Result<Self, TokenError> {
        let connection = open::open_beside(path)?;
        // Whoever sees the answer relies on it, also after a power cut.
        connection.pragma_update(None, "synchronous", "FULL")?;
        Ok(Self(connection))
    }

    /// Makes a token and gives back its secret, which cannot be had again.
    pub fn add(&self, name: &str, role: &Role, now: Timestamp) -> Result<String, TokenError> {
        let fits = (1..=64).contains(&name.chars().count());
        if !fits || name.trim() != name || name.chars().any(char::is_control) {
            return Err(TokenError::Name(name.chars().take(80).filter(|c| !c.is_control()).collect()));
        }
        let mut random = [0; SECRET_BYTES];
        getrandom::fill(&mut random).map_err(TokenError::Random)?;
        let secret: String = std::iter::once(PREFIX.to_owned())
            .chain(random.iter().map(|byte| format!("{byte:02x}")))
            .collect();
        let sql = "INSERT INTO tokens (name, role, hash, created_at) VALUES (?1, ?2, ?3, ?4)";
        match self.0.execute(sql, (name, role.to_string(), digest(&secret), nanos(now))) {
            Ok(_) => Ok(secret),
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                Err(TokenError::Exists(name.to_owned()))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// All tokens by name.
    pub fn list(&self) -> Result<Vec<Token>, TokenError> {
        let mut select = self.0.prepare("SELECT name, role, created_at FROM tokens ORDER BY name")?;
        let tokens = select.query_map([], token)?.collect::<rusqlite::Result<_>>()?;
        Ok(tokens)
    }

    /// Removes a token, and gives back what it was; its bearer is out at once.
    pub fn remove(&self, name: &str) -> Result<Token, TokenError> {
        let sql = "DELETE FROM tokens WHERE name = ?1 RETURNING name, role, created_at";
        let removed = self.0.query_row(sql, [name], token).optional()?;
        removed
            .ok_or_else(|| TokenError::Unknown(name.chars().take(80).filter(|c| !c.is_control()).collect()))
    }

    /// The token with this secret.
    pub fn find(&self, secret: &str) -> Result<Option<Token>, TokenError> {
        let Some(hash) = hash(secret) else { return Ok(None) };
        Ok(find(&self.0, &hash)?)
    }
}

/// The tokens for whoever may not wait for a disk: each question opens the file in a thread of its own, as `scs token`
/// does beside a service.
#[derive(Clone)]
pub struct TokenDoor(Arc<Path>);

impl TokenDoor {
    /// The door to the tokens in this history file.
    pub fn new(path: &Path) -> Self {
        Self(path.into())
    }

    /// Makes a token, see [`TokenStore::add`].
    pub async fn add(&self, name: String, role: Role, now: Timestamp) -> Result<String, TokenError> {
        self.ask(move |store| store.add(&name, &role, now)).await
    }

    /// All tokens by name.
    pub async fn list(&self) -> Result<Vec<Token>, TokenError> {
        self.ask(TokenStore::list).await
    }

    /// Removes a token, and gives back what it was.
    pub async fn remove(&self, name: String) -> Result<Token, TokenError> {
        self.ask(move |store| store.remove(&name)).await
    }

    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&TokenStore) -> Result<T, TokenError> + Send + 'static,
    ) -> Result<T, TokenError> {
        let path = Arc::clone(&self.0);
        let answer = tokio::task::spawn_blocking(move || question(&TokenStore::open(&path)?));
        answer.await.map_err(|_| TokenError::Stopped)?
    }
}

/// The hash under which a secret would be kept; `None` when it cannot be one of ours.
pub(super) fn hash(secret: &str) -> Option<[u8; 32]> {
    let digits = secret.strip_prefix(PREFIX)?;
    (digits.len() == 2 * SECRET_BYTES).then(|| digest(secret))
}

pub(super) fn find(connection: &Connection, hash: &[u8; 32]) -> rusqlite::Result<Option<Token>> {
    // The time of the look-up tells at most something of the hash, from which no secret can be made.
    let sql = "SELECT name, role, created_at, hash FROM tokens WHERE hash = ?1";
    let found = connection
        .prepare_cached(sql)?
        .query_row([hash], |row| Ok((token(row)?, row.get::<_, [u8; 32]>("hash")?)))
        .optional()?;
    Ok(found.filter(|(_, kept)| bool::from(kept.ct_eq(hash))).map(|(token, _)| token))
}

pub(super) fn any(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT EXISTS (SELECT 1 FROM tokens)", [], |row| row.get(0))
}

/// A plain hash is right here: the secret has 256 random bits, nobody can guess them.
fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

fn token(row: &Row<'_>) -> rusqlite::Result<Token> {
    let role: String = row.get("role")?;
    Ok(Token {
        name: row.get("name")?,
        role: role.parse().map_err(|error: String| unreadable(error))?,
        created_at: moment(row, "created_at")?,
    })
}
