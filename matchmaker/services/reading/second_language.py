"""Which language a second title is written in, where a list has the title and does not say."""

import re
from collections.abc import Mapping
from typing import Any

from matchmaker.search.text import main_script

_KAZAKH = re.compile("[әғқңөұүһі]", re.IGNORECASE)
_OF_SCRIPT = {"han": "zh", "latin": "en", "cyrillic": "ru"}


def language_of(text: str) -> str | None:
    """Return the code (table `languages`) of the language that a text is most likely written in; None without letters.

    Told by its letters: Kazakh has some that Russian lacks.
    """
    language = _OF_SCRIPT.get(main_script(text) or "")
    return "kk" if language == "ru" and _KAZAKH.search(text) else language


def with_second_language(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return typed values in which the second language is filled in where only its title or abstract is given."""
    filled = dict(values)
    text = "\n".join(filter(None, (values.get("second_title"), values.get("second_abstract"))))
    if text and not values.get("second_language"):
        filled["second_language"] = language_of(text)
    return filled
