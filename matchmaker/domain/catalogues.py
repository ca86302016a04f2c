"""The message catalogues: `translations/<language>/LC_MESSAGES/messages.po`, compiled in memory when first needed.

Only the .po files are kept, so no compiled file can be missing or older than its source. Reading one takes 0.1 s.
"""

import io
from functools import cache
from importlib import resources

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations


@cache
def catalogue(language: str) -> NullTranslations:
    """Return the translations into a language; the source's own, which has no file, changes nothing."""
    file = resources.files("matchmaker").joinpath("translations", language, "LC_MESSAGES", "messages.po")
    if not file.is_file():
        return NullTranslations()
    compiled = io.BytesIO()
    with file.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def message(text: str, language: str) -> str:
    """Return the translation of one marked text, itself where there is none."""
    # The empty message is the catalogue's own header.
    return str(catalogue(language).ugettext(text)) if text else ""
