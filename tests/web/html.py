"""Reading pages in tests: the text of elements by their class."""

import re
from html import unescape
from html.parser import HTMLParser

from werkzeug.test import TestResponse

VOID = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "use", "rect", "line", "path"})


def text_of(answer: TestResponse) -> str:
    """Return what a person reads on a page, blanks joined."""
    shown = re.sub(r"<(script|style)\b.*?</\1>", " ", answer.text, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", shown)).split())


class Page(HTMLParser):
    """A parsed page; `texts(class)` is the text of each element of that class, blanks joined."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self._open: list[tuple[str, list[str]]] = []
        self._texts: list[tuple[list[str], list[str]]] = []
        self.feed(html)

    def texts(self, css_class: str) -> list[str]:
        """Return the text of each element of `css_class` in the order of the page."""
        return [" ".join("".join(text).split()) for classes, text in self._texts if css_class in classes]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin to collect an element's text."""
        if tag in VOID:
            return
        text: list[str] = []
        self._texts.append(((dict(attrs).get("class") or "").split(), text))
        self._open.append((tag, text))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An empty element has no text."""

    def handle_endtag(self, tag: str) -> None:
        """Stop collecting at the element that ends, and at those inside it that were left open."""
        while self._open and self._open.pop()[0] != tag:
            continue

    def handle_data(self, data: str) -> None:
        """Text belongs to every open element."""
        for _tag, text in self._open:
            text.append(data)
