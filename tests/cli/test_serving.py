"""The web server as it is started."""

from urllib.parse import urlencode

from gunicorn.config import Config
from gunicorn.http import RequestParser

from matchmaker.cli.serving import server_command
from matchmaker.config import Settings

LONGEST_SEARCH = 500


def _config(settings: Settings) -> Config:
    config, command = Config(), server_command(settings)
    given = config.parser().parse_args(command[command.index("gunicorn") + 1 :])
    for name, value in vars(given).items():
        if name in config.settings and value is not None:
            config.set(name, value)
    return config


def test_longest_search_reaches_the_site(settings: Settings) -> None:
    narrowed = {"q": "风" * LONGEST_SEARCH, "kind": "achievement", "field": "new_materials", "region": "650100"}
    request = f"GET /search?{urlencode(narrowed)} HTTP/1.1\r\nHost: localhost\r\n\r\n"
    (found,) = RequestParser(_config(settings), iter([request.encode()]), ("127.0.0.1", 1))
    assert found.path == "/search"
