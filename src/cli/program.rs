//! From the command line to the exit code.

use std::{
    env,
    io::{self, IsTerminal as _, Write},
    process::ExitCode,
};

use clap::{CommandFactory as _, Parser as _};
use tokio::runtime;
use tracing_subscriber::EnvFilter;

use super::{
    args::{Cli, Command, Completions},
    care::care,
    check::check,
    demo::demo,
    diff::diff,
    discover::discover,
    doctor::doctor,
    explain::explain,
    failure::{Exit, Failure},
    identify::identify,
    look::Look,
    lsp::lsp,
    mode::{cycle, mode},
    openhab::openhab,
    plan::plan,
    replay::replay,
    rules::rules,
    run::run,
    simulate::simulate,
    status::status,
    test::test,
    token::token,
};
use crate::{http, model::Timestamp};

/// The whole program: reads the command line, does what it says, tells what went wrong.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match start_logging(&cli.command).and_then(|()| execute(cli.command, &mut io::stdout().lock())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.what.is_empty() {
                // Nobody is left to be told when standard error is closed, too.
                let _ = writeln!(io::stderr(), "{failure}");
            }
            failure.exit.into()
        }
    }
}

fn execute(command: Command, out: &mut impl Write) -> Result<(), Failure> {
    match command {
        Command::Run(args) => everywhere(run(&args, &environment)),
        Command::Demo(args) => everywhere(demo(&args, &environment, Look::of_stdout(), out)),
        Command::Discover(args) => here(discover(&args, &environment, Look::of_stdout(), out)),
        Command::Doctor(args) => here(doctor(&args, &environment, Look::of_stdout(), out)),
        Command::Check(args) => here(check(&args, &environment, Look::of_stdout(), out)),
        Command::Lsp(args) => lsp(&args, &environment, out),
        Command::Test(args) => here(test(&args, &environment, Look::of_stdout(), out)),
        Command::Simulate(args) => simulate(&args, &environment, Look::of_stdout(), Timestamp::now(), out),
        Command::Rules(args) => here(rules(&args, Look::of_stdout(), out)),
        Command::Diff(args) => here(diff(&args, &environment, Look::of_stdout(), out)),
        Command::Replay(args) => here(replay(&args, Look::of_stdout(), out)),
        Command::Care(args) => here(care(&args, Look::of_stdout(), Timestamp::now(), out)),
        Command::Status(args) => here(status(&args, Look::of_stdout(), out)),
        Command::Mode(args) => here(mode(&args, out)),
        Command::Cycle(args) => here(cycle(&args, out)),
        Command::Plan(args) => here(plan(&args, Look::of_stdout(), out)),
        Command::Explain(args) => here(explain(&args, Look::of_stdout(), out)),
        Command::Identify(args) => everywhere(identify(&args, &environment, Look::of_stdout(), out)),
        Command::Token(args) => token(&args, &environment, Look::of_stdout(), Timestamp::now(), out),
        Command::Openhab(args) => openhab(&args, &environment, out),
        Command::Openapi => Ok(write!(out, "{}", http::spec_yaml())?),
        Command::Completions(Completions { shell }) => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "scs", &mut script);
            Ok(out.write_all(&script)?)
        }
    }
}

fn environment(name: &str) -> Option<String> {
    env::var(name).ok()
}

/// Runs a command that only asks others, in this thread.
fn here<T>(command: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    runtime(runtime::Builder::new_current_thread())?.block_on(command)
}

/// Runs the service, on all cores.
fn everywhere<T>(command: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    runtime(runtime::Builder::new_multi_thread())?.block_on(Box::pin(command))
}

fn runtime(mut builder: runtime::Builder) -> Result<runtime::Runtime, Failure> {
    let built = builder.enable_all().thread_name("scs").build();
    built.map_err(|error| Failure::new(Exit::Failed, format!("no threads can be started ({error})"), ""))
}

/// Messages go to standard error, as `SCS_LOG` and `SCS_LOG_FORMAT` say.
fn start_logging(command: &Command) -> Result<(), Failure> {
    let usual = match command {
        Command::Run(_) => "info",
        // The demo tells what happens in its own lines.
        Command::Demo(_) => "error,smart_charging_station::app::reload=off",
        // The service may run in this process, and people are asked meanwhile. The others say in their own lines what is wrong.
        Command::Identify(_)
        | Command::Check(_)
        | Command::Discover(_)
        | Command::Doctor(_)
        | Command::Lsp(_)
        | Command::Openhab(_) => "error",
        _ => "warn",
    };
    let wanted = env::var("SCS_LOG").ok().filter(|text| !text.trim().is_empty());
    let wanted = wanted.as_deref().unwrap_or(usual);
    let filter = EnvFilter::builder().parse(wanted).map_err(|error| {
        let hint =
            "use error, warn, info, debug, or a filter such as info,smart_charging_station::mqtt=debug";
        Failure::new(Exit::Configuration, format!("SCS_LOG `{wanted}` is not understood ({error})"), hint)
    })?;
    let colour = io::stderr().is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(colour);
    match env::var("SCS_LOG_FORMAT").as_deref() {
        Ok("json") => log.json().flatten_event(true).init(),
        Ok("text" | "") | Err(_) => log.with_target(false).init(),
        Ok(other) => {
            let what = format!("SCS_LOG_FORMAT `{other}` is not understood");
            return Err(Failure::new(Exit::Configuration, what, "use json or text"));
        }
    }
    Ok(())
}
