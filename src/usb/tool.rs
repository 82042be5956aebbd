//! The program `uhubctl` itself: where it is, which version, and what its complaints mean.

use std::path::{Path, PathBuf};

use super::{
    UsbSettings,
    call::{self, Failure, Output},
};
use crate::model::SwitchProblem;

/// The oldest version whose output is understood.
const OLDEST: (u32, u32) = (2, 3);
/// The first version that can leave out the names that devices choose.
const WITHOUT_NAMES: (u32, u32) = (2, 5);

/// The `uhubctl` of this host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolInfo {
    /// Its absolute path.
    pub path: PathBuf,
    /// What it says of its version.
    pub version: String,
}

/// The tool and what it can do.
#[derive(Clone, Debug)]
pub(super) struct Tool {
    pub(super) info: ToolInfo,
    /// It has `-N`: names, which devices choose and can forge lines with, stay out of the output.
    pub(super) without_names: bool,
}

/// Finds `uhubctl`: the path of the settings, else PATH and where distributions put it.
pub fn find_uhubctl(settings: &UsbSettings) -> Result<PathBuf, SwitchProblem> {
    let Some(path) = &settings.uhubctl else {
        return call::find("uhubctl").ok_or_else(|| {
            SwitchProblem::ToolMissing("not on PATH, nor where distributions put it".to_owned())
        });
    };
    let refused = |why| SwitchProblem::ToolMissing(format!("`{}`: {why}", path.display()));
    if !path.is_absolute() {
        return Err(refused("it is not an absolute path"));
    }
    call::runnable(path).map_err(refused)?;
    Ok(path.clone())
}

/// Finds `uhubctl` and asks its version. Fails if there is none, or if it is older than 2.3. Touches no hub.
pub async fn probe(settings: &UsbSettings) -> Result<ToolInfo, SwitchProblem> {
    Ok(examine(settings).await?.info)
}

/// As [`probe`], with what it can do.
pub(super) async fn examine(settings: &UsbSettings) -> Result<Tool, SwitchProblem> {
    let path = find_uhubctl(settings)?;
    let said = ask(&path, "-v", settings).await?;
    let version = short(said.stdout.split(|b| *b == b'\n').next().unwrap_or_default());
    let missing = |why: &str| SwitchProblem::ToolMissing(format!("`{}` {why}", path.display()));
    let without_names = match numbers(&version) {
        _ if said.code != Some(0) => return Err(missing("does not answer to -v")),
        Some(numbers) if numbers < OLDEST => {
            return Err(missing(&format!("is version {version}, and 2.3 is the oldest that can be used")));
        }
        Some(numbers) => numbers >= WITHOUT_NAMES,
        // Built from a copy of the source without its history: what it can do tells how old it is.
        None => {
            let help = ask(&path, "-h", settings).await?;
            if !String::from_utf8_lossy(&help.stdout).contains("--nodesc") {
                return Err(missing(&format!("is of unknown version `{version}`")));
            }
            true
        }
    };
    Ok(Tool { info: ToolInfo { path, version }, without_names })
}

async fn ask(path: &Path, flag: &str, settings: &UsbSettings) -> Result<Output, SwitchProblem> {
    let limit = settings.time_limit.unsigned_abs();
    call::run(path, &[flag.to_owned()], limit, None).await.map_err(|failure| match failure {
        Failure::NotStarted(error) => SwitchProblem::ToolMissing(format!("`{}`: {error}", path.display())),
        Failure::TooLong(_) => SwitchProblem::Timeout(limit.as_secs()),
        Failure::TooMuch(_) => SwitchProblem::Unreadable("endless output".to_owned()),
    })
}

fn numbers(version: &str) -> Option<(u32, u32)> {
    let digits = |text: &str| text.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok();
    let (major, rest) = version.strip_prefix('v').unwrap_or(version).split_once('.')?;
    Some((major.parse().ok()?, digits(rest)?))
}

/// The start of a text for a message, safe to print.
fn short(text: &[u8]) -> String {
    String::from_utf8_lossy(text).trim().chars().filter(|c| !c.is_control()).take(160).collect()
}

/// Devices and their files belong to root until a udev rule says otherwise.
pub(super) fn not_allowed(what: &str) -> SwitchProblem {
    let advice = "install the udev rule that `scs doctor` prints and join its group";
    SwitchProblem::Permission(format!("{what}: {advice}"))
}

/// What a call that exited with an error means. The tool has switched nothing then.
pub(super) fn exit_problem(output: &Output) -> Option<SwitchProblem> {
    if output.code == Some(0) {
        return None;
    }
    let first = output.stderr.lines().find(|line| !line.trim().is_empty());
    let text = match (first, output.code) {
        (Some(line), _) => short(line.as_bytes()),
        (None, Some(code)) => format!("it ended with code {code} and said nothing"),
        (None, None) => "a signal ended it".to_owned(),
    };
    Some(if output.stderr.contains("permission problems") {
        not_allowed(&text)
    } else if output.stderr.contains("No compatible devices detected") {
        SwitchProblem::Missing(text)
    } else {
        SwitchProblem::Unreadable(text)
    })
}

/// The line in which the tool says that it may not write something. It tries another way then, so this is a
/// problem only if the port does not switch.
pub(super) fn permission_line(stderr: &str) -> Option<String> {
    ["Permission denied", "Operation not permitted", "Read-only file system"]
        .iter()
        .find_map(|words| stderr.lines().find(|line| line.contains(words)))
        .map(|line| short(line.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_distributions_write_them() {
        for (text, expected) in [
            ("2.5.0-1", Some((2, 5))),
            ("2.6.0-31-g2985dfc", Some((2, 6))),
            ("v2.10", Some((2, 10))),
            ("2985dfc", None),
            ("", None),
            ("2.", None),
        ] {
            assert_eq!(numbers(text), expected, "{text}");
        }
    }

    #[test]
    fn complaints_are_told_apart() {
        let problem = |stderr: &str| {
            exit_problem(&Output { code: Some(1), stdout: Vec::new(), stderr: stderr.to_owned() })
        };
        let hint = "Run with -h to get usage info.\n";
        let missing = "No compatible devices detected at location 9-9!";
        assert_eq!(problem(&format!("{missing}\n{hint}")), Some(SwitchProblem::Missing(missing.to_owned())));
        assert!(matches!(
            problem(&format!(
                "There were permission problems while accessing USB.\nFollow …\n{missing}\n{hint}"
            )),
            Some(SwitchProblem::Permission(_))
        ));
        assert!(matches!(problem("Cannot enumerate USB devices!\n"), Some(SwitchProblem::Unreadable(_))));
        assert!(matches!(problem(""), Some(SwitchProblem::Unreadable(_))));
    }
}
