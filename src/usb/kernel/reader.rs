//! Reads hubs side by side, each on a thread of its own, and remembers what hangs.
//!
//! Threads and not the runtime's own: a program that ends does not wait for a thread that the kernel holds.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, timeout_at},
};

use super::{
    files::{self, Attributes, HubFiles, Roots},
    picture::{self, HubParts},
};
use crate::{
    model::{HubLocation, SwitchProblem},
    usb::{Survey, UsbSettings},
};

/// How long names are waited for once the power is known: the kernel has them at hand, unless a device is in trouble.
const NAMES_LIMIT: Duration = Duration::from_secs(1);

/// How much is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::usb) enum Depth {
    /// What hub it is and what is plugged in, without the words of devices. Asks nobody, so that it is done at once.
    Shape,
    /// What is plugged in. Asks no hub, so that none is woken.
    Things,
    /// The power of the ports too.
    All,
    /// As [`Depth::All`], of hubs that are told not to sleep any more, as far as this user may tell them.
    Awake,
}

/// The steps of reading one hub, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Shape,
    Power,
    Said,
}

/// What a step found.
enum Part {
    /// `None`: there is no hub.
    Shape(Option<HubFiles>),
    Power(BTreeMap<u8, io::Result<String>>),
    Said(Attributes, BTreeMap<u8, Attributes>),
}

/// What came of reading one hub.
#[derive(Default)]
struct Gathered {
    shape: Option<Option<HubFiles>>,
    power: Option<BTreeMap<u8, io::Result<String>>>,
    said: Option<(Attributes, BTreeMap<u8, Attributes>)>,
}

/// What was found.
pub(in crate::usb) struct Found {
    pub(in crate::usb) survey: Survey,
    /// The hubs that did not answer in time: the power of their ports is not known. One that is not in the survey either
    /// is there or not, nobody knows.
    pub(in crate::usb) late: BTreeSet<HubLocation>,
}

/// Reads the kernel's files.
pub(in crate::usb) struct Reader {
    roots: Arc<Roots>,
    limit: Duration,
    /// The step at which the reading of a hub hangs, and its thread.
    hanging: BTreeMap<HubLocation, Vec<(Stage, JoinHandle<()>)>>,
    /// The thread that lists all hubs, if it hangs.
    listing: Option<JoinHandle<()>>,
}

impl Reader {
    pub(in crate::usb) fn new(settings: &UsbSettings) -> Self {
        Self {
            roots: Arc::new(Roots::of(settings)),
            limit: settings.time_limit.unsigned_abs(),
            hanging: BTreeMap::new(),
            listing: None,
        }
    }

    /// The folders that are read.
    pub(in crate::usb) fn roots(&self) -> &Arc<Roots> {
        &self.roots
    }

    /// True if the power of this hub's ports is being read, without an end so far.
    pub(in crate::usb) fn hangs(&mut self, at: &HubLocation) -> bool {
        self.forget_the_ended();
        self.hanging.get(at).is_some_and(|all| all.iter().any(|(stage, _)| *stage == Stage::Power))
    }

    /// Reads these hubs, or all. Those that are asked for and in no part of the answer are not there.
    pub(in crate::usb) async fn look(
        &mut self,
        hubs: Option<&BTreeSet<HubLocation>>,
        depth: Depth,
    ) -> Result<Found, SwitchProblem> {
        self.forget_the_ended();
        let deadline = Instant::now() + self.limit;
        let (all, board) = self.list(hubs.is_none(), deadline).await?;
        let hubs = hubs.unwrap_or(&all);
        let mut started = Vec::new();
        let mut late = BTreeSet::new();
        for at in hubs {
            let stages = self.stages(at, depth);
            if stages.is_empty() {
                late.insert(at.clone());
                continue;
            }
            let (parts, received) = mpsc::channel(stages.len());
            let (roots, hub, steps) = (Arc::clone(&self.roots), at.clone(), stages.clone());
            let thread = spawn(move || read(&roots, &hub, &steps, depth == Depth::Awake, &parts))?;
            started.push((at, stages, received, thread));
        }
        let mut survey = Survey { board, from_kernel: true, ..Survey::default() };
        for (at, stages, received, thread) in started {
            let (gathered, hung) = gather(received, &stages, deadline).await;
            if let Some(stage) = hung {
                tracing::warn!(hub = %at, ?stage, "reading the kernel's files of a hub hangs");
                self.hanging.entry(at.clone()).or_default().push((stage, thread));
            }
            let files = match gathered.shape {
                Some(Some(files)) => files,
                Some(None) => continue,
                None => {
                    late.insert(at.clone());
                    continue;
                }
            };
            let power = match gathered.power {
                Some(power) => Ok(power),
                None if matches!(depth, Depth::Shape | Depth::Things) => {
                    Err("it was not asked for".to_owned())
                }
                None => {
                    late.insert(at.clone());
                    Err(format!("the hub has not answered within {} s", self.limit.as_secs()))
                }
            };
            let hub = picture::hub(at, &HubParts { files, power, said: gathered.said });
            survey.hubs.extend(hub.map(|hub| (at.clone(), hub)));
        }
        Ok(Found { survey, late })
    }

    /// The name of the board, and all hubs if that is wanted.
    async fn list(
        &mut self,
        hubs: bool,
        deadline: Instant,
    ) -> Result<(BTreeSet<HubLocation>, Option<String>), SwitchProblem> {
        if self.listing.is_some() {
            return Err(self.timeout());
        }
        let roots = Arc::clone(&self.roots);
        let (listed, answer) = oneshot::channel();
        let thread = spawn(move || {
            let hubs = if hubs { roots.hubs() } else { roots.devices.read_dir().map(|_| Vec::new()) };
            // Nobody may be waiting any more.
            let _ = listed.send((hubs, roots.board()));
        })?;
        let Ok(answer) = timeout_at(deadline, answer).await else {
            self.listing = Some(thread);
            return Err(self.timeout());
        };
        match answer {
            Ok((Ok(hubs), board)) => Ok((hubs.into_iter().collect(), board)),
            Ok((Err(error), _)) => {
                let folder = self.roots.devices.display();
                Err(SwitchProblem::Missing(format!("the kernel shows no USB at `{folder}`: {error}")))
            }
            Err(_) => Err(SwitchProblem::Unreadable("reading the kernel's files broke off".to_owned())),
        }
    }

    /// The steps that do not hang from before; without the first there are none.
    fn stages(&self, at: &HubLocation, depth: Depth) -> Vec<Stage> {
        let hanging = self.hanging.get(at).map(Vec::as_slice).unwrap_or_default();
        let hangs = |stage| hanging.iter().any(|(hung, _)| *hung == stage);
        if hangs(Stage::Shape) {
            return Vec::new();
        }
        let wanted: &[Stage] = match depth {
            Depth::Shape => &[Stage::Shape],
            Depth::Things => &[Stage::Shape, Stage::Said],
            Depth::All | Depth::Awake => &[Stage::Shape, Stage::Power, Stage::Said],
        };
        wanted.iter().copied().filter(|stage| !hangs(*stage)).collect()
    }

    fn forget_the_ended(&mut self) {
        self.listing.take_if(|thread| thread.is_finished());
        for threads in self.hanging.values_mut() {
            threads.retain(|(_, thread)| !thread.is_finished());
        }
        self.hanging.retain(|_, threads| !threads.is_empty());
    }

    fn timeout(&self) -> SwitchProblem {
        SwitchProblem::Timeout(self.limit.as_secs())
    }
}

/// Starts a thread.
pub(in crate::usb) fn spawn(work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, SwitchProblem> {
    let started = thread::Builder::new().name("usb-files".to_owned()).spawn(work);
    started.map_err(|error| SwitchProblem::Unreadable(format!("no thread could be started: {error}")))
}

/// The work of one thread.
fn read(roots: &Roots, at: &HubLocation, stages: &[Stage], awake: bool, parts: &mpsc::Sender<Part>) {
    let mut ports = 0;
    for stage in stages {
        let part = match stage {
            Stage::Shape => {
                let shape = files::shape(roots, at);
                // INVARIANT: the ports are numbered from 1 by a `u8`.
                ports = shape.as_ref().map_or(0, |files| files.ports.keys().last().copied().unwrap_or(0));
                Part::Shape(shape)
            }
            Stage::Power => {
                if awake {
                    files::keep_awake(roots, at);
                }
                Part::Power(files::disabled(roots, at, ports))
            }
            Stage::Said => {
                let (own, things) = files::said(roots, at, ports);
                Part::Said(own, things)
            }
        };
        let nothing_there = matches!(part, Part::Shape(None));
        if parts.try_send(part).is_err() || nothing_there {
            return;
        }
    }
}

/// Takes what a thread finds, and the step at which it hangs.
async fn gather(
    mut received: mpsc::Receiver<Part>,
    stages: &[Stage],
    deadline: Instant,
) -> (Gathered, Option<Stage>) {
    let mut gathered = Gathered::default();
    let mut deadline = deadline;
    for stage in stages {
        if *stage == Stage::Said {
            deadline = deadline.min(Instant::now() + NAMES_LIMIT);
        }
        match timeout_at(deadline, received.recv()).await {
            Ok(Some(Part::Shape(shape))) => gathered.shape = Some(shape),
            Ok(Some(Part::Power(power))) => gathered.power = Some(power),
            Ok(Some(Part::Said(own, things))) => gathered.said = Some((own, things)),
            Ok(None) => break,
            Err(_) => return (gathered, Some(*stage)),
        }
    }
    (gathered, None)
}
