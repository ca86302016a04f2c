"""Marking of visible text below the web floor, where no request knows a language.

The web floor translates what is marked here when it shows it; the marked text itself is the Chinese source.
"""


def N_(text: str) -> str:  # noqa: N802 - the gettext convention's own name
    """Return `text` unchanged: it only marks it for the message extractor."""
    return text


class Sentence(str):
    """A finished sentence that remembers its marked `template` and `values`, so that the web floor can translate it."""

    __slots__ = ("template", "values")

    template: str
    values: dict[str, object]

    def __new__(cls, template: str, **values: object) -> "Sentence":
        """Fill the `%(name)s` places of `template`."""
        sentence = super().__new__(cls, template % values if values else template)
        sentence.template = template
        sentence.values = values
        return sentence
