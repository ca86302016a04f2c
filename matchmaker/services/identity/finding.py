"""A passage that tells who somebody is, and the text that such passages are looked for in."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from matchmaker.domain.language import N_
from matchmaker.search.text import Folded, fold

CONTEXT = 12
"""Characters shown on either side of a passage."""


class IdentityKind(StrEnum):
    """What a passage tells; of two that are as long and overlap, the kind named first here is kept."""

    OWN_NAME = "own_name"
    CREDIT_CODE = "credit_code"
    EMAIL = "email"
    WEBSITE = "website"
    PATENT = "patent"
    PHONE = "phone"
    ACCOUNT = "account"
    ADDRESS = "address"
    PERSON = "person"
    ORGANIZATION = "organization"
    BRAND = "brand"


KIND_NAMES = {
    IdentityKind.OWN_NAME: N_("本单位的名称或简称"),
    IdentityKind.CREDIT_CODE: N_("信用代码"),
    IdentityKind.EMAIL: N_("邮箱"),
    IdentityKind.WEBSITE: N_("网址或备案号"),
    IdentityKind.PATENT: N_("专利号或登记号"),
    IdentityKind.PHONE: N_("电话号码"),
    IdentityKind.ACCOUNT: N_("QQ、微信等账号"),
    IdentityKind.ADDRESS: N_("地址"),
    IdentityKind.PERSON: N_("人名"),
    IdentityKind.ORGANIZATION: N_("单位名称"),
    IdentityKind.BRAND: N_("品牌"),
}
_ORDER = {kind: place for place, kind in enumerate(IdentityKind)}


@dataclass(frozen=True, slots=True)
class Finding:
    """One passage: what it tells, and its place in the text as it was written, `text[start:end]`."""

    kind: IdentityKind
    start: int
    end: int
    passage: str
    before: str = ""
    after: str = ""

    @property
    def name(self) -> str:
        """What it tells, in words."""
        return KIND_NAMES[self.kind]


@dataclass(frozen=True)
class Searched:
    """A text with the forms in which it is searched: `folded` (one width, one case), `tight` (without fillers)."""

    raw: str

    @cached_property
    def folded(self) -> Folded:
        """Width, case and blanks made regular."""
        return fold(self.raw)

    @cached_property
    def tight(self) -> Folded:
        """Folded, without what people put between characters to hide a name: 天 山·机-械."""
        whole = self.folded
        kept = [place for place, character in enumerate(whole.text) if character not in _FILLERS]
        return Folded(
            "".join(whole.text[place] for place in kept),
            [whole.starts[place] for place in kept],
            [whole.ends[place] for place in kept],
        )

    def finding(self, kind: IdentityKind, form: Folded, start: int, end: int) -> Finding:
        """Return the passage that `form.text[start:end]` was made from."""
        return self.place(kind, form.starts[start], form.ends[end - 1])

    def place(self, kind: IdentityKind, start: int, end: int) -> Finding:
        """Return the passage `raw[start:end]` with a little of what stands around it."""
        raw = self.raw
        return Finding(kind, start, end, raw[start:end], raw[max(0, start - CONTEXT) : start], raw[end : end + CONTEXT])


_FILLERS = frozenset(" *.-_·・•‧/|~^+")


def without_overlaps(text: Searched, found: Iterable[Finding]) -> Iterator[Finding]:
    """Yield findings in the order of the text, none over another: of one kind joined, of several the longest."""
    kept: list[Finding] = []
    for one in sorted(_joined(text, found), key=lambda finding: (finding.start - finding.end, _ORDER[finding.kind])):
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    yield from sorted(kept, key=lambda finding: finding.start)


def _joined(text: Searched, found: Iterable[Finding]) -> list[Finding]:
    joined: list[Finding] = []
    for one in sorted(found, key=lambda finding: (finding.kind, finding.start, finding.end)):
        last = joined[-1] if joined else None
        if last is not None and last.kind == one.kind and one.start < last.end:
            joined[-1] = text.place(one.kind, last.start, max(last.end, one.end))
        else:
            joined.append(one)
    return joined
