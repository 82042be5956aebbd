//! Tokens are made and removed beside a running service.

use std::os::unix::fs::PermissionsExt;

use smart_charging_station::{
    history::{Role, TokenError, TokenStore},
    model::{DeviceName, Timestamp},
};

use crate::support::{at, begin, end};

#[tokio::test]
async fn a_token_counts_at_once_and_stops_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let history = begin(&path);
    assert_eq!(history.reader.has_tokens().await, Ok(false));

    let store = TokenStore::open(&path).unwrap();
    let secret = store.add("openhab", &Role::Operate, at(1)).unwrap();
    assert_eq!((secret.len(), secret.starts_with("scs_")), (68, true));
    assert_eq!(history.reader.has_tokens().await, Ok(true));
    let found = history.reader.find_token(&secret).await.unwrap().unwrap();
    assert_eq!((found.name.as_str(), &found.role, found.created_at), ("openhab", &Role::Operate, at(1)));
    assert_eq!(store.find(&secret).unwrap(), Some(found));

    let (head, last) = secret.split_at(67);
    let wrong = format!("{head}{}", if last == "0" { "1" } else { "0" });
    for wrong in [wrong.as_str(), "", "scs_", "é", head] {
        assert_eq!(history.reader.find_token(wrong).await, Ok(None), "{wrong}");
    }
    store.remove("openhab").unwrap();
    assert_eq!(history.reader.find_token(&secret).await, Ok(None));
    assert_eq!(history.reader.has_tokens().await, Ok(false));
    end(history).await;
}

#[test]
fn names_are_unique_and_secrets_are_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let store = TokenStore::open(&path).unwrap();
    let now = Timestamp::UNIX_EPOCH;
    let phone = Role::Report(DeviceName::new("pixel-7").ok());
    let secret = store.add("phone", &phone, now).unwrap();
    store.add("admin", &Role::Edit, now).unwrap();
    let error = store.add("phone", &Role::Edit, now).unwrap_err().to_string();
    assert_eq!(error, "there is a token `phone` already: remove it first, or take another name");
    assert!(matches!(store.add(" ", &Role::Edit, now), Err(TokenError::Name(_))));
    assert!(matches!(store.remove("nobody"), Err(TokenError::Unknown(_))));
    let names: Vec<_> = store.list().unwrap().into_iter().map(|token| token.name).collect();
    assert_eq!(names, ["admin", "phone"]);
    drop(store);
    let bytes = std::fs::read(&path).unwrap();
    assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn roles_are_words_in_order() {
    for word in ["report", "report:pixel-7", "operate", "edit"] {
        assert_eq!(word.parse::<Role>().unwrap().to_string(), word);
    }
    assert!("admin".parse::<Role>().unwrap_err().contains("report, report:<device>, operate or edit"));
    assert!("report:".parse::<Role>().is_err());
    assert!(Role::Report(DeviceName::new("x").ok()) < Role::Operate && Role::Operate < Role::Edit);
}
