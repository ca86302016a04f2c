"""Fetch the face's vendored assets from npm: only what is used, with licences, into matchmaker/web/static/vendor.

Run it after changing a version or the list of icons: `.venv/bin/python scripts/vendor_assets.py` (needs npm). What it
writes is checked in, so that neither installing nor running needs npm or a network.
"""

import argparse
import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).parents[1]
VENDOR = ROOT / "matchmaker" / "web" / "static" / "vendor"
AXE = ROOT / "tests" / "browser" / "vendor" / "axe-core"
SVG = "http://www.w3.org/2000/svg"

TABLER, ICONS_PACKAGE = "@tabler/core@1.6.1", "@tabler/icons@3.51.0"
CALENDAR, CALENDAR_CORE = "fullcalendar@6.1.21", "@fullcalendar/core@6.1.21"
# English is built in.
CALENDAR_LOCALES = ("zh-cn", "ru")
HTMX, AXE_PACKAGE = "htmx.org@2.0.11", "axe-core@4.14.1"
SORTABLE = "sortablejs@1.15.6"
# Its smallest bundle: bars and lines on a canvas, without tooltips, which would be written as markup with styles.
ECHARTS = "echarts@6.1.0"

# Names of the outline icons in use, one a line; the sprite holds no others.
ICONS = ROOT / "scripts" / "icons.txt"

TABLER_LICENSE = """MIT License

Copyright (c) 2018-2026 The Tabler Authors
Copyright (c) 2018-2026 codecalm.net Paweł Kuna
"""


def main() -> None:
    """Fetch, pick, write."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_icons(fetch(ICONS_PACKAGE, folder), VENDOR / "tabler-icons")
        write_tabler(fetch(TABLER, folder), VENDOR / "tabler", VENDOR / "tabler-icons" / "LICENSE")
        copy(fetch(HTMX, folder), VENDOR / "htmx", "dist/htmx.min.js", "LICENSE")
        write_calendar(fetch(CALENDAR, folder), fetch(CALENDAR_CORE, folder), VENDOR / "fullcalendar")
        copy(fetch(SORTABLE, folder), VENDOR / "sortablejs", "Sortable.min.js", "LICENSE")
        copy(fetch(ECHARTS, folder), VENDOR / "echarts", "dist/echarts.simple.min.js", "LICENSE", "NOTICE")
        copy(fetch(AXE_PACKAGE, folder), AXE, "axe.min.js", "LICENSE", "LICENSE-3RD-PARTY.txt")


def fetch(package: str, folder: Path) -> Path:
    """Download a package with npm and return the folder it was unpacked to."""
    made = subprocess.run(
        ["npm", "pack", "--silent", package],  # noqa: S607 - npm is found by name on every machine
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    target = folder / re.sub(r"\W+", "-", package)
    with tarfile.open(folder / made.stdout.split()[-1]) as archive:
        archive.extractall(target, filter="data")
    return target / "package"


def copy(package: Path, target: Path, *names: str) -> None:
    """Copy files of a package, flat, into a fresh folder."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in names:
        shutil.copyfile(package / name, target / Path(name).name)


def write_calendar(package: Path, core: Path, target: Path) -> None:
    """Copy the bundle of the calendar and the languages of this site, which lie in its core.

    Its style sheet comes without the font of icons, which no page shows and the content security policy refuses.
    """
    copy(package, target, "index.global.min.js", "LICENSE.md")
    bundle = target / "index.global.min.js"
    bundle.write_text(re.sub(r"@font-face\{[^}]*\}", "", bundle.read_text("utf-8")), "utf-8")
    for name in CALENDAR_LOCALES:
        shutil.copyfile(core / "locales" / f"{name}.global.min.js", target / f"{name}.global.min.js")


def write_tabler(package: Path, target: Path, mit_license: Path) -> None:
    """Copy the style sheet without its reference to a source map; the package carries no text of its MIT licence."""
    copy(package, target, "dist/css/tabler.min.css")
    sheet = target / "tabler.min.css"
    sheet.write_text(re.sub(r"\n?/\*# sourceMappingURL=.*?\*/\s*$", "\n", sheet.read_text("utf-8")), "utf-8")
    permission = mit_license.read_text("utf-8").partition("Permission is hereby granted")
    (target / "LICENSE").write_text(f"{TABLER_LICENSE}\n{permission[1]}{permission[2]}", "utf-8")


def write_icons(package: Path, target: Path) -> None:
    """Join the icons in use into one sprite of symbols."""
    copy(package, target, "LICENSE")
    ET.register_namespace("", SVG)
    sprite = ET.Element(f"{{{SVG}}}svg")
    for name in sorted(ICONS.read_text("utf-8").split()):
        sprite.append(symbol(package / "icons" / "outline" / f"{name}.svg", name))
    (target / "icons.svg").write_text(ET.tostring(sprite, encoding="unicode") + "\n", "utf-8")


def symbol(path: Path, name: str) -> ET.Element:
    """Return one icon as a symbol, without the empty square that Tabler draws behind each."""
    icon = ET.parse(path).getroot()  # noqa: S314 - a pinned package's own file
    made = ET.Element(f"{{{SVG}}}symbol", {"id": name, "viewBox": icon.attrib["viewBox"]})
    made.extend(part for part in icon if part.attrib.get("d") != "M0 0h24v24H0z")
    for part in made:
        part.tail = None
    return made


if __name__ == "__main__":
    main()
