"""Bring the message catalogues up to date with what is marked in code, templates and code tables.

Kept translations stay, new texts come in empty, texts that are gone leave. Each language's missing ones are counted;
`tests/test_translations.py` fails while there are any. How to translate: matchmaker/translations/README.md.
"""

from copy import deepcopy
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from matchmaker.domain.language import SOURCE, Language

ROOT = Path(__file__).parents[1]
CATALOGUES = ROOT / "matchmaker" / "translations"
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    **parse_keywords(["N_", "_l", "Sentence", "lazy_gettext", "lazy_ngettext:1,2", "lazy_pgettext:1c,2"]),
}
LANGUAGES = tuple(language for language in Language if language is not SOURCE)


def extract() -> Catalog:
    """Return every marked text of the project."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    catalogue = Catalog(project="matchmaker", copyright_holder="the matchmaker authors", fuzzy=False)
    for name, _line, text, comments, context in extract_from_dir(str(ROOT), methods, options, KEYWORDS):
        # The extractor takes the key in N_(row["name"]) for a text; no Chinese text looks like one.
        if not str(text).isidentifier() or not str(text).isascii():
            catalogue.add(text, locations=[(name, 0)], auto_comments=comments, context=context)
    return catalogue


def catalogue_file(language: Language) -> Path:
    """Return where a language's catalogue lies."""
    return CATALOGUES / language / "LC_MESSAGES" / "messages.po"


def read(language: Language) -> Catalog:
    """Return a language's catalogue, an empty one where there is none yet."""
    path = catalogue_file(language)
    if not path.exists():
        return Catalog(locale=language, project="matchmaker", copyright_holder="the matchmaker authors", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def write(language: Language, catalogue: Catalog) -> None:
    """Write a language's catalogue so that two versions differ only where texts do."""
    path = catalogue_file(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.msgid_bugs_address, catalogue.version = "", "1"
    catalogue.last_translator, catalogue.language_team = "the matchmaker authors", ""
    catalogue.header_comment = f"# {catalogue.locale.english_name} texts of matchmaker."
    with path.open("wb") as file:
        write_po(file, catalogue, width=0, ignore_obsolete=True, include_lineno=False)


def missing(catalogue: Catalog) -> list[str]:
    """Return the texts without a translation; one that is marked fuzzy counts as missing."""
    return [str(each.id) for each in catalogue if each.id and (each.fuzzy or not _is_complete(each.string))]


def main() -> None:
    """Update every language's catalogue."""
    template = extract()
    for language in LANGUAGES:
        catalogue = read(language)
        made_at = catalogue.creation_date
        # Babel puts the template's own messages in: without a copy, what fills one language would fill all.
        catalogue.update(deepcopy(template), no_fuzzy_matching=True, update_creation_date=False)
        catalogue.creation_date = made_at
        write(language, catalogue)
        print(f"{language}: {len(catalogue)} texts, {len(missing(catalogue))} missing")


def _is_complete(string: str | tuple[str, ...] | list[str] | None) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


if __name__ == "__main__":
    main()
