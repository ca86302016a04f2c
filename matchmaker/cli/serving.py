"""`run` (everything), `serve` (the web server), `worker` (embedding, matching, mails)."""

import logging
import os
import socket
import sys
import time
import urllib.error
import urllib.request

import click

from matchmaker.cli.setup import prepare_everything
from matchmaker.cli.supervisor import Child, Supervisor, python_module
from matchmaker.config import ConfigurationError, Settings, load_settings

READY_SECONDS = 60.0


@click.command("run")
@click.option("--demo", is_flag=True, help="Fill an empty database with demonstration data and show its log-ins.")
def run_command(demo: bool) -> None:
    """Prepare the model and the database, then run server and worker until Ctrl-C."""
    settings = load_settings({**os.environ, "MATCHMAKER_DEMO": "1"} if demo else None)
    _require_free_port(settings)
    _require_ranker(settings)
    prepare_everything(settings)
    if settings.demo:
        os.environ["MATCHMAKER_DEMO"] = "1"  # inherited by the two children
    children = [
        Child("server", python_module("matchmaker.cli", "serve"), restarts=False),
        Child("worker", python_module("matchmaker.cli", "worker", "--with-parent"), restarts=True),
    ]
    supervisor = Supervisor(children, say=lambda text: click.echo(text, err=True))
    sys.exit(supervisor.run(lambda: _announce(settings, supervisor)))


@click.command("serve")
def serve_command() -> None:
    """Run the web server alone."""
    settings = load_settings()
    _require_ranker(settings)
    os.execv(sys.executable, server_command(settings))  # noqa: S606 - our own interpreter


@click.command("worker")
@click.option("--with-parent", is_flag=True, help="Stop when the process that started this one is gone.")
@click.option("--until-idle", is_flag=True, help="Stop as soon as nothing is behind any more.")
def worker_command(with_parent: bool, until_idle: bool) -> None:
    """Run the worker alone: it embeds, indexes, matches and sends what is due. Several may run at once."""
    from matchmaker.services.worker import run_worker

    logging.basicConfig(level=logging.INFO, format="%(asctime)s worker %(levelname)s %(message)s")
    run_worker(load_settings(), parent=os.getppid() if with_parent else None, until_idle=until_idle)


def server_command(settings: Settings) -> list[str]:
    """Return the command line of the web server."""
    return [
        *python_module("gunicorn"),
        "--bind",
        f"{settings.host}:{settings.port}",
        "--workers",
        str(settings.web_workers),
        "--worker-class",
        "gthread",
        "--threads",
        "8",
        "--timeout",
        "60",
        "--graceful-timeout",
        "10",
        # A typed search may be 500 Chinese characters long, of nine letters each in an address.
        "--limit-request-line",
        "8190",
        "--log-level",
        "warning",
        "--no-control-socket",
        "matchmaker.web.app:create_app_from_environment()",
    ]


def _require_free_port(settings: Settings) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise ConfigurationError(
                f"MATCHMAKER_HOST={settings.host} MATCHMAKER_PORT={settings.port}: {error.strerror}. "
                "Stop the other program, or choose another port."
            ) from error


def _require_ranker(settings: Settings) -> None:
    if settings.ranker is not None:
        from matchmaker.services.rankers.folder import require_configured

        require_configured(settings)


def _announce(settings: Settings, supervisor: Supervisor) -> None:
    if not _wait_until_ready(settings, supervisor):
        return
    click.secho(f"\nmatchmaker is serving at {settings.base_url}  (Ctrl-C stops it)", bold=True)
    if settings.demo:
        from matchmaker.services.demo import demo_logins

        click.echo("Demonstration log-ins:")
        for login in demo_logins():
            click.echo(f"  {login.role_name:<8} {login.email:<28} {login.password}")


def _wait_until_ready(settings: Settings, supervisor: Supervisor) -> bool:
    host = "127.0.0.1" if settings.host == "0.0.0.0" else settings.host  # noqa: S104 - compared, not bound
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and not supervisor.stopping:
        try:
            with urllib.request.urlopen(f"http://{host}:{settings.port}/healthz", timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return False
