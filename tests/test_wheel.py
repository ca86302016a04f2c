"""The installed wheel, not the source tree: everything that a page needs has to travel inside it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TRIAL = """
import sys
import matchmaker
from matchmaker import migrations
from matchmaker.config import load_settings
from matchmaker.domain.base import Database
from matchmaker.services.demo import load_demo
from matchmaker.web import create_app

assert matchmaker.__file__.startswith(sys.argv[1]), matchmaker.__file__
settings = load_settings()
settings.data.mkdir()
database = Database(settings.database_url)
migrations.upgrade(database.engine)
with database.transaction() as session:
    assert load_demo(session, settings.data) > 200
client = create_app(settings).test_client()
for path in ("/", "/needs", "/login", "/about", "/privacy", "/healthz"):
    assert client.get(path).status_code == 200, path
assert "Запросы" in client.get("/", headers={"Accept-Language": "ru"}).text
"""


@pytest.mark.slow
def test_wheel_serves_pages_from_its_own_files(tmp_path: Path) -> None:
    python, installed = sys.executable, tmp_path / "installed"
    build = [python, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path / "dist"), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    wheel = next((tmp_path / "dist").glob("*.whl"))
    install = [python, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(installed), str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    environment = {
        **os.environ,
        "PYTHONPATH": str(installed),
        "MATCHMAKER_DATA": str(tmp_path / "data"),
        "MATCHMAKER_INDEXES": str(tmp_path / "indexes"),
        "MATCHMAKER_MODEL": "hashing",
    }
    trial = [python, "-c", TRIAL, str(installed)]
    done = subprocess.run(trial, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
