"""Parts of addresses: kinds of listing in the plural, and page numbers."""

from flask import Flask, request
from werkzeug.routing import BaseConverter, IntegerConverter, ValidationError

from matchmaker.domain.listings import ListingKind

PLURALS = {f"{kind}s": kind for kind in ListingKind}
LAST_PAGE = 10_000
LARGEST_ID = 2**63 - 1


class KindConverter(BaseConverter):
    """`/<kind:kind>/3` reads needs and achievements as `ListingKind`, and writes them in the plural."""

    part_isolating = True
    regex = "|".join(PLURALS)

    def to_python(self, value: str) -> ListingKind:
        """Read a plural."""
        if value not in PLURALS:
            raise ValidationError
        return PLURALS[value]

    def to_url(self, value: str) -> str:
        """Write a kind."""
        return f"{ListingKind(value)}s"


class IdConverter(IntegerConverter):
    """`/<int:id>`, as far as a database can hold the number: a longer one names nothing."""

    def to_python(self, value: str) -> int:
        """Read an id."""
        found: int = super().to_python(value)
        if found > LARGEST_ID:
            raise ValidationError
        return found


def init_addresses(app: Flask) -> None:
    """Register the converters; blueprints with routes come after."""
    app.url_map.converters.update(kind=KindConverter, int=IdConverter)


def page_number() -> int:
    """Return `?page=`, from 1; what is no such number counts as 1."""
    text = request.args.get("page", "")
    return min(max(int(text), 1), LAST_PAGE) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def number_of(text: str | None) -> int | None:
    """Return the id that a choice stands for: None for none, 0 (which no row has) for what is no number."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
