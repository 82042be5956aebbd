//! The way through a rule, told step by step: what it asked, what that came to, and where it went then.

use super::{
    told::Because,
    words::{Telling, and},
};
use crate::{
    model::{Facts, Verdict},
    rules::{Leads, Question, Setting, Trace, TraceEnd, TraceStep},
};

/// So many steps are told in words; ordinary rules have less than ten.
const MOST: usize = 60;

/// The steps that people need to know. A variable is told when it had a part in a question.
pub(in crate::trial) fn in_words(trace: &Trace, facts: &Facts) -> Vec<Because> {
    let telling = Telling::new(trace, facts);
    let mut told: Vec<Because> = Vec::new();
    for (n, step) in trace.steps.iter().enumerate() {
        match step {
            TraceStep::Set(setting) => told.extend(set(setting, trace, &telling)),
            TraceStep::Asked(question) => {
                let text = asked(question, trace.steps.get(n + 1..).unwrap_or_default(), trace, &telling);
                told.push(Because { line: question.place.line, text });
            }
            TraceStep::Chosen { place, text, value } => {
                let text = format!("looks at {}", telling.named(text, value.as_ref()));
                told.push(Because { line: place.line, text });
            }
            TraceStep::Left { place } => {
                // The question that led here has said it.
                if !trace.steps.iter().any(|step| leads_to(step, place.line, place.column)) {
                    let text = "ends here without an opinion".to_owned();
                    told.push(Because { line: place.line, text });
                }
            }
        }
    }
    if told.len() > MOST || trace.cut {
        told.truncate(MOST);
        let line = told.last().map_or(1, |last| last.line);
        told.push(Because { line, text: "and so on: the rest of the way is too long to tell".to_owned() });
    }
    if !told.iter().any(|step| step.text.starts_with("says ")) {
        told.extend(end(trace));
    }
    told
}

/// True for a question by which the way led into the block around this place.
fn leads_to(step: &TraceStep, line: u32, column: u32) -> bool {
    let TraceStep::Asked(question) = step else { return false };
    match question.condition.holds {
        Some(true) => question.then.holds(line, column),
        Some(false) => question.otherwise.holds(line, column),
        None => false,
    }
}

/// A variable, when a question asked for it and it is no parameter: those are listed by themselves.
fn set(setting: &Setting, trace: &Trace, telling: &Telling<'_>) -> Option<Because> {
    let asked = trace.steps.iter().filter_map(|step| match step {
        TraceStep::Asked(question) => Some(&question.condition),
        TraceStep::Set(later) => later.condition.as_ref(),
        TraceStep::Chosen { .. } | TraceStep::Left { .. } => None,
    });
    let mut asked = asked.filter(|condition| telling.mentions(condition, &setting.name));
    if setting.parameter.is_some() || asked.next().is_none() {
        return None;
    }
    let named = telling.named(&setting.name, setting.value.as_ref());
    let text = match &setting.condition {
        Some(condition) => {
            let why = and(&telling.decisive(condition));
            format!("{named}, because {why}")
        }
        None if setting.text.parse::<f64>().is_ok() || setting.text.starts_with('"') => return None,
        None => format!("{named}, from {}", telling.filled_in(&setting.text)),
    };
    Some(Because { line: setting.place.line, text })
}

fn asked(question: &Question, after: &[TraceStep], trace: &Trace, telling: &Telling<'_>) -> String {
    let Some(holds) = question.condition.holds else {
        return format!("asks whether {}, and fails", question.condition.text);
    };
    let (entered, passed) =
        if holds { (&question.then, &question.otherwise) } else { (&question.otherwise, &question.then) };
    let why = and(&telling.decisive(&question.condition));
    if let Some(said) = said_inside(entered, after, trace) {
        return format!("says {said}, because {why}");
    }
    if left_inside(entered, after) {
        return format!("ends here without an opinion, because {why}");
    }
    if passed.verbs.is_empty() {
        return match (passed.leaves, entered.span.is_some()) {
            (true, _) => format!("goes on, because {why}"),
            (false, true) => format!("goes this way, because {why}"),
            (false, false) => format!("passes over this, because {why}"),
        };
    }
    format!("does not say {}, because {why}", verbs(&passed.verbs))
}

/// The verb that ended the rule, when it was reached by way of this block and no later question.
fn said_inside(entered: &Leads, after: &[TraceStep], trace: &Trace) -> Option<Verdict> {
    let TraceEnd::Spoke(said) = &trace.end else { return None };
    let later = after.iter().any(|step| matches!(step, TraceStep::Asked(_)));
    // The verb may stand in a function that this block calls: then its line is elsewhere.
    let inside = entered.span.is_some_and(|(from, to)| from.0 <= said.line && said.line <= to.0);
    let reached = entered.verbs.contains(&said.verdict) && (inside || !later);
    reached.then_some(said.verdict)
}

fn left_inside(entered: &Leads, after: &[TraceStep]) -> bool {
    let left = after.iter().find_map(|step| match step {
        TraceStep::Left { place } => Some(place),
        TraceStep::Set(_) | TraceStep::Asked(_) | TraceStep::Chosen { .. } => None,
    });
    left.is_some_and(|place| entered.holds(place.line, place.column))
}

/// How it ended, where the questions have not told that already.
fn end(trace: &Trace) -> Option<Because> {
    match &trace.end {
        TraceEnd::Spoke(said) => {
            let text = format!("says {}: \"{}\"", said.verdict, said.reason);
            Some(Because { line: said.line, text })
        }
        TraceEnd::Failed(failure) => {
            let text = format!("fails: {}", failure.message);
            failure.line.map(|line| Because { line, text })
        }
        TraceEnd::Silent => None,
    }
}

fn verbs(verbs: &[Verdict]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for verb in verbs {
        if !names.contains(&verb.as_str()) {
            names.push(verb.as_str());
        }
    }
    names.join(" or ")
}
