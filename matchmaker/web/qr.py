"""QR codes on pages: pictures of links, made here and fetched from nowhere."""

import segno
from flask import Flask

DARK = "#10313b"


def qr_picture(link: str) -> str:
    """Return the address of a picture of `link` that any phone camera opens."""
    return str(segno.make(link, error="m", micro=False).svg_data_uri(scale=8, border=3, dark=DARK, light="#fff"))


def init_qr(app: Flask) -> None:
    """Offer it to templates."""
    app.jinja_env.globals["qr_picture"] = qr_picture
