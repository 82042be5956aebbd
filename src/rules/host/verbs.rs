//! What a rule may say: `charge`, `rest`, `keep`, and `param` for its settings.
//!
//! A verb ends the rule at once, also from inside a function or a `try`. It travels as Rhai's own `exit`
//! does, which nothing in a script can catch. The values of parameters are put up for one evaluation and taken
//! down with it, because a host function cannot see the script's variables.

use std::{
    cell::{Cell, RefCell},
    time::{Duration, Instant},
};

use rhai::{Dynamic, Engine, EvalAltResult, ImmutableString, NativeCallContext, Position};

use crate::model::Verdict;

/// The verbs by name.
pub(in crate::rules) const VERBS: [(&str, Verdict); 3] =
    [("charge", Verdict::Charge), ("rest", Verdict::Rest), ("keep", Verdict::Keep)];

/// The name of the function that declares a parameter.
pub(in crate::rules) const PARAM: &str = "param";

/// A reason is cut to so many characters: what a Home Assistant state can hold.
const REASON_CHARACTERS: usize = 255;

/// What a verb carries out of the script.
#[derive(Clone)]
pub(in crate::rules) struct Spoken {
    pub(in crate::rules) verdict: Verdict,
    pub(in crate::rules) reason: String,
    pub(in crate::rules) position: Position,
}

/// A parameter's name and the value that a station file gives it.
pub(in crate::rules) type Override = (ImmutableString, Dynamic);

thread_local! {
    static OVERRIDES: RefCell<Vec<Override>> = const { RefCell::new(Vec::new()) };
    static TIME_LIMIT: Cell<Duration> = const { Cell::new(Duration::ZERO) };
    static STEPS: Cell<u64> = const { Cell::new(0) };
    static STARTED: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// One evaluation's values; they are gone when it is dropped, also by a panic.
pub(in crate::rules) struct Evaluation(());

impl Evaluation {
    /// Puts up the values and the time limit for the evaluation that follows on this thread.
    pub(in crate::rules) fn begin(overrides: impl IntoIterator<Item = Override>, limit: Duration) -> Self {
        OVERRIDES.with_borrow_mut(|values| {
            values.clear();
            values.extend(overrides);
        });
        TIME_LIMIT.set(limit);
        STARTED.set(None);
        STEPS.set(0);
        Self(())
    }
}

impl Drop for Evaluation {
    fn drop(&mut self) {
        OVERRIDES.with_borrow_mut(Vec::clear);
    }
}

/// True when the evaluation has taken longer than it may.
///
/// The clock is read every 256 operations, so an ordinary rule (20 to 40 operations) never reads it, and a busy
/// machine cannot fail it.
pub(in crate::rules) fn out_of_time(operations: u64) -> bool {
    STEPS.set(operations);
    if operations & 255 != 0 {
        return false;
    }
    match STARTED.get() {
        None => {
            STARTED.set(Some(Instant::now()));
            false
        }
        Some(started) => started.elapsed() > TIME_LIMIT.get(),
    }
}

/// How many steps the last evaluation on this thread took.
pub(in crate::rules) fn steps_taken() -> u64 {
    STEPS.get()
}

/// Makes the verbs and `param` known.
pub(in crate::rules) fn register(engine: &mut Engine) {
    for (name, verdict) in VERBS {
        engine.register_fn(
            name,
            move |ctx: NativeCallContext, reason: ImmutableString| -> Result<(), Box<EvalAltResult>> {
                if reason.trim().is_empty() {
                    return Err(reason_wanted(name).into());
                }
                let reason = reason.trim().chars().take(REASON_CHARACTERS).collect();
                let position = ctx.call_position();
                let spoken = Spoken { verdict, reason, position };
                Err(Box::new(EvalAltResult::Exit(Dynamic::from(spoken), position)))
            },
        );
        engine
            .register_fn(name, move || -> Result<(), Box<EvalAltResult>> { Err(reason_wanted(name).into()) });
        engine.register_fn(name, move |_other: Dynamic| -> Result<(), Box<EvalAltResult>> {
            Err(reason_wanted(name).into())
        });
    }
    engine.register_fn(PARAM, |name: ImmutableString, default: Dynamic| -> Dynamic {
        OVERRIDES.with_borrow(|values| {
            values.iter().find(|(known, _)| *known == name).map_or(default, |(_, value)| value.clone())
        })
    });
}

/// What to say when a verb has no reason, or one that is not a text.
pub(in crate::rules) fn reason_wanted(verb: &str) -> String {
    format!(
        "`{verb}` wants a reason, a text that says why, for example {verb}(`${{battery.level}}% is enough`)"
    )
}
