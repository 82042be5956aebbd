//! When rules decided last, and which of them failed of late.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use super::{lane::ReadError, query::moment, store::nanos};
use crate::model::{EventKind, RuleName, Timestamp};

/// Decisions that are looked through for rules that have not spoken for long: some 20 ms at most.
const DECISIONS: u32 = 20_000;
/// Events that are looked through for failures.
const EVENTS: u32 = 50_000;

/// What is new of one rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleNews {
    /// When it decided last; `None`: in none of the last 20,000 decisions.
    pub last_spoke: Option<Timestamp>,
    /// How often it began to fail. Told once until it answers again.
    pub failures: u32,
    /// What went wrong last.
    pub last_failure: Option<String>,
}

/// What is new of these rules; failures since then.
pub(super) fn news(
    connection: &Connection,
    rules: BTreeSet<RuleName>,
    since: Timestamp,
) -> Result<BTreeMap<RuleName, RuleNews>, ReadError> {
    let mut all: BTreeMap<RuleName, RuleNews> =
        rules.iter().map(|rule| (rule.clone(), RuleNews::default())).collect();
    let mut silent = rules;
    let mut select = connection.prepare_cached("SELECT rule, at FROM decisions ORDER BY n DESC LIMIT ?1")?;
    let mut rows = select.query([DECISIONS])?;
    // Most rules speak often: then few rows are read.
    while !silent.is_empty()
        && let Some(row) = rows.next()?
    {
        let rule: Option<String> = row.get("rule")?;
        let Some(rule) = rule.and_then(|rule| RuleName::new(&rule).ok()).filter(|rule| silent.remove(rule))
        else {
            continue;
        };
        if let Some(news) = all.get_mut(&rule) {
            news.last_spoke = Some(moment(row, "at")?);
        }
    }
    failures(connection, &mut all, since)?;
    Ok(all)
}

fn failures(
    connection: &Connection,
    all: &mut BTreeMap<RuleName, RuleNews>,
    since: Timestamp,
) -> Result<(), ReadError> {
    let sql = "SELECT kind FROM (SELECT kind, code, at FROM events ORDER BY n DESC LIMIT ?1)
               WHERE code = 'rule_failed' AND at >= ?2";
    let mut select = connection.prepare_cached(sql)?;
    let mut rows = select.query((EVENTS, nanos(since)))?;
    while let Some(row) = rows.next()? {
        let kind: String = row.get("kind")?;
        // Another version of the program may have written it otherwise.
        let Ok(EventKind::RuleFailed { rule, message }) = serde_json::from_str(&kind) else { continue };
        if let Some(news) = all.get_mut(rule.as_str()) {
            news.failures += 1;
            news.last_failure.get_or_insert(message);
        }
    }
    Ok(())
}
