"""Addresses within the site, as they are stored in notices and carried through log-in."""

from urllib.parse import urlsplit

FIRST_PRINTABLE = 32


def is_site_path(text: str) -> bool:
    """Whether `text` is a path of this very site, such as `/listings/3?page=2`, and cannot lead anywhere else."""
    if (
        not text.startswith("/")
        or text.startswith(("//", "/\\"))
        or any(ord(letter) < FIRST_PRINTABLE for letter in text)
    ):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc
