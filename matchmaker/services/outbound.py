"""Posting to addresses that strangers have typed, without reaching anything that only this machine can reach.

Every name is resolved here, every address that it resolves to is checked, and the connection goes to the very address
that was checked: a name that answers differently a second time gains nothing. Redirects are followed in the same way.
"""

import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore2

from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import N_
from matchmaker.services.public_addresses import is_public

PORTS = frozenset({80, 443, 8080, 8443})
# Names kept for the machine itself and its own network: RFC 6761, 6762, 8375, ICANN's "internal", and what routers use.
LOCAL_NAMES = (".localhost", ".local", ".internal", ".home", ".home.arpa", ".lan", ".localdomain")
ADDRESS_LONGEST = 1000
MOST_REDIRECTS = 3
MOST_BYTES = 64 * 1024
STEP_SECONDS = 5.0
# All steps together: a server that sends one byte now and then holds nobody up for longer.
TOTAL_SECONDS = 15.0
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Refused(Exception):
    """The address leads where nothing may be sent; trying again would not help."""


class Unreachable(Exception):
    """Nobody answered properly this time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said: status and the beginning of its body."""

    status: int
    body: bytes


class Policy:
    """Where outgoing requests may go: public addresses at web ports."""

    def allows_address(self, address: str) -> bool:
        """Whether a resolved address may be connected to."""
        return is_public(address)

    def allows_name(self, host: str) -> bool:
        """Whether a name could ever be one of the public Internet: localhost and nas.local could not."""
        return "." in host and not host.endswith(LOCAL_NAMES)

    def allows_port(self, port: int) -> bool:
        """Whether a port may be asked for."""
        return port in PORTS


@dataclass(frozen=True, slots=True)
class Target:
    """A typed address, taken apart: `host` in ASCII, `target` path and query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """The Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


_DEFAULT_PORTS = {"http": 80, "https": 443}


def read_target(text: str, policy: Policy | None = None) -> Target:
    """Take an address apart; nothing is resolved yet.

    Raises:
        Refused: no http or https, a user name in it, a port not meant for the web, a number in disguise for a host, a
            name of a local network, or nothing that can be read.
    """
    policy = policy or Policy()
    if len(text) > ADDRESS_LONGEST or any(ord(letter) <= 32 or ord(letter) == 127 for letter in text):
        raise Refused("unreadable address")
    try:
        parts = urlsplit(text)
        port = parts.port
        host = (parts.hostname or "").rstrip(".").encode("idna").decode("ascii") if parts.hostname else ""
    except (ValueError, UnicodeError) as error:
        raise Refused("unreadable address") from error
    if parts.scheme not in _DEFAULT_PORTS:
        raise Refused("only http and https")
    if parts.username is not None or parts.password is not None or "@" in parts.netloc or "\\" in text:
        raise Refused("no user names in addresses")
    port = _DEFAULT_PORTS[parts.scheme] if port is None else port
    if not host or not policy.allows_port(port):
        raise Refused(f"port {port}" if host else "no host")
    literal = _literal(host)
    if not (policy.allows_name(host) if literal is None else policy.allows_address(literal)):
        raise Refused(f"{host} is not public")
    query = f"?{parts.query}" if parts.query else ""
    return Target(parts.scheme, host, port, (parts.path or "/") + query)


def check_typed(text: str) -> None:
    """Refuse at once, in words for whoever typed it, what would be refused later.

    Raises:
        Invalid: in the field `address`.
    """
    try:
        read_target(text)
    except Refused as error:
        sentence = N_(
            "这个地址不能使用：需要 https:// 或 http:// 开头的公网地址，不含用户名，端口为 80、443、8080 或 8443。"
        )
        raise Invalid(sentence, {"address": sentence}) from error


@dataclass(frozen=True, slots=True)
class Outbound:
    """Posts messages. `policy` is another one in tests only, which have a server of their own on this machine."""

    policy: Policy = field(default_factory=Policy)

    def post(self, address: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Post `body`; redirects are followed a few times, by posting it there, from https to https only.

        Raises:
            Refused: the address, or one that it redirects to, may not be reached. Unreachable: anything else.
        """
        deadline = time.monotonic() + TOTAL_SECONDS
        for _ in range(MOST_REDIRECTS + 1):
            target = read_target(address, self.policy)
            answer, location = self._post_once(target, body, headers, deadline)
            if answer.status not in REDIRECTS or location is None:
                return answer
            former, address = address, urljoin(address, location)
            if former.startswith("https:") and not address.startswith("https:"):
                raise Refused("a redirect away from https")
        raise Unreachable("too many redirects")

    def _post_once(
        self, target: Target, body: bytes, headers: Mapping[str, str], deadline: float
    ) -> tuple[Answer, str | None]:
        backend = _CheckedBackend(self.policy, deadline)
        steps = dict.fromkeys(("connect", "read", "write", "pool"), STEP_SECONDS)
        url = httpcore2.URL(
            scheme=target.scheme.encode(),
            host=target.host.encode(),
            port=target.port,
            target=target.target.encode("utf-8", "surrogatepass"),
        )
        sent = [*headers.items(), ("Host", target.authority), ("Accept-Encoding", "identity"), ("Connection", "close")]
        context = ssl.create_default_context()
        try:
            with (
                httpcore2.ConnectionPool(ssl_context=context, network_backend=backend, max_connections=1) as pool,
                pool.stream("POST", url, headers=sent, content=body, extensions={"timeout": steps}) as response,
            ):
                names = {name.lower(): value for name, value in response.headers}
                location = names.get(b"location")
                text = location.decode("latin-1") if location is not None else None
                return Answer(response.status, _beginning(response.iter_stream())), text
        except (httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError, OSError) as error:
            raise Unreachable(f"{type(error).__name__}: {error}"[:300]) from error


class _CheckedBackend(httpcore2.SyncBackend):
    """Connects to addresses that were checked, and lets nothing take longer than the deadline."""

    def __init__(self, policy: Policy, deadline: float) -> None:
        self._policy = policy
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        addresses = _resolve(host, port)
        if not all(self._policy.allows_address(address) for address in addresses):
            raise Refused(f"{host} is not public")
        stream = super().connect_tcp(
            addresses[0], port, self._left(timeout), local_address=local_address, socket_options=socket_options
        )
        return _TimedStream(stream, self._deadline)

    def _left(self, timeout: float | None) -> float:
        return _left(self._deadline, timeout)


class _TimedStream(httpcore2.NetworkStream):
    """A connection that ends at a deadline, however little it sends at a time."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline, timeout))
        return _TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("the server takes too long")
    return left if timeout is None else min(timeout, left)


def _resolve(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"{host}: no such name") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses:
        raise Unreachable(f"{host}: no such name")
    return addresses


def _literal(host: str) -> str | None:
    """The address that a host is in itself, however it is written: 0x7f.1, 2130706433 and 0177.0.0.1 are 127.0.0.1."""
    if ":" in host:
        return host
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return None


def _beginning(chunks: Iterable[bytes]) -> bytes:
    body = b""
    for chunk in chunks:
        body += chunk
        if len(body) >= MOST_BYTES:
            break
    return body[:MOST_BYTES]
