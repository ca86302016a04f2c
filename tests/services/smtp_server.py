"""A small SMTP server on this machine, for tests: it keeps what it is given, or refuses it as told."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass(slots=True)
class Mailbox:
    """What arrived, and how to answer: `refusals` maps a recipient to an SMTP answer such as `550 no such user`.

    `on_arrival` is called when a mail has been taken, before the client is told so.
    """

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    data_answer: str = "250 taken"
    on_arrival: Callable[[], None] = lambda: None


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    """Return the text of one part of a mail, with plain line ends."""
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r", "")


@contextmanager
def smtp_server() -> Iterator[Mailbox]:
    """Serve on a free port of the loopback interface while the block runs."""
    mailbox = Mailbox()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 test")
            for line in self.rfile:
                if not self._answer(line.decode().strip()):
                    return

        def _answer(self, command: str) -> bool:
            verb = command[:4].upper()
            if verb == "RCPT":
                recipient = command.partition("<")[2].rstrip(">")
                self._say(mailbox.refusals.get(recipient, "250 ok"))
            elif verb == "DATA":
                self._say("354 go on")
                self._take()
            else:
                self._say("221 bye" if verb == "QUIT" else "250 ok")
            return verb != "QUIT"

        def _take(self) -> None:
            content = b""
            while (line := self.rfile.readline()) != b".\r\n":
                content += line
            if mailbox.data_answer.startswith("250"):
                mailbox.mails.append(message_from_bytes(content, policy=policy.default))  # type: ignore[arg-type]
                mailbox.on_arrival()
            self._say(mailbox.data_answer)

        def _say(self, answer: str) -> None:
            self.wfile.write(f"{answer}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        mailbox.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield mailbox
        finally:
            server.shutdown()
            thread.join()
