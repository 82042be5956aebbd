//! `scs token`: who may come in.

use std::{io::Write, path::Path};

use super::{
    args::{Token, TokenAction},
    failure::{Exit, Failure},
    look::{Look, Side, table},
};
use crate::{
    history::{self, TokenError, TokenStore},
    model::Timestamp,
};

/// Makes, lists or removes a token. Works also while the service runs.
pub(super) fn token(
    args: &Token,
    environment: &dyn Fn(&str) -> Option<String>,
    look: Look,
    now: Timestamp,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let settings = args.settings.load(environment).map_err(Failure::settings)?;
    let path = &settings.history.path;
    match &args.action {
        // Looking makes no file.
        TokenAction::List if is_missing(path) => write!(out, "{}", list(&[], look))?,
        TokenAction::Remove { name } if is_missing(path) => {
            return Err(TokenError::Unknown(name.clone()).into());
        }
        action => act(action, &TokenStore::open(path)?, look, now, out)?,
    }
    Ok(())
}

/// Of a path that cannot be looked at, opening it tells more.
fn is_missing(path: &Path) -> bool {
    path.try_exists().is_ok_and(|exists| !exists)
}

fn act(
    action: &TokenAction,
    store: &TokenStore,
    look: Look,
    now: Timestamp,
    out: &mut impl Write,
) -> Result<(), Failure> {
    match action {
        TokenAction::Add { name, role } => {
            let secret = store.add(name, role, now)?;
            // The secret stands alone on its line, so that `tail -n 1` gives it to a script.
            writeln!(out, "token `{name}` may {role}; it is shown only now:\n{secret}")?;
        }
        TokenAction::List => write!(out, "{}", list(&store.list()?, look))?,
        TokenAction::Remove { name } => {
            store.remove(name)?;
            writeln!(out, "token `{name}` is removed: it does not work any more")?;
        }
    }
    Ok(())
}

fn list(tokens: &[history::Token], look: Look) -> String {
    if tokens.is_empty() {
        return "there are no tokens: make one with `scs token add NAME --role ROLE`\n".to_owned();
    }
    let heading = ["name", "made", "role"].map(str::to_owned);
    let rows = tokens.iter().map(|token| {
        let made = token.created_at.strftime("%Y-%m-%d %H:%M UTC").to_string();
        [token.name.clone(), made, token.role.to_string()]
    });
    let rows: Vec<_> = std::iter::once(heading).chain(rows).collect();
    table([Side::Left, Side::Left, Side::Left], &rows, look)
}

impl From<TokenError> for Failure {
    fn from(error: TokenError) -> Self {
        let exit = match error {
            TokenError::History(_) => Exit::CannotCreate,
            _ => Exit::Failed,
        };
        Self::new(exit, error.to_string(), "")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cli::args::SettingsFile, history::Role};

    #[test]
    fn a_token_is_made_listed_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("settings.ron");
        std::fs::write(&file, "()").unwrap();
        let now = "2026-11-22T14:05:00Z".parse().unwrap();
        let run = |action| {
            let args = Token { settings: SettingsFile { settings: Some(file.clone()) }, action };
            let mut out = Vec::new();
            let look = Look { width: 100, colour: false };
            token(&args, &|_| None, look, now, &mut out).map(|()| String::from_utf8(out).unwrap())
        };
        let add = || TokenAction::Add { name: "kitchen".into(), role: Role::Operate };
        let remove = || TokenAction::Remove { name: "kitchen".into() };
        assert!(run(TokenAction::List).unwrap().starts_with("there are no tokens"));
        assert!(run(remove()).unwrap_err().what.contains("there is no token `kitchen`"));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "looking makes no file");
        let made = run(add()).unwrap();
        assert!(made.lines().last().unwrap().starts_with("scs_"), "{made}");
        assert!(run(add()).unwrap_err().what.contains("there is a token `kitchen` already"));
        assert_eq!(
            run(TokenAction::List).unwrap(),
            "name     made                  role\nkitchen  2026-11-22 14:05 UTC  operate\n"
        );
        assert!(run(remove()).unwrap().contains("removed"));
        assert_eq!(run(remove()).unwrap_err().exit, Exit::Failed);
    }
}
