#!/usr/bin/env python3
"""Tries the service with a real Home Assistant, a real mosquitto and, where there is Node.js, a real Node-RED.

Usage: run.py [PROGRAM] [--form device|entity|both] [--pictures]; PROGRAM is target/debug/scs by default. Opt-in, because
Home Assistant brings 400 MB of Python packages: they are fetched once from the Python registry into target/smart-home/
and stay there. Which release is tried depends on the Python that is found; SMART_HOME_PYTHON=/path/to/python chooses.
Ends with 1 when a check failed, and with 2 when nothing could be tried. Logs are kept in target/smart-home/logs/.
"""

import glob
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent.parent / "target" / "smart-home"
# Home Assistant runs on few versions of Python at a time. These pairs were tried; the first that is found is taken.
RELEASES = [((3, 14), "2026.11.0"), ((3, 13), "2025.4.4"), ((3, 12), "2024.3.3"), ((3, 11), "2024.3.3")]
# Parts of Home Assistant that are used here; what each needs stands in its manifest. hassio is not used, but imported
# by the dialogue that adds a broker.
PARTS = ["mqtt", "frontend", "onboarding", "config", "automation", "recorder", "history", "logbook", "hassio", "backup",
         "image_upload", "network", "isal", "repairs", "search", "cloud", "conversation"]


def main():
    found = newest_release()
    if found is None:
        known = ", ".join(f"{major}.{minor} ({release})" for (major, minor), release in RELEASES)
        print("no Python was found that a Home Assistant runs on, which was tried before: "
              f"install one of {known}, or name it by SMART_HOME_PYTHON", file=sys.stderr)
        return 2
    python, release = found
    venv = TARGET / f"home-assistant-{release}"
    if not (venv / "complete").is_file():
        make(venv, python, release)
    inside = venv / "bin" / "python"
    return subprocess.call([str(inside), str(HERE / "scenario.py"), *sys.argv[1:]],
                           env=os.environ | {"HOME_ASSISTANT": release, "PYTHONDONTWRITEBYTECODE": "1"})


def newest_release():
    """The Python and the release that fit, or None."""
    pythons = [(version(python), python) for python in candidates()]
    for wanted, release in RELEASES:
        for seen, python in pythons:
            if seen == wanted:
                return python, release
    return None


def candidates():
    chosen = os.environ.get("SMART_HOME_PYTHON")
    if chosen:
        return [chosen]
    named = [shutil.which(f"python{major}.{minor}") for (major, minor), _ in RELEASES] + [shutil.which("python3")]
    return [python for python in named if python] + sorted(glob.glob(os.path.expanduser("~/.pyenv/versions/*/bin/python")))


def version(python):
    """Major and minor number, or None for what does not run."""
    answer = subprocess.run([python, "-c", "import sys, venv; print(*sys.version_info[:2])"], capture_output=True, text=True)
    return tuple(map(int, answer.stdout.split())) if answer.returncode == 0 else None


def make(venv, python, release):
    """Fetches Home Assistant and what its parts need."""
    print(f"fetching Home Assistant {release} for {python}: some minutes, once", flush=True)
    shutil.rmtree(venv, ignore_errors=True)
    subprocess.run([python, "-m", "venv", str(venv)], check=True)
    pip = [str(venv / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, f"homeassistant=={release}"], check=True)
    subprocess.run([*pip, *requirements(venv), *HELD_BACK.get(release, [])], check=True)
    (venv / "complete").touch()


def requirements(venv):
    """What the parts and those that they depend on name in their manifests."""
    [components] = venv.glob("lib/python3.*/site-packages/homeassistant/components")
    wanted, seen, waiting = set(), set(), list(PARTS)
    while waiting:
        part = waiting.pop()
        manifest = components / part / "manifest.json"
        if part in seen or not manifest.is_file():
            continue
        seen.add(part)
        said = json.loads(manifest.read_text())
        # Speech and cameras have packages that must be compiled, and nothing here speaks or films.
        wanted.update(said.get("requirements", []) if part not in UNUSED else [])
        waiting.extend(said.get("dependencies", []))
    return sorted(wanted)


# Packages of which a newer version came that what is pinned beside it cannot use.
HELD_BACK = {"2024.3.3": ["josepy<2"]}
UNUSED = {"conversation", "stream", "camera", "tts", "assist_pipeline", "zeroconf", "bluetooth", "cloud"}

if __name__ == "__main__":
    sys.exit(main())
