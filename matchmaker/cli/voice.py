"""In which language a command speaks: marked texts, sayings of the timetable floor and faults of files."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from matchmaker.domain.language import N_, Language, Sentence, translate
from matchmaker.services.sayings import sentence_of
from matchmaker.timetable.json_text import BadFile, Fault
from matchmaker.timetable.wording import Saying

EXIT_UNUSABLE = 2


class Voice:
    """Says things in the language that was asked for."""

    def __init__(self, language: str) -> None:
        self.language = Language(language)

    def __call__(self, text: str, **values: object) -> str:
        """Return a marked text in that language."""
        return translate(Sentence(text, **values), self.language)

    def saying(self, saying: Saying) -> str:
        """Return what the timetable floor says in that language."""
        return translate(sentence_of(saying), self.language)

    def fault(self, fault: Fault) -> str:
        """Return a fault and its place."""
        place = fault.place if isinstance(fault.place, str) else self.saying(fault.place)
        return self(N_("%(place)s：%(fault)s"), place=place, fault=self.saying(fault.saying))


def in_language(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command be told in which language it speaks."""
    languages = click.Choice([language.value for language in Language])
    return click.option("--language", type=languages, default="zh", show_default=True, help="What it speaks.")(command)


@contextmanager
def faults_told(voice: Voice, file: Path) -> Iterator[None]:
    """Tell what is wrong in a file on standard error, and end with status 2."""
    try:
        yield
    except BadFile as error:
        click.echo(voice(N_("%(file)s 不能使用："), file=str(file)), err=True)
        for fault in error.faults:
            click.echo(f"  {voice.fault(fault)}", err=True)
        if error.more:
            text = N_("另有至少 %(count)s 处。") if error.is_cut else N_("另有 %(count)s 处。")
            click.echo("  " + voice(text, count=error.more), err=True)
        raise SystemExit(EXIT_UNUSABLE) from error
