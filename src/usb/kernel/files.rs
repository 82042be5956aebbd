//! The thin part: reads files, links and rights, and knows their paths. Everything may vanish while it is read.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use rustix::{
    fs::{Access as Wish, AtFlags, CWD, StatVfsMountFlags, accessat, statvfs},
    io::Errno,
};

use super::picture;
use crate::{
    model::HubLocation,
    usb::{Access, UsbSettings, words::printable},
};

/// A file of the kernel holds at most one page.
const TEXT_MAX: u64 = 4096;
/// More devices and interfaces than 127 on each of 32 buses; what is beyond is not looked at.
const ENTRIES_MAX: usize = 16_384;
/// Four times as many hubs as `uhubctl` lists. Each is read on a thread of its own, so there must be an end.
const HUBS_MAX: usize = 512;
/// What is read of each device without asking it.
const PLAIN: [&str; 8] =
    ["bDeviceClass", "idVendor", "idProduct", "version", "speed", "maxchild", "busnum", "devnum"];
/// What devices say of themselves. Reading waits while a device is being set up or reset.
const SAID: [&str; 3] = ["manufacturer", "product", "serial"];

/// The files of a device by name, those that could be read.
pub(super) type Attributes = BTreeMap<&'static str, String>;

/// Where the files are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::usb) struct Roots {
    /// `/sys/bus/usb/devices`.
    pub(in crate::usb) devices: PathBuf,
    /// The file with the name of the board.
    board: PathBuf,
    /// `/dev/bus/usb`.
    nodes: PathBuf,
}

/// A hub as far as it is known without asking it.
pub(super) struct HubFiles {
    pub(super) attributes: Attributes,
    /// `power/control`.
    pub(super) control: Option<String>,
    pub(super) device_file: Access,
    pub(super) ports: BTreeMap<u8, PortFiles>,
}

/// A port as far as it is known without asking its hub.
pub(super) struct PortFiles {
    pub(super) disable_file: Access,
    /// The last part of the link to the port of the other side, if the hub of that is there.
    pub(super) peer: Option<String>,
    /// What is plugged in.
    pub(super) child: Option<Attributes>,
}

impl Roots {
    /// The folders of the settings. Device files are beside the kernel's folder: `/dev` beside `/sys`.
    pub(in crate::usb) fn of(settings: &UsbSettings) -> Self {
        let beside = settings.sysfs.parent().unwrap_or(&settings.sysfs).join("dev");
        Self::new(&settings.sysfs, &beside)
    }
    /// As [`Roots::of`], with both folders named.
    pub(super) fn new(sysfs: &Path, dev: &Path) -> Self {
        Self {
            devices: sysfs.join("bus/usb/devices"),
            board: sysfs.join("firmware/devicetree/base/model"),
            nodes: dev.join("bus/usb"),
        }
    }
    /// The folder of a device.
    pub(in crate::usb) fn device(&self, at: &HubLocation) -> PathBuf {
        self.devices.join(folder(at))
    }
    /// What the board is called.
    pub(super) fn board(&self) -> Option<String> {
        text(&self.board).ok().map(|name| printable(&name, 120)).filter(|name| !name.is_empty())
    }
    /// All hubs that are there.
    pub(super) fn hubs(&self) -> io::Result<Vec<HubLocation>> {
        let entries = fs::read_dir(&self.devices)?;
        let names = entries.take(ENTRIES_MAX).flatten().map(|entry| entry.file_name());
        let places = names.filter_map(|name| picture::location(name.to_str()?));
        Ok(places.filter(|at| self.is_hub(at)).take(HUBS_MAX).collect())
    }
    /// True if a hub is there.
    pub(in crate::usb) fn is_hub(&self, at: &HubLocation) -> bool {
        text(&self.device(at).join("bDeviceClass")).is_ok_and(|class| class == picture::HUB_CLASS)
    }
}

/// The name of a device's folder: root hubs are `usb5`.
fn folder(at: &HubLocation) -> String {
    if at.is_root() { format!("usb{at}") } else { at.to_string() }
}

/// The folder of a device's first interface in its present configuration, which is almost always the first; that of a hub
/// has its ports. An error: the device is not there, or is not set up.
pub(in crate::usb) fn interface(roots: &Roots, at: &HubLocation) -> io::Result<PathBuf> {
    let stem = if at.is_root() { format!("{at}-0") } else { at.to_string() };
    let first = roots.devices.join(format!("{stem}:1.0"));
    if first.is_dir() {
        return Ok(first);
    }
    let number = text(&roots.device(at).join("bConfigurationValue"))?;
    let number: u8 = number.parse().map_err(|_| io::Error::from(io::ErrorKind::NotFound))?;
    Ok(roots.devices.join(format!("{stem}:{number}.0")))
}

/// The folder of a port, in that of the hub's interface.
pub(in crate::usb) fn port_folder(interface: &Path, at: &HubLocation, port: u8) -> PathBuf {
    interface.join(format!("{}-port{port}", folder(at)))
}

/// Reads what is known of a hub without asking it; `None`: there is no hub.
pub(super) fn shape(roots: &Roots, at: &HubLocation) -> Option<HubFiles> {
    let device = roots.device(at);
    let attributes = attributes(&device, &PLAIN);
    if attributes.get("bDeviceClass").is_none_or(|class| class != picture::HUB_CLASS) {
        return None;
    }
    let interface = interface(roots, at).ok();
    let ports = 1..=picture::number(&attributes, "maxchild").unwrap_or(0);
    let ports = ports.map(|number| (number, port(roots, at, interface.as_deref(), number))).collect();
    let control = text(&device.join("power/control")).ok();
    let device_file =
        picture::node(&attributes).map_or(Access::Absent, |node| access(&roots.nodes.join(node)));
    Some(HubFiles { attributes, control, device_file, ports })
}

fn port(roots: &Roots, at: &HubLocation, interface: Option<&Path>, number: u8) -> PortFiles {
    let folder = interface.map(|interface| port_folder(interface, at, number));
    let peer = folder.as_ref().and_then(|folder| fs::read_link(folder.join("peer")).ok());
    let peer = peer.and_then(|link| Some(link.file_name()?.to_str()?.to_owned()));
    let below = at.below(number);
    let mut child = attributes(&roots.device(&below), &PLAIN);
    if !child.is_empty()
        && let Ok(class) =
            self::interface(roots, &below).and_then(|first| text(&first.join("bInterfaceClass")))
    {
        child.insert("bInterfaceClass", class);
    }
    PortFiles {
        disable_file: folder.map_or(Access::Absent, |folder| access(&folder.join("disable"))),
        peer: peer.filter(|name| picture::port_place(name).is_some_and(|(hub, _)| roots.is_hub(&hub))),
        child: (!child.is_empty()).then_some(child),
    }
}

/// The files `disable` of the ports 1 to `ports` of a hub: `1` is off. Asks the hub.
pub(super) fn disabled(roots: &Roots, at: &HubLocation, ports: u8) -> BTreeMap<u8, io::Result<String>> {
    let interface = interface(roots, at);
    let read = |port| match &interface {
        Ok(interface) => text(&port_folder(interface, at, port).join("disable")),
        Err(error) => Err(error.kind().into()),
    };
    (1..=ports).map(|port| (port, read(port))).collect()
}

/// Tells the kernel not to put a hub to sleep any more, as far as this user may. A hub that sleeps takes about a second
/// for each answer, and may give power back to its ports when it wakes. That it may not be told is no trouble.
pub(in crate::usb) fn keep_awake(roots: &Roots, at: &HubLocation) {
    let control = roots.device(at).join("power/control");
    if !text(&control).is_ok_and(|now| now == "auto") {
        return;
    }
    let open = File::options().write(true).truncate(true).open(&control);
    if let Err(error) = open.and_then(|mut file| file.write_all(b"on")) {
        tracing::debug!(hub = %at, %error, "the hub may go on sleeping");
    }
}

/// What the hub says of itself, and what the devices in its ports say.
pub(super) fn said(roots: &Roots, at: &HubLocation, ports: u8) -> (Attributes, BTreeMap<u8, Attributes>) {
    let of = |port| (port, attributes(&roots.device(&at.below(port)), &SAID));
    (attributes(&roots.device(at), &SAID), (1..=ports).map(of).collect())
}

fn attributes(device: &Path, names: &[&'static str]) -> Attributes {
    names.iter().filter_map(|name| Some((*name, text(&device.join(name)).ok()?))).collect()
}

/// The text of a small file without the white space and zeros around it.
pub(in crate::usb) fn text(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(TEXT_MAX).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.trim_matches(|c: char| c.is_whitespace() || c == '\0').to_owned())
}

/// Whether this user may write the file. Opens nothing: to open a device file would wake the device.
pub(in crate::usb) fn access(path: &Path) -> Access {
    match accessat(CWD, path, Wish::WRITE_OK, AtFlags::EACCESS) {
        Ok(()) => Access::Yes,
        Err(Errno::ROFS) => Access::ReadOnly,
        Err(Errno::NOENT | Errno::NOTDIR) => Access::Absent,
        Err(_) if statvfs(path).is_ok_and(|disk| disk.f_flag.contains(StatVfsMountFlags::RDONLY)) => {
            Access::ReadOnly
        }
        Err(_) => Access::No,
    }
}
