"""What a contract still lacks before it may be handed in: all of it at once."""

from collections.abc import Iterator

from matchmaker.domain.contracts import Contract
from matchmaker.domain.days import today
from matchmaker.domain.language import N_, Sentence, listed
from matchmaker.domain.people import Organization
from matchmaker.services.contracts.amounts import is_equal_in_silence
from matchmaker.services.contracts.fields import FIELDS, FieldKind

PARTY_FIELDS = {
    "credit_code": N_("统一社会信用代码"),
    "region": N_("所在地区"),
    "industry": N_("国民经济行业"),
    "size": N_("单位规模"),
}
SIZELESS = frozenset({"university", "institute", "bureau", "branch"})


def missing(contract: Contract) -> dict[str, str]:
    """Return a sentence for each field that keeps a contract from being handed in, in the order of the form.

    `seller` and `buyer` name what an organization's own page lacks, `file` the signed text.
    """
    return dict(_faults(contract))


def lacking(organization: Organization) -> list[str]:
    """Return the names of the particulars that the register asks of a party and its page does not have."""
    return [
        label
        for name, label in PARTY_FIELDS.items()
        if not getattr(organization, name) and not (name == "size" and organization.kind in SIZELESS)
    ]


def _faults(contract: Contract) -> Iterator[tuple[str, str]]:
    for field in FIELDS:
        if field.required and getattr(contract, field.name) in (None, ""):
            chosen = field.kind is FieldKind.CODE
            yield field.name, Sentence(N_("请选择这一项。") if chosen else N_("请填写这一项。"))
        elif field.name == "equal_reason" and is_equal_in_silence(contract):
            yield field.name, Sentence(N_("技术交易额与成交总额相等：请填写扣除项，或写明没有扣除项的理由。"))
    if contract.signed_on is not None and contract.signed_on > today():
        yield "signed_on", Sentence(N_("签订日期还没有到。"))
    if contract.total_value is not None and contract.total_value == 0:
        yield "total_value", Sentence(N_("成交总额应大于 0。"))
    if contract.file_sha256 is None:
        yield "file", Sentence(N_("请上传双方签署的合同文本。"))
    for side, organization in (("seller", contract.seller), ("buyer", contract.buyer)):
        if names := lacking(organization):
            yield side, Sentence(N_("%(name)s 的单位资料缺少：%(what)s"), name=organization.name, what=listed(names))
