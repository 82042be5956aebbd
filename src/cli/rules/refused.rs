//! What the service refuses, with the command that helps. Pure.

use crate::cli::{api::Refusal, failure::Failure};

/// The service names requests of its API: people at a terminal want commands.
pub(super) fn in_commands(refusal: Refusal) -> Failure {
    let Refusal { code, failure } = refusal;
    let (what, hint) = match code.as_str() {
        "no_shadow" => ("nothing runs in shadow", "start something: scs rules shadow start FILE"),
        "unknown_rule" => (
            "the service has no such rule there",
            "`scs rules list` shows all at work, `scs rules log` what was",
        ),
        "unknown_version" => {
            ("the service does not keep this version", "`scs rules log` shows those that it keeps")
        }
        "nothing_changed" => ("these files are what is at work already", "change a copy, and start that"),
        "shadow_overtaken" | "shadow_waits" => {
            return Failure { hint: "see `scs rules shadow show`".to_owned(), ..failure };
        }
        _ => return failure,
    };
    Failure { what: what.to_owned(), hint: hint.to_owned(), ..failure }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::failure::Exit;

    #[test]
    fn a_refusal_names_the_command_that_helps() {
        let refused = |code: &str| {
            let failure = Failure::new(Exit::Failed, "the service answers: see `GET /api/v1/shadow`", "");
            in_commands(Refusal { code: code.to_owned(), failure })
        };
        for code in ["no_shadow", "unknown_rule", "unknown_version", "nothing_changed"] {
            let failure = refused(code);
            assert!(!failure.what.contains("GET") && !failure.hint.is_empty(), "{failure:?}");
        }
        assert!(refused("shadow_overtaken").hint.contains("scs rules shadow show"));
        assert_eq!(refused("another").hint, "");
    }
}
