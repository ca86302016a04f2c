"""Rules that every template keeps."""

import re
from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from jinja2 import nodes

from matchmaker.web.app import template_folder

HAN = re.compile(r"[\u4e00-\u9fff]")
MARKED = re.compile(
    r"""\{\#.*?\#\}                                  # comments
      | \{%-?\s*trans\b.*?\{%-?\s*endtrans\s*-?%\}   # blocks of text
      | \b[np]?gettext\(\s*("[^"]*"|'[^']*')(\s*,\s*("[^"]*"|'[^']*'))?
      | \b_\(\s*("[^"]*"|'[^']*')                    # marked text
    """,
    re.DOTALL | re.VERBOSE,
)
FORBIDDEN = {
    "style attribute": re.compile(r"<[a-z][^>]*\sstyle\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "event handler": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "hx-on": re.compile(r"\bhx-on\b"),
    "script address": re.compile(r"javascript:", re.IGNORECASE),
    "inline script without nonce": re.compile(r"<script(?![^>]*(\bsrc=|\bnonce=))", re.IGNORECASE),
    "foreign address": re.compile(r"""(src|href)\s*=\s*["'](https?:)?//""", re.IGNORECASE),
    "filter safe": re.compile(r"\|\s*safe\b"),
}
FORM = re.compile(r"<form\b[^>]*method=.post.*?</form>", re.IGNORECASE | re.DOTALL)
HAS_TOKEN = re.compile(r"csrf_field\(\)|hidden_tag\(\)|csrf_token")
# Mails are plain text: the rules of pages do not apply, that of marking does.
PAGES = sorted(template_folder().rglob("*.html"))
TEMPLATES = [path for path in sorted(template_folder().rglob("*")) if path.is_file()]


def _name(path: Path) -> str:
    return str(path.relative_to(template_folder()))


def _unmarked(path: Path) -> list[tuple[str, str]]:
    bare = MARKED.sub(lambda found: "\n" * found[0].count("\n"), path.read_text("utf-8"))
    return [(_name(path), line.strip()) for line in bare.splitlines() if HAN.search(line)]


def test_chinese_text_is_marked_for_translation() -> None:
    assert [line for path in TEMPLATES for line in _unmarked(path)] == []


def test_templates_keep_the_content_security_policy() -> None:
    texts = {_name(path): path.read_text("utf-8") for path in PAGES}
    found = [
        (name, rule) for name, text in texts.items() for rule, pattern in FORBIDDEN.items() if pattern.search(text)
    ]
    assert found == []


def test_every_form_that_posts_carries_a_token() -> None:
    forms = [(_name(path), form[0]) for path in PAGES for form in FORM.finditer(path.read_text("utf-8"))]
    assert [(name, form[:80]) for name, form in forms if not HAS_TOKEN.search(form)] == []


def _calls(app: Flask, name: str) -> Iterator[tuple[str, nodes.Call]]:
    for path in PAGES:
        tree = app.jinja_env.parse(path.read_text("utf-8"))
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == name:
                yield _name(path), call


def _constants(call: nodes.Call) -> list[str]:
    first = call.args[0] if call.args else None
    return [first.value] if isinstance(first, nodes.Const) else []


def test_every_address_names_a_view(app: Flask) -> None:
    named = {(path, name) for path, call in _calls(app, "url_for") for name in _constants(call) if name != "static"}
    assert sorted(entry for entry in named if entry[1] not in app.view_functions) == []


def test_every_icon_is_in_the_sprite(app: Flask) -> None:
    from matchmaker.web.icons import SPRITE, icon_names

    names = icon_names(Path(app.static_folder) / SPRITE)
    used = {(path, name) for path, call in _calls(app, "icon") for name in _constants(call)}
    assert sorted(entry for entry in used if entry[1] not in names) == []


def test_sprite_holds_only_icons_in_use(app: Flask) -> None:
    from matchmaker.web.icons import SPRITE, icon_names

    folders = (template_folder(), Path(app.root_path).parent)
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in {".html", ".py"}]
    quoted = set(re.findall(r"""["']([a-z0-9-]+)["']""", "\n".join(path.read_text("utf-8") for path in files)))
    assert sorted(icon_names(Path(app.static_folder) / SPRITE) - quoted) == []
