"""Reading whom to invite: one or many addresses, as people paste them."""

import re
from dataclasses import dataclass

from matchmaker.domain.language import N_
from matchmaker.services.identifiers import read_email, read_person_name
from matchmaker.services.reading.text import Unreadable, clean, line

MOST_AT_ONCE = 50
_APART = re.compile(r"[\s,，、<>《》()（）\"':：]+")


@dataclass(frozen=True, slots=True)
class Invitee:
    """Somebody to be invited."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Unread:
    """What could not be read as an address, and why."""

    text: str
    sentence: str


def read_invitees(text: str) -> tuple[tuple[Invitee, ...], tuple[Unread, ...]]:
    """Return whom a text names, and what in it is no address.

    One person a line, as `姓名 地址`, `姓名 <地址>` or the address alone; a line may also hold several addresses, or
    several people apart by semicolons. Without a name it is what stands before the @. The same address counts once.
    """
    found: dict[str, Invitee] = {}
    unread: list[Unread] = []
    for part in re.split(r"[\n;；]+", clean(text)):
        if not part.strip():
            continue
        words = _APART.split(part)
        addresses = [word for word in words if "@" in word]
        name = line(" ".join(word for word in words if "@" not in word))
        if not addresses:
            unread.append(Unread(line(part)[:80], N_("这一行没有邮箱地址。")))
        for address in addresses:
            try:
                email = read_email(address)
                known_as = name if name and len(addresses) == 1 else email.partition("@")[0]
                found.setdefault(email, Invitee(read_person_name(known_as), email))
            except Unreadable as error:
                unread.append(Unread(address[:80], error.sentence))
    return tuple(found.values()), tuple(unread)
