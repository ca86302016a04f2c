"""Icons: one SVG sprite, referred to by name."""

from functools import cache, lru_cache
from pathlib import Path
from xml.etree import ElementTree as ET

from flask import Flask, g, url_for
from markupsafe import Markup

SPRITE = "vendor/tabler-icons/icons.svg"


def init_icons(app: Flask) -> None:
    """Offer `icon(name)` to templates; an unknown name fails when the page is made, not silently in the browser."""
    names = icon_names(Path(app.static_folder or "") / SPRITE)

    def icon(name: str, label: str | None = None, classes: str = "") -> Markup:
        if name not in names:
            raise LookupError(f"no icon {name!r}: add it to scripts/icons.txt and run scripts/vendor_assets.py")
        # A page has dozens of icons: the sprite's address is made once for it.
        if "icon_sprite" not in g:
            g.icon_sprite = url_for("static", filename=SPRITE)
        return _drawn(g.icon_sprite, name, label, classes)

    app.jinja_env.globals["icon"] = icon


@lru_cache(maxsize=4096)
def _drawn(sprite: str, name: str, label: str | None, classes: str) -> Markup:
    meaning = Markup(' role="img" aria-label="{}"').format(label) if label else Markup(' aria-hidden="true"')
    return Markup('<svg class="icon {}"{} focusable="false"><use href="{}#{}"/></svg>').format(
        classes, meaning, sprite, name
    )


@cache
def icon_names(sprite: Path) -> frozenset[str]:
    """Return the names of the icons in a sprite."""
    root = ET.parse(sprite).getroot()  # noqa: S314 - our own file
    return frozenset(symbol.attrib["id"] for symbol in root if "id" in symbol.attrib)
