//! What the command line understands, and the help that teaches it.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::{
    care::args::Care,
    demo::args::Demo,
    diff::args::Diff,
    discover::args::Discover,
    doctor::args::Doctor,
    explain::args::Explain,
    identify::args::Identify,
    lsp::args::Lsp,
    mode::args::{Cycle, SetMode},
    openhab::args::Openhab,
    plan::args::Plan,
    replay::args::Replay,
    rules::args::Rules,
    simulate::args::Simulate,
    status::args::Status,
    test::args::Test,
};
use crate::{
    history::Role,
    model::{Diagnostic, Span, StationName},
    settings::Settings,
};

const EXAMPLES: &str = "\
Examples:
  scs demo       see it work, with a dozen phones that do not exist
  scs discover   which hub is there, and a station file for it
  scs doctor     may you switch it, and what to type if not
  scs check      are settings.ron, stations/ and rules/ right?
  scs test       do the rules do what their tests say?
  scs run        the service, with ./settings.ron if there is one
  scs status     which port has power, and why
  scs mode       take the switch yourself, until you give it back
  scs explain    why a port is as it is, rule by rule

Exit codes:
  0   it worked
  1   it failed: a test, or what check, discover or doctor looked at
  2   wrong usage
  69  the service cannot be reached, or its address is taken
  70  a part of the service ended by itself: a defect
  73  a file or folder cannot be made
  77  the service may not listen there, or not without tokens
  78  settings, stations or rules are broken

The service writes messages to standard error. SCS_LOG says which (error, warn,
info, debug, or a filter: info,smart_charging_station::mqtt=debug), and
SCS_LOG_FORMAT=json makes each a JSON object.";

/// Keeps the batteries of phones and tablets on a switchable USB hub healthy and ready.
///
/// Devices report their battery by REST or MQTT; rules, short scripts in rules/, decide; USB ports are switched
/// by uhubctl, and what the hub then shows is what counts.
#[derive(Debug, Parser)]
#[command(name = "scs", version, after_help = EXAMPLES, max_term_width = 100, subcommand_required = true, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the service
    ///
    /// Reads settings.ron, stations/ and rules/, and goes on until it is asked to stop (Ctrl-C or SIGTERM).
    /// Changed station and rule files are taken while it runs, as a whole, and only if they are right.
    Run(Run),
    /// See the service work with phones that do not exist
    ///
    /// The real service on stations/demo.ron and rules/, with a simulated hub and a dozen simulated phones that
    /// report over the real REST API, on a clock that runs faster. One phone runs hot, one falls silent, one
    /// has a bad cable. Edit a file in rules/ meanwhile and see the decisions change. Without these folders
    /// it uses copies in a temporary one and says where they are.
    Demo(Demo),
    /// Find the hubs, draw them, and make station files for them
    ///
    /// Shows each hub as it lies on the table: its ports by their numbers, their power, and what is plugged in. Then
    /// the complete station file for it, which --write puts into the folder of the stations; never over a file that
    /// is there. Switches nothing.
    Discover(Discover),
    /// Check whether this host and this user can switch the hub
    ///
    /// Looks at uhubctl, the kernel, both sides of each hub, the power of each port and the stations; one line for each,
    /// with what to do. When rights are missing it prints the udev rule for this machine and the commands that
    /// install it. Changes nothing.
    Doctor(Doctor),
    /// Check settings, stations and rules: every problem at once
    ///
    /// Each problem comes with file, line and column, what is allowed, and a hint. Nothing is started or changed.
    Check(Check),
    /// Show problems in an editor while you write (Language Server Protocol)
    ///
    /// Started by an editor, which it tells what is wrong with the rules, tests and stations that are open there, as they
    /// stand there, saved or not. Writes no file.
    Lsp(Lsp),
    /// Run the tests of the rules
    ///
    /// The tests of rules/NAME.rhai are in rules/NAME.test.ron: single situations, series of reports, and whole nights
    /// with a battery that does not exist.
    Test(Test),
    /// Show what an edit of rules or stations would change, before it is made
    ///
    /// In which situations the verdict would be another one, which decisions of the last days would have been otherwise, and
    /// what the next simulated week looks like beside today's. Changes nothing.
    Diff(Diff),
    /// Decide the last days again by the rules of today
    ///
    /// From the facts that were recorded with every decision; lists each difference with both reasons. Changes nothing.
    Replay(Replay),
    /// Look at the rules at work, bring earlier ones back, try changed ones beside them
    Rules(Rules),
    /// Live through days or weeks of a station in a moment, with batteries that do not exist
    ///
    /// The real engine and the real rules on a clock of their own. What devices use, how they charge and when people take
    /// them away is learned from history where there is enough of it. Prints a line for each device, and draws each as
    /// SVG with --svg. Switches nothing, changes nothing.
    Simulate(Simulate),
    /// Show what the battery of a device went through, day by day
    ///
    /// Hours above 80 % and above 35 °C, full cycles, switches, and how long it was at which level, as its reports tell;
    /// and beside it the same days, had it stayed on the charger.
    Care(Care),
    /// Show the ports of a running service: power, level, mode and why
    Status(Status),
    /// Take the switch of a port, a device or a whole station, or give it back
    ///
    /// On, off, charged once to a level, or held at a level: until you take it back, for a time, until a time, or until
    /// the device is unplugged. Survives a restart of the service.
    Mode(SetMode),
    /// Take the power of a port for five seconds, so that what is in it starts anew
    Cycle(Cycle),
    /// Show when each port of a running service charges so that its device is ready
    ///
    /// Which deadline counts next, when charging begins, when it will be ready, and who will not make it.
    Plan(Plan),
    /// Explain why a port is as it is, or why something was decided
    ///
    /// Which rule decided and by which values, who was overruled, and why each of the others had no opinion: with line,
    /// value and limit.
    Explain(Explain),
    /// Find out which device is in which port, with you or by itself
    ///
    /// Switches one port after the other for a moment, by the running service; without one it runs the service itself
    /// meanwhile. You say what went out; with --auto, devices that report whether they charge say it themselves. Killed
    /// at any moment it leaves no port off.
    Identify(Identify),
    /// Print files for openHAB: Things, items, a page, made from a station
    ///
    /// Complete and written to be read: put them into openHAB's folders, and every port is there.
    Openhab(Openhab),
    /// Print the description of the REST API (OpenAPI 3, YAML)
    Openapi,
    /// Make, list and remove access tokens
    Token(Token),
    /// Print a script that completes commands in the shell
    Completions(Completions),
}

/// Which settings to use.
#[derive(Args, Clone, Debug, Default)]
pub struct SettingsFile {
    /// Settings of the service [default: settings.ron, if it is there]
    #[arg(long, value_name = "FILE", env = "SCS_SETTINGS")]
    pub settings: Option<PathBuf>,
}

impl SettingsFile {
    /// Reads the file, and the environment over it. Fails with every problem of the settings.
    pub(super) fn load(
        &self,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Settings, Vec<Diagnostic>> {
        Settings::load(self.settings.as_deref(), environment)
    }
}

/// What `scs run` is told.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  scs run                               the stations that settings.ron lists
  scs run --station desk                only stations/desk.ron
  scs run --settings /etc/scs/settings.ron
  SCS_LOG=debug scs run                 every report and every decision

Ends with 78 when the files are broken and no last good plan is known, with 69
when its address is taken.")]
pub struct Run {
    /// Which settings.
    #[command(flatten)]
    pub settings: SettingsFile,
    /// Run only this station; may be repeated [default: those that settings.ron lists, else all of the folder]
    #[arg(long = "station", value_name = "NAME")]
    pub stations: Vec<StationName>,
}

/// What `scs check` is told.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  scs check
  scs check --settings /etc/scs/settings.ron
  scs check --all                       also stations that are not run
  scs check --json | jq '.problems[].file'
  scs check --format gcc                for the error list of an editor

Ends with 0 when there are no errors (warnings may be), else with 1.")]
pub struct Check {
    /// Which settings.
    #[command(flatten)]
    pub settings: SettingsFile,
    /// Check only this station; may be repeated [default: those that settings.ron lists, else all of the folder]
    #[arg(long = "station", value_name = "NAME")]
    pub stations: Vec<StationName>,
    /// Check all stations of the folder, whatever settings.ron lists
    #[arg(long, conflicts_with = "stations")]
    pub all: bool,
    /// Print one JSON object: short for --format json
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
    /// How problems are printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// How problems are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Text,
    /// One JSON object
    Json,
    /// What a language server publishes: a JSON list with one object for each file
    Lsp,
    /// file:line:column: severity: message, as compilers do
    Gcc,
}

/// Make, list and remove access tokens.
#[derive(Args, Debug)]
pub struct Token {
    /// Which settings: they say where the tokens are kept.
    #[command(flatten)]
    pub settings: SettingsFile,
    /// What to do with them.
    #[command(subcommand)]
    pub action: TokenAction,
}

/// What to do with tokens.
#[derive(Debug, Subcommand)]
pub enum TokenAction {
    /// Make a token and print it, this once: only its hash is kept
    #[command(after_help = "\
Roles:
  report            may read, and send reports of every device
  report:DEVICE     may read, and send reports of this device: for an app on it
  operate           may also set modes and names
  edit              may also reload the files

Examples:
  scs token add kitchen-tablet --role report:kitchen-tablet
  scs token add openhab --role operate")]
    Add {
        /// What the token is called, to find it again
        name: String,
        /// What it may do: report, report:DEVICE, operate or edit
        #[arg(long)]
        role: Role,
    },
    /// List names and roles
    List,
    /// Remove a token: it does not work any more
    Remove {
        /// What the token is called
        name: String,
    },
}

/// Print a script that completes commands in the shell.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  scs completions bash > ~/.local/share/bash-completion/completions/scs
  scs completions zsh  > \"${fpath[1]}/_scs\"
  scs completions fish > ~/.config/fish/completions/scs.fish")]
pub struct Completions {
    /// The shell
    pub shell: Shell,
}

/// A length of time longer than nothing.
pub(super) fn duration(text: &str) -> Result<Span, String> {
    match text.parse::<Span>() {
        Ok(span) if span.is_positive() => Ok(span),
        Ok(_) => Err("use a length of time longer than nothing, for example '2 min'".to_owned()),
        Err(_) => Err("use a number and a unit, for example '30 s', '2 min' or '1h 30m'".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(line.split(' '))
    }

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn values_are_checked_where_they_are_typed() {
        let said = |line: &str| parse(line).unwrap_err().to_string();
        assert!(said("scs run --station Desk").contains("use 1 to 64 of a-z"));
        assert!(said("scs demo --speed 0").contains("1..=3600"));
        assert!(said("scs demo --for 5").contains("a number and a unit"));
        assert!(said("scs demo --for -5s").contains("error"));
        assert!(said("scs completions tcsh").contains("bash"));
    }

    #[test]
    fn the_demo_runs_at_a_minute_per_second() {
        let Command::Demo(demo) = parse("scs demo --for 2min").unwrap().command else { panic!("not demo") };
        assert_eq!((demo.speed, demo.listen.port()), (60, 5000));
        assert_eq!(demo.lasting, Some(Span::from_mins(2)));
    }

    #[test]
    fn help_names_every_exit_code() {
        let help = Cli::command().render_long_help().to_string();
        let fits = |text: &str| text.lines().all(|line| line.chars().count() <= 80);
        assert!(fits(EXAMPLES));
        for command in Cli::command().get_subcommands() {
            let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(fits(&after), "{after}");
        }
        for code in [0, 1, 2, 69, 70, 73, 77, 78] {
            assert!(help.contains(&format!("  {code} ")), "{code}");
        }
    }

    #[test]
    fn the_documentation_knows_every_command_and_option() {
        let page = include_str!("../../docs/cli.md");
        for command in Cli::command().get_subcommands() {
            assert!(page.contains(&format!("scs {}", command.get_name())), "scs {}", command.get_name());
            for option in command.get_arguments().filter_map(|a| a.get_long()).filter(|o| *o != "help") {
                assert!(page.contains(&format!("--{option}")), "--{option}");
            }
        }
    }
}
