"""A small HTTP server on this machine, for tests: it keeps what is posted to it, and answers as told."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from matchmaker.services.outbound import Policy

OK = b'{"errcode": 0, "errmsg": "ok"}'


@dataclass(frozen=True, slots=True)
class Posted:
    """One request as it arrived."""

    path: str
    body: bytes
    headers: dict[str, str]


@dataclass(slots=True)
class Robot:
    """What arrived, and how to answer; `on_arrival` is called before the client is answered."""

    port: int = 0
    posted: list[Posted] = field(default_factory=list)
    status: int = 200
    body: bytes = OK
    location: str | None = None
    on_arrival: Callable[[], None] = lambda: None

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/send?key=abc"


class ThisMachine(Policy):
    """Lets tests post to their own server, and nowhere else."""

    def __init__(self, port: int) -> None:
        self._port = port

    def allows_address(self, address: str) -> bool:
        return address == "127.0.0.1"

    def allows_port(self, port: int) -> bool:
        return port == self._port


@contextmanager
def http_server() -> Iterator[Robot]:
    """Serve on a free port of the loopback interface while the block runs."""
    robot = Robot()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            robot.posted.append(Posted(self.path, body, {name.lower(): value for name, value in self.headers.items()}))
            robot.on_arrival()
            self.send_response(robot.status)
            if robot.location is not None:
                self.send_header("Location", robot.location)
            self.send_header("Content-Length", str(len(robot.body)))
            self.end_headers()
            self.wfile.write(robot.body)

        def log_message(self, *_arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        robot.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield robot
        finally:
            server.shutdown()
            thread.join()
