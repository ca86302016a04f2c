"""What a page is made of, as the server sends it: two pages of the same parts look alike."""

import re
from html.parser import HTMLParser

Part = tuple[str, str]
NUMBER = re.compile(r"\d+")
# Elements without an end.
VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))


def parts_of(html: str) -> tuple[Part, ...]:
    """Return each element's kind and each text but for its numbers, with the kind of element that it stands in, in the
    order of the page."""
    reader = _Reader()
    reader.feed(html)
    return tuple(reader.parts)


def longer_parts(parts: tuple[Part, ...], others: tuple[Part, ...]) -> set[Part]:
    """Return the texts of a page that are longer than those of the same page in another language; where the pages do
    not stand side by side, all parts."""
    if len(parts) != len(others):
        return set(parts)
    return {part for part, other in zip(parts, others, strict=True) if len(part[1]) > len(other[1])}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[Part] = []
        self._within = [""]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kind = self._note(tag, attrs)
        if tag not in VOID:
            self._within.append(kind)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if len(self._within) > 1:
            self._within.pop()

    def handle_data(self, data: str) -> None:
        if text := data.strip():
            self.parts.append((self._within[-1], NUMBER.sub("0", text)))

    def _note(self, tag: str, attrs: list[tuple[str, str | None]]) -> str:
        kind = f"<{tag} {dict(attrs).get('class')} {sorted(name for name, _ in attrs)}>"
        self.parts.append((self._within[-1], kind))
        return kind
