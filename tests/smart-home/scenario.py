"""All checks, for each form of discovery, from nothing. Called by run.py, which finds what is needed."""

import argparse
import os
import signal
import sys
from pathlib import Path

import documentation
import node_red
from entities import Entities
from home import PORTS, Home
from outages import Outages
from processes import LOGS, ROOT, NotTried
from removal import Removal
from table import Table
from values import Values


def main():
    said = argparse.ArgumentParser()
    said.add_argument("program", nargs="?", default=ROOT / "target" / "debug" / "scs", type=Path)
    said.add_argument("--form", choices=["device", "entity", "both"], default="both")
    said.add_argument("--pictures", action="store_true", help="make the pictures of the documentation instead")
    said = said.parse_args()
    # What was started is ended also when this is.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    program = said.program.resolve()
    try:
        if said.pictures:
            from pictures import make
            make(program)
            return 0
        return try_forms(program, ["device", "entity"] if said.form == "both" else [said.form])
    except NotTried as error:
        print(error, file=sys.stderr)
        return 2


def try_forms(program, forms):
    release = os.environ.get("HOME_ASSISTANT", "")
    print(f"Home Assistant {release}; logs are in {LOGS.relative_to(ROOT)}/", flush=True)
    table = Table()
    for form in forms:
        table.form = form
        home = Home(ROOT / "target" / "smart-home" / f"run-{form}", program, form,
                    documentation.block("dashboard"), documentation.block("automation"))
        if form == "device" and home.hass.is_old:
            continue
        try:
            home.start()
            Entities(table, home.hass, PORTS).run()
            Values(table, home).run()
            documentation.run(table, home)
            node_red.run(table, home)
            Outages(table, home).run()
            Removal(table, home).run()
            table.check("the broker let everybody say what they must", [], home.broker.denials())
            table.check("Home Assistant found nothing wrong in any message", [], home.hass.complaints())
        finally:
            home.stop()
    print(f"\nHome Assistant {release}\n\n{table.text()}", flush=True)
    return 1 if table.failed() else 0


if __name__ == "__main__":
    sys.exit(main())
