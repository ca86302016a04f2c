"""Which language a second title is written in, where a list has the title and does not say."""

from collections.abc import Mapping
from typing import Any

from matchmaker.search.languages import detect_language


def with_second_language(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return typed values in which the second language is filled in where only its title or abstract is given."""
    filled = dict(values)
    text = "\n".join(filter(None, (values.get("second_title"), values.get("second_abstract"))))
    if text and not values.get("second_language"):
        filled["second_language"] = detect_language(text)
    return filled
