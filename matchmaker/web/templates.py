"""Compiled templates are kept beside the indexes: a new process need not compile again what has not changed."""

from contextlib import suppress

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket

from matchmaker.config import Settings

FOLDER = "templates"


def init_templates(app: Flask, settings: Settings) -> None:
    """Keep what templates compile to. A template that changed is told by its content and compiled anew."""
    folder = settings.indexes / FOLDER
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    app.jinja_env.bytecode_cache = KeptTemplates(str(folder))


class KeptTemplates(FileSystemBytecodeCache):
    """A folder of compiled templates; where it cannot be used each process compiles for itself, and no page fails."""

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read one template if it was kept."""
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep one template."""
        with suppress(OSError):
            super().dump_bytecode(bucket)
