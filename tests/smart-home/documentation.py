"""What people copy from docs/, taken from there, so that it is what was tried."""

import re

from entities import ids
from processes import ROOT

PAGE = ROOT / "docs" / "home-assistant.md"


def block(name):
    """The YAML under the mark `<!-- name -->`."""
    found = re.search(rf"<!-- {name} -->\n+```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    if not found:
        raise SystemExit(f"docs/home-assistant.md has no YAML marked `{name}`")
    return found[1]


def access_list(*roots):
    """Who may do what, as two pages say for one station; stations with other topics need the same lines with theirs."""
    pages = [ROOT / "docs" / "mqtt.md", PAGE]
    lines = "".join(re.search(r"```acl\n(.*?)```", page.read_text(), re.DOTALL)[1] for page in pages).splitlines()
    of = lambda line: [line, *(line.replace(" smartcharger/", f" {root}/") for root in roots if " smartcharger/" in line)]
    return "\n".join(again for line in lines for again in of(line))


def run(table, home):
    """The dashboard names entities that exist, and the automations do what they say."""
    # The last of these is an example of what goes wrong.
    named = set(re.findall(r"\b[a-z_]+\.charger_[a-z0-9_]+", PAGE.read_text())) - {"switch.charger_desk_port1_2"}
    table.check("the documentation names entities", True, len(named) > 20)
    table.check("every entity that it names exists", [], sorted(named - set(ids(home.hass).values())))
    shown = home.hass.ask("lovelace/config") or {}
    table.check("Home Assistant takes the dashboard", True, bool(shown.get("views")))
    if not home.hass.is_old:
        run_automations(table, home)


def run_automations(table, home):
    automations = [state for state in home.hass.must("GET", "/api/states") if state["entity_id"].startswith("automation.")]
    table.check("Home Assistant takes the automations", ["on"] * block("automation").count("- alias:"),
                [state["state"] for state in automations])
    home.report("pixel-7", level=30, temperature=47)
    table.comes_true("the first automation tells of a hot battery", True, lambda: any(
        "47.0 °C" in note["message"] for note in home.hass.ask("persistent_notification/get")))
    home.report("pixel-7", level=30, temperature=25)
    for watts, mode in [(300, "AUTO"), (700, "HOLD"), (50, "AUTO")]:
        home.hass.call("POST", "/api/states/sensor.solar_surplus", {"state": str(watts)})
        table.comes_true("the second one charges by the sun", mode, lambda: home.bus.last("smartcharger/mode"))
