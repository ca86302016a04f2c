"""Posting to addresses that strangers typed: checked names, checked redirects, small answers, no waiting for ever."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.domain.errors import Invalid
from matchmaker.services import outbound as module
from matchmaker.services.outbound import MOST_BYTES, Answer, Outbound, Refused, Unreachable, check_typed, read_target
from tests.services.http_server import OK, Robot, ThisMachine, http_server


@pytest.fixture
def robot() -> Iterator[Robot]:
    with http_server() as running:
        yield running


def _post(robot: Robot, address: str | None = None) -> Answer:
    return Outbound(ThisMachine(robot.port)).post(address or robot.address, b"{}", {"Idempotency-Key": "1"})


REFUSED = [
    "",
    "ftp://example.org/",
    "file:///etc/passwd",
    "gopher://example.org/",
    "//example.org/",
    "https://",
    "https:///path",
    "https://user:password@example.org/",
    "https://user@example.org/",
    "https://@example.org/",
    "https://example.org:22/",
    "https://example.org:0/",
    "https://example.org:99999/",
    "https://example.org:x/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0177.0.0.1/",
    "https://0x7f.0.0.1/",
    "https://0x7f000001/",
    "https://0/",
    "https://169.254.169.254/latest/meta-data",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[fe80::1%25eth0]/",
    "https://[::1/",
    "https://10.0.0.1./",
    "https://localhost/",
    "https://LocalHost./",
    "https://api.localhost/",
    "https://nas.local/",
    "https://nas。local/",
    "https://metadata.google.internal/",
    "https://router.home.arpa/",
    "https://intranet/",
    "https://１２７.0.0.1/",
    "https://127。0。0。1/",
    "https://example.org\\@127.0.0.1/",
    "https://example.org/ space",
    "https://example.org/\r\nHost: 127.0.0.1",
    "https://example.org/" + "x" * 1000,
]


@pytest.mark.parametrize("address", REFUSED)
def test_address_that_may_not_be_reached_is_refused_when_typed(address: str) -> None:
    with pytest.raises(Refused):
        read_target(address)
    with pytest.raises(Invalid) as invalid:
        check_typed(address)
    assert list(invalid.value.errors) == ["address"]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1", ("qyapi.weixin.qq.com", 443, "qyapi.weixin.qq.com")),
        ("http://Example.ORG:8080", ("example.org", 8080, "example.org:8080")),
        ("https://local.example.org/", ("local.example.org", 443, "local.example.org")),
        ("https://例子.中国/a", ("xn--fsqu00a.xn--fiqs8s", 443, "xn--fsqu00a.xn--fiqs8s")),
        ("https://[2606:4700:4700::1111]:8443/", ("2606:4700:4700::1111", 8443, "[2606:4700:4700::1111]:8443")),
    ],
)
def test_ordinary_address_is_taken_apart(address: str, expected: tuple[str, int, str]) -> None:
    target = read_target(address)
    assert (target.host, target.port, target.authority) == expected


@given(st.text(max_size=60))
def test_anything_typed_is_read_or_refused(text: str) -> None:
    for address in (text, f"https://{text}/", f"http://{text}"):
        try:
            target = read_target(address)
        except Refused:
            continue
        assert (target.scheme in {"http", "https"}, target.port in module.PORTS, bool(target.host)) == (
            True,
            True,
            True,
        )


def test_message_is_posted_and_answered(robot: Robot) -> None:
    answer = _post(robot)
    posted = robot.posted[0]
    assert answer == Answer(200, OK)
    assert (posted.path, posted.body, posted.headers["idempotency-key"]) == ("/send?key=abc", b"{}", "1")
    assert posted.headers["host"] == f"127.0.0.1:{robot.port}"


def test_name_that_leads_to_this_machine_is_refused_by_its_address(
    robot: Robot, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", robot.port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: entries)
    with pytest.raises(Refused, match="not public"):
        Outbound().post("http://harmless.example:8080/", b"", {})
    assert robot.posted == []


def test_local_name_is_never_resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **_kwargs: asked.append(args))
    with pytest.raises(Refused, match="not public"):
        Outbound().post("http://localhost:8080/", b"", {})
    assert asked == []


def test_every_address_of_a_name_must_be_allowed(robot: Robot, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in ("1.1.1.1", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: entries)
    with pytest.raises(Refused, match="not public"):
        Outbound().post("https://rebinding.example/", b"", {})


def test_connection_goes_to_the_address_that_was_checked(robot: Robot, monkeypatch: pytest.MonkeyPatch) -> None:
    # The name answers with this machine once, and with something else ever after.
    answers = iter(["127.0.0.1", *["10.0.0.1"] * 9])
    real = socket.getaddrinfo

    def resolve(host: str, port: int, *args: int, **kwargs: int) -> object:
        return real(next(answers) if host == "rebinding.example" else host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert _post(robot, f"http://rebinding.example:{robot.port}/x").status == 200
    assert robot.posted[0].headers["host"] == f"rebinding.example:{robot.port}"


def test_redirect_is_followed_by_posting_again(robot: Robot) -> None:
    robot.status, robot.location = 307, "/elsewhere"

    def arrive() -> None:
        if len(robot.posted) == 2:
            robot.status, robot.location = 200, None

    robot.on_arrival = arrive
    assert _post(robot).status == 200
    assert [(each.path, each.body) for each in robot.posted] == [("/send?key=abc", b"{}"), ("/elsewhere", b"{}")]


@pytest.mark.parametrize(
    "location", ["http://10.0.0.1:{port}/", "http://169.254.169.254/", "http://127.0.0.1:22/", "file:///etc/passwd"]
)
def test_redirect_is_checked_like_the_address_itself(robot: Robot, location: str) -> None:
    robot.status, robot.location = 302, location.format(port=robot.port)
    with pytest.raises(Refused):
        _post(robot)
    assert len(robot.posted) == 1


def test_redirects_end_after_a_few(robot: Robot) -> None:
    robot.status, robot.location = 308, "/again"
    with pytest.raises(Unreachable, match="too many redirects"):
        _post(robot)
    assert len(robot.posted) == 4


def test_long_answer_is_cut(robot: Robot) -> None:
    robot.body = b"x" * (MOST_BYTES * 4)
    assert len(_post(robot).body) == MOST_BYTES


def test_nobody_there_is_said_so(robot: Robot) -> None:
    with http_server() as gone:
        port = gone.port
    with pytest.raises(Unreachable):
        Outbound(ThisMachine(port)).post(f"http://127.0.0.1:{port}/", b"", {})


def test_server_that_drips_is_left_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TOTAL_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port, pause = server.getsockname()[1], threading.Event()

        def drip() -> None:
            connection, _ = server.accept()
            with connection:
                for byte in b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000:
                    try:
                        connection.sendall(bytes([byte]))
                    except OSError:
                        return
                    pause.wait(0.02)

        thread = threading.Thread(target=drip)
        thread.start()
        began = time.monotonic()
        with pytest.raises(Unreachable):
            Outbound(ThisMachine(port)).post(f"http://127.0.0.1:{port}/", b"", {})
        assert time.monotonic() - began < 3
        thread.join()
