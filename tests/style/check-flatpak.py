#!/usr/bin/env python3
"""Holds the Flatpak manifest against what the build installs, and has the
desktop file, the metainfo and the icon validated. Usage: check-flatpak.py TOP BUILD"""
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

top, build = Path(sys.argv[1]), sys.argv[2]
manifests = list((top / "flatpak").glob("*.json"))
assert manifests, "no manifest in flatpak/"
installed = json.loads(subprocess.run(["meson", "introspect", "--installed", build],
                                      capture_output=True, text=True, check=True).stdout)
targets = set(installed.values())
found = []


def need(suffix, what):
    hits = [s for s, t in installed.items() if t.endswith(suffix)]
    if not hits:
        found.append(f"the build installs no {what} ({suffix})")
    return hits[0] if hits else None


for path in manifests:
    manifest = json.loads(path.read_text())
    app_id = manifest["id"]
    assert path.name == app_id + ".json", f"{path.name}: named otherwise than its id {app_id}"
    need(f"/bin/{manifest['command']}", "command")
    need("/bin/micrographia-cli", "command line program")
    desktop = need(f"/share/applications/{app_id}.desktop", "desktop file")
    metainfo = need(f"/share/metainfo/{app_id}.metainfo.xml", "metainfo")
    icon = need(f"/share/icons/hicolor/scalable/apps/{app_id}.svg", "icon")
    ours = [m for m in manifest["modules"] if any(s["type"] == "dir" for s in m["sources"])]
    if len(ours) != 1 or ours[0]["buildsystem"] != "meson":
        found.append(f"{path.name}: exactly one module builds this tree, with meson")
    for command in (["desktop-file-validate", desktop],
                    ["appstreamcli", "validate", "--no-net", "--explain", metainfo]):
        if command[-1] is None or command[1] is None:
            continue
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            found.append(" ".join(command[:2]) + ":\n" + done.stdout + done.stderr)
    if metainfo:
        root = ET.parse(metainfo).getroot()
        if root.findtext("id") != app_id:
            found.append("the metainfo names another id")
        if root.findtext("launchable") != app_id + ".desktop":
            found.append("the metainfo launches another desktop file")
    if icon and not ET.parse(icon).getroot().tag.endswith("svg"):
        found.append("the icon is no SVG")

print("\n".join(found))
sys.exit(1 if found else 0)
