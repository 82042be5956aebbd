"""Builds the kernel and the initramfs of the rig under target/rig/, from Debian's own packages.

The initramfs holds busybox, the real uhubctl, the program under test with the libraries that ldd names, the
repository's desk station with its rules, and the settings of this folder. The kernel is downloaded once and kept.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
WORK = REPOSITORY / "target" / "rig"
MODULES = ["virtio_pci", "virtio_net", "xhci_pci"]
# Those that the desk station uses.
RULES = ["cool-down", "keep-between", "ready-by"]
# A time zone of a shipped station; the service reads it from the system.
ZONES = ["Europe/Berlin", "UTC"]


def output(*command, **options):
    return subprocess.run(command, check=True, text=True, capture_output=True, **options).stdout


def kernel():
    """The folder of Debian's newest kernel package, unpacked, with its module index; downloaded when not there."""
    depends = output("apt-cache", "depends", "linux-image-amd64")
    package = re.search(r"Depends: (linux-image-\S+-amd64)", depends)
    if not package:
        sys.exit("apt does not know the package linux-image-amd64: run `apt-get update`")
    folder = WORK / package[1]
    if folder.is_dir():
        return folder
    part = WORK / "kernel.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    # apt's own unprivileged user may not write here.
    download = ["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", package[1]]
    if subprocess.run(download, cwd=part).returncode != 0:
        sys.exit(f"the package {package[1]} could not be downloaded: run `apt-get update`")
    (deb,) = part.glob("*.deb")
    output("dpkg", "-x", deb, part)
    deb.unlink()
    (version,) = (part / "lib/modules").iterdir()
    output("/sbin/depmod", "-b", part, version.name)
    part.rename(folder)
    return folder


def copy(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)


def add_program(root, source, name):
    """Copies a program to /usr/bin and the libraries it is linked against to where it looks for them."""
    copy(source, root / "usr/bin" / name)
    linked = subprocess.run(["ldd", source], text=True, capture_output=True)
    for library in re.findall(r"(/\S+) \(0x", linked.stdout):
        copy(library, root / library.lstrip("/"))


def add_modules(root, unpacked):
    """Copies the drivers and what they need; /modules/order lists them as they must be inserted."""
    (version,) = (unpacked / "lib/modules").iterdir()
    order = []
    for module in MODULES:
        shown = output("/sbin/modprobe", "-d", unpacked, "-S", version.name, "--show-depends", module)
        for path in re.findall(r"^insmod (\S+)", shown, re.MULTILINE):
            if Path(path).name not in order:
                order.append(Path(path).name)
                copy(path, root / "modules" / Path(path).name)
    (root / "modules/order").write_text("".join(f"{name}\n" for name in order))


def build(program, arguments):
    """Packs the initramfs around `program`, started with `arguments`; returns the kernel's and the initramfs's path."""
    unpacked = kernel()
    root = WORK / "root"
    shutil.rmtree(root, ignore_errors=True)
    for folder in ["bin", "dev", "proc", "sys", "tmp", "srv/scs"]:
        (root / folder).mkdir(parents=True)
    copy("/bin/busybox", root / "bin/busybox")
    (root / "bin/sh").symlink_to("busybox")
    add_modules(root, unpacked)
    add_program(root, "/usr/sbin/uhubctl", "uhubctl")
    add_program(root, program, "scs")
    # Debug information is most of the program; without `strip` the rig works too, only slower.
    if shutil.which("strip"):
        subprocess.run(["strip", root / "usr/bin/scs"], stderr=subprocess.DEVNULL)
    for zone in ZONES:
        copy(Path("/usr/share/zoneinfo") / zone, root / "usr/share/zoneinfo" / zone)
    # Not their tests: whole nights with batteries that do not exist take a minute in an emulated machine.
    for rule in RULES:
        copy(REPOSITORY / f"rules/{rule}.rhai", root / f"srv/scs/rules/{rule}.rhai")
    copy(REPOSITORY / "stations/desk.ron", root / "srv/scs/stations/desk.ron")
    copy(HERE / "settings.ron", root / "srv/scs/settings.ron")
    copy(HERE / "run.cgi", root / "srv/control/cgi-bin/run")
    copy(HERE / "init", root / "init")
    (root / "srv/arguments").write_text(arguments)
    initramfs = WORK / "initramfs.gz"
    pack = "find . | cpio --quiet -o -H newc -R 0:0 | gzip -1"
    initramfs.write_bytes(subprocess.run(["sh", "-c", pack], check=True, cwd=root, stdout=subprocess.PIPE).stdout)
    (image,) = (unpacked / "boot").glob("vmlinuz-*")
    return image, initramfs
