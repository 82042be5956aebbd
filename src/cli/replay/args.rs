//! What `scs replay` understands.

use clap::Args;
use jiff::SpanRelativeTo;

use crate::{
    cli::api::Service,
    model::{Span, StationName},
};

/// History keeps a year at most.
const LONGEST: Span = Span::from_hours(24 * 366);

/// What `scs replay` is told.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  scs replay                            the last seven days
  scs replay --since '12 h' --station desk
  scs replay --json | jq '.otherwise[] | [.device, .was.reason, .would.reason]'

Ends with 0 whatever the difference is, with 69 when nobody answers there.")]
pub struct Replay {
    /// How far back, for example '12 h' or '7d'
    #[arg(long, default_value = "7d", value_name = "DURATION", value_parser = past)]
    pub since: Span,
    /// Only of this station
    #[arg(long, value_name = "NAME")]
    pub station: Option<StationName>,
    /// Which service.
    #[command(flatten)]
    pub service: Service,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// A length of time that lies behind us: a minute to 366 days.
pub(in crate::cli) fn past(text: &str) -> Result<Span, String> {
    let span = text.trim().parse::<jiff::Span>().ok();
    let span = span.and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok());
    match span {
        Some(span) if (Span::from_mins(1)..=LONGEST).contains(&span) => Ok(span),
        Some(_) => Err("use a length of time from '1 min' to '366 days'".to_owned()),
        None => Err("use a number and a unit, for example '12 h' or '7d'".to_owned()),
    }
}

/// As the service reads it.
pub(in crate::cli) fn minutes(span: Span) -> String {
    format!("{} min", span.as_mins())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_understood() {
        assert_eq!(past("7d"), Ok(Span::from_hours(168)));
        assert_eq!(past("90 min"), Ok(Span::from_mins(90)));
        for wrong in ["7", "1 s", "-1h", "2 years", "week"] {
            assert!(past(wrong).is_err(), "{wrong}");
        }
    }
}
