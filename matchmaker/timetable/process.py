"""The solver in a process of its own: `python -m matchmaker.timetable.process`, started and read by whoever orders.

It reads one `Order`, writes `Progress` as it goes and one `Solution` at the end, each as a length and a pickle, between
a program and its own child only. One more byte asks it to stop; where its input ends, whoever ordered is gone, and so
is it.
"""

import os
import pickle
import struct
import threading
from dataclasses import dataclass
from typing import Any

from matchmaker.timetable.problem import Problem, Solution

_LENGTH = struct.Struct("!Q")
STOP = b"s"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be solved; with `repairs` as a repair of `start` that keeps `confirmed` meetings where it can."""

    problem: Problem
    start: Solution | None = None
    repairs: bool = False
    confirmed: tuple[str, ...] = ()
    seconds: float = 30
    seed: int = 0


def send(descriptor: int, value: object) -> None:
    """Write a value to an open file descriptor."""
    data = pickle.dumps(value)
    left = memoryview(_LENGTH.pack(len(data)) + data)
    while left:
        left = left[os.write(descriptor, left) :]


def receive(descriptor: int) -> Any:
    """Return the next value from an open file descriptor.

    Raises:
        EOFError: the other side is gone.
    """
    (length,) = _LENGTH.unpack(_read(descriptor, _LENGTH.size))
    return pickle.loads(_read(descriptor, length))  # noqa: S301 - from our own child or parent only


def run(order: Order, progress: Any, stop: Any) -> Solution:
    """Solve or repair what was ordered."""
    from matchmaker.timetable.repair import repair
    from matchmaker.timetable.solve import solve

    if order.repairs:
        earlier = order.start or Solution()
        return repair(
            order.problem, earlier, confirmed=order.confirmed, seconds=order.seconds, seed=order.seed, stop=stop
        )
    return solve(order.problem, seconds=order.seconds, seed=order.seed, start=order.start, progress=progress, stop=stop)


def main() -> None:
    """Do one order."""
    order = receive(0)
    stop = threading.Event()
    threading.Thread(target=_listen, args=(stop,), daemon=True).start()
    send(1, run(order, lambda progress: send(1, progress), stop.is_set))


def _listen(stop: threading.Event) -> None:
    while os.read(0, 1):
        stop.set()
    os._exit(1)


def _read(descriptor: int, length: int) -> bytes:
    parts: list[bytes] = []
    while length:
        part = os.read(descriptor, length)
        if not part:
            raise EOFError
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


if __name__ == "__main__":
    main()
