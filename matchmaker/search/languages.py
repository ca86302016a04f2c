"""Which of the four languages of listings a text is written in: Chinese, English, Russian or Kazakh.

The script decides between Chinese, English and Cyrillic. Russian and Kazakh share most letters, so a kept library
(py3langid, its model in the package) decides between those two: a Kazakh name in a Russian text does not make it
Kazakh, and a short Kazakh title may hold none of the letters that Russian lacks.
"""

from functools import cache
from importlib.resources import as_file, files
from typing import Any

from matchmaker.search.scripts import SCRIPT_CHARACTERS, script_counts

LANGUAGES = ("zh", "en", "ru", "kk")
SOURCE = "zh"
"""The language that the others are compared with."""

_CYRILLIC = ("ru", "kk")
# Chinese writers use Latin abbreviations and names freely, English ones no Chinese characters: a sixth of them is
# enough (counted double already).
_LATIN_IN_CHINESE = 2.5


def detect_language(text: str) -> str | None:
    """Return the code of the language that most of `text` is in; None where it has no letters of these scripts.

    A text in another language of the same script counts as that script's: there is no fifth.
    """
    counts = script_counts(text)
    han, cyrillic, latin = counts["han"], counts["cyrillic"], counts["latin"]
    if not (han or cyrillic or latin):
        return None
    if cyrillic > max(han, latin):
        found: str = _identifier().classify(text[:SCRIPT_CHARACTERS])[0]
        return found
    return SOURCE if han * _LATIN_IN_CHINESE >= latin else "en"


@cache
def _identifier() -> Any:
    """Load the model when the first Cyrillic text is met (half a second, 80 MB)."""
    from py3langid.langid import LanguageIdentifier

    with as_file(files("py3langid") / "data" / "model.npz.xz") as path:
        identifier = LanguageIdentifier.from_model_file(str(path))
    identifier.set_languages(list(_CYRILLIC))
    return identifier
