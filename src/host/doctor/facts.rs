//! What is true of this host, this user and the files: gathered once, judged in [`super::checks`].

use std::{collections::BTreeSet, fs, path::PathBuf, sync::Arc};

use crate::{
    host::{
        HostSettings,
        hubs::{Hubs, Lock, lock, look_past},
    },
    model::{Station, SwitchProblem},
    usb::{self, Survey, ToolInfo},
};

/// Everything that the checks look at.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    /// `uhubctl`, or why there is none.
    pub(crate) tool: Result<ToolInfo, SwitchProblem>,
    /// What the kernel says of its version, for example `6.1.0-13-amd64`.
    pub(crate) kernel: String,
    /// Where the kernel shows its devices.
    pub(crate) sysfs: PathBuf,
    /// What hangs on the buses.
    pub(crate) survey: Survey,
    /// The same, as people buy it.
    pub(crate) hubs: Hubs,
    /// The file that keeps two programs from switching at once, and its state.
    pub(crate) lock: (PathBuf, Lock),
    /// Who asks.
    pub(crate) who: Who,
    /// The stations, or why they are not known.
    pub(crate) stations: Known,
}

/// The stations, or why they are not known.
pub(crate) type Known = Result<Vec<Arc<Station>>, Stations>;

/// Why the stations are not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stations {
    /// There is no file of one.
    None,
    /// Files are broken, so many errors.
    Broken(usize),
}

/// Asks the host, in bounded time.
pub(super) async fn gather(settings: &HostSettings, stations: Known) -> Facts {
    // Before the tool is called: a call of ours would hold the lock.
    let lock = (settings.usb.lock.clone(), lock(&settings.usb.lock).await);
    let tool = usb::probe(&settings.usb).await;
    let (survey, hubs) = look_past(settings, &lock.1).await;
    Facts {
        tool,
        kernel: kernel(),
        sysfs: settings.usb.sysfs.clone(),
        survey,
        hubs,
        lock,
        who: Who::find(),
        stations,
    }
}

/// Who this process is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Who {
    /// The user's name, or number when it has none.
    pub(crate) name: String,
    /// True for the user who may do everything.
    pub(crate) root: bool,
    /// The groups that this process is in.
    pub(crate) groups: BTreeSet<String>,
    /// The groups that the next login of this user is in.
    pub(crate) enlisted: BTreeSet<String>,
    /// All groups of this host.
    pub(crate) known: BTreeSet<String>,
}

/// Groups that distributions have for such devices, the usual one first.
const GROUPS: [&str; 3] = ["dialout", "plugdev", "uucp"];

impl Who {
    /// Asks the kernel and the files of users and groups.
    fn find() -> Self {
        let text = |path: &str| fs::read_to_string(path).unwrap_or_default();
        Self::read(&text("/proc/self/status"), &text("/etc/passwd"), &text("/etc/group"))
    }

    fn read(status: &str, passwd: &str, group: &str) -> Self {
        let numbers = |field: &str| -> Vec<String> {
            let line = status.lines().find_map(|line| line.strip_prefix(field));
            line.unwrap_or_default().split_whitespace().map(str::to_owned).collect()
        };
        // The second number is the one that counts for what a process may do.
        let effective = |field: &str| numbers(field).into_iter().nth(1).unwrap_or_default();
        let (user, main) = (effective("Uid:"), effective("Gid:"));
        let name_in = |file: &str, number: &str| {
            let line = file.lines().find(|line| line.split(':').nth(2) == Some(number));
            line.and_then(|line| line.split(':').next()).unwrap_or(number).to_owned()
        };
        let name = name_in(passwd, &user);
        let mine: BTreeSet<String> = numbers("Groups:").into_iter().chain([main]).collect();
        let lists_me = |line: &&str| {
            line.split(':').nth(3).is_some_and(|members| members.split(',').any(|member| member == name))
        };
        let first = |line: &str| line.split(':').next().unwrap_or_default().to_owned();
        Self {
            root: user == "0",
            groups: mine.iter().map(|number| name_in(group, number)).collect(),
            enlisted: group.lines().filter(lists_me).map(first).collect(),
            known: group.lines().map(first).collect(),
            name,
        }
    }

    /// The group that shall switch: one that the user is in, else one that is there, else the usual one.
    pub(super) fn group(&self) -> &'static str {
        let usual = || GROUPS.into_iter();
        usual()
            .find(|group| self.groups.contains(*group))
            .or_else(|| usual().find(|group| self.enlisted.contains(*group)))
            .or_else(|| usual().find(|group| self.known.contains(*group)))
            .unwrap_or("dialout")
    }
}

/// The version of the kernel.
fn kernel() -> String {
    fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/sh\nada:x:1000:1000:Ada:/home/ada:/bin/sh\n";
    const GROUP: &str = "root:x:0:\nada:x:1000:\ndialout:x:20:ada,bob\nplugdev:x:46:\n";

    #[test]
    fn a_user_is_known_by_name_and_by_groups_now_and_after_the_next_login() {
        let status =
            "Name:\tscs\nUid:\t1000\t1000\t1000\t1000\nGid:\t1000\t1000\t1000\t1000\nGroups:\t46 77 \n";
        let who = Who::read(status, PASSWD, GROUP);
        assert_eq!((who.name.as_str(), who.root), ("ada", false));
        assert_eq!(who.groups, ["77", "ada", "plugdev"].map(str::to_owned).into());
        assert_eq!(who.enlisted, ["dialout".to_owned()].into());
        assert_eq!(who.group(), "plugdev");
        let other = Who { groups: BTreeSet::new(), ..who };
        assert_eq!(other.group(), "dialout");
        assert_eq!(Who { known: ["uucp".to_owned()].into(), ..Who::default() }.group(), "uucp");
    }

    #[test]
    fn root_is_the_user_with_the_number_0_also_without_files() {
        let who = Who::read("Uid:\t1000\t0\t0\t0\nGid:\t0\t0\t0\t0\n", "", "");
        assert_eq!((who.name.as_str(), who.root, who.group()), ("0", true, "dialout"));
    }
}
