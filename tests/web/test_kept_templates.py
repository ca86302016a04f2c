"""Compiled templates are kept for the next process, and no page fails where they cannot be."""

from matchmaker.config import Settings
from matchmaker.web import create_app
from matchmaker.web.templates import FOLDER

NAME = "components/page.html"


def test_the_next_process_finds_compiled_templates(settings: Settings) -> None:
    create_app(settings).jinja_env.get_template(NAME)
    (kept,) = (settings.indexes / FOLDER).iterdir()
    written = kept.stat().st_mtime_ns
    create_app(settings).jinja_env.get_template(NAME)
    assert ([kept], written) == (list((settings.indexes / FOLDER).iterdir()), kept.stat().st_mtime_ns)


def test_a_folder_that_cannot_be_used_costs_nothing_but_time(settings: Settings) -> None:
    (settings.indexes / FOLDER).write_text("no folder")
    template = create_app(settings).jinja_env.get_template(NAME)
    assert template.name == NAME
