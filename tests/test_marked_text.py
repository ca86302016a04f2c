"""Chinese text in code: visible text is marked for translation, and what is not marked is not visible."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import matchmaker
from scripts.translations import KEYWORDS

PACKAGE = Path(matchmaker.__file__).parent
HAN = re.compile(r"[\u4e00-\u9fff]")
STATIC = PACKAGE / "web" / "static"
COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*?$|(?<=[;{}\s])//\s.*?$", re.DOTALL | re.MULTILINE)

# Files with words that people write, and that the program reads. A whole sentence must be marked in these as well.
READ_NOT_SHOWN = {
    "services/identifiers.py": "brackets and spellings in what is typed",
    "services/reading/choices.py": "spellings of a technology readiness level",
    "services/reading/days.py": "spellings of a day",
    "services/reading/indicators.py": "comparisons in words",
    "services/reading/money.py": "spellings of an amount",
    "services/reading/text.py": "spellings of nothing",
    "services/reading/values.py": "conjunctions between codes",
    "services/imports/columns.py": "headings of other people's sheets",
    "services/imports/layer_cells.py": "names of layers as a list writes them",
    "services/imports/owners.py": "endings of organizations' names",
    "services/doubles.py": "endings of organizations' names",
    "services/rosters.py": "headings of other people's sheets",
    "services/health/judging.py": "words of the trades that the health check looks for",
    "services/identity": "patterns of what tells who posted something",
    "services/similar.py": "words that say nothing in a title",
    "services/demo_organizations.py": "beginnings of organizations' names",
    "services/engine.py": "a text to warm the model with",
    "search": "patterns and trial texts of the search engine",
}
# Words of other languages than the page's, on purpose.
SHOWN_AS_THEY_ARE = {
    "domain/language.py": "each language's name in itself",
    "services/documents/official_word.py": "names of fonts, numerals of headings",
    "domain/formats.py": "money and days, in each language",
    "services/papers/capitals.py": "amounts in the capitals of Chinese contracts",
}
SENTENCE_END = re.compile(r"[\u4e00-\u9fff][。？！]")

SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if "static" not in path.parts)


def _name(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def _is_excused(path: Path) -> bool:
    name = _name(path)
    return any(name == each or name.startswith(f"{each}/") for each in (*READ_NOT_SHOWN, *SHOWN_AS_THEY_ARE))


def unmarked(source: str) -> Iterator[ast.Constant]:
    """Yield the strings of a module that stand in no mark and are no docstring."""
    tree = ast.parse(source)
    covered = {id(part) for node in ast.walk(tree) for whole in _covered(node) for part in ast.walk(whole)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in covered:
            yield node


def _covered(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return [node.value]  # a docstring
    if isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        return node.args if name in KEYWORDS else []
    return []


def _bare(path: Path) -> list[tuple[str, int, str]]:
    pattern = SENTENCE_END if _is_excused(path) else HAN
    found = unmarked(path.read_text("utf-8"))
    return [(_name(path), node.lineno, node.value) for node in found if pattern.search(node.value)]


def test_chinese_text_in_code_is_marked() -> None:
    assert [bare for path in SOURCES for bare in _bare(path)] == []


def test_a_forgotten_mark_is_found() -> None:
    source = '"""文档。"""\nA = N_("有标记")\nB = "没有标记"\nC = f"也{A}没有"\nD = _("有%(x)s", x="没有")\n'
    assert [node.value for node in unmarked(source)] == ["没有标记", "也", "没有", "没有"]


def test_every_excuse_names_something_that_exists() -> None:
    assert [name for name in (*READ_NOT_SHOWN, *SHOWN_AS_THEY_ARE) if not (PACKAGE / name).exists()] == []


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.js")), ids=lambda path: path.name)
def test_scripts_hold_no_text(path: Path) -> None:
    bare = COMMENT.sub("", path.read_text("utf-8"))
    assert re.findall(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+", bare) == []
