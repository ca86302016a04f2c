"""What people are told of a contract: its two sides, the broker of its deal, the office."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from matchmaker.domain.contracts import Contract
from matchmaker.domain.deal_notes import Audience
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.notices import NoticeTopic
from matchmaker.domain.people import User
from matchmaker.domain.permissions import Actor
from matchmaker.services.notices import tell
from matchmaker.services.organization_notices import bureau_staff, owners
from matchmaker.services.ownership import members


def tell_submitted(session: Session, actor: Actor, contract: Contract) -> None:
    """Tell the office that a contract waits, and the other people of the deal that it was handed in."""
    title = Sentence(N_("待登记的技术合同：《%(name)s》"), name=contract.name)
    due = contract.due_on.isoformat() if contract.due_on else ""
    body = Sentence(N_("请在 %(due)s 之前办理。"), due=due)
    _tell(session, actor, contract, _office(session, contract), title, body)
    handed = Sentence(N_("合同《%(name)s》已提交登记"), name=contract.name)
    _tell(session, actor, contract, _people(session, contract), handed, Sentence(N_("登记结果会再通知您。")))


def tell_returned(session: Session, actor: Actor, contract: Contract) -> None:
    """Tell both sides what to mend."""
    title = Sentence(N_("合同《%(name)s》退回修改"), name=contract.name)
    _tell(session, actor, contract, _people(session, contract), title, contract.returned_note or "")


def tell_registered(session: Session, actor: Actor, contract: Contract) -> None:
    """Tell both sides the number."""
    title = Sentence(N_("合同《%(name)s》已登记"), name=contract.name)
    body = Sentence(N_("登记编号：%(number)s"), number=contract.registration_number or "")
    _tell(session, actor, contract, _people(session, contract), title, body)


def tell_cancelled(session: Session, actor: Actor, contract: Contract) -> None:
    """Tell both sides that it was struck off, and why."""
    title = Sentence(N_("合同《%(name)s》的登记已注销"), name=contract.name)
    _tell(session, actor, contract, _people(session, contract), title, contract.cancelled_reason or "")


def tell_amended(session: Session, actor: Actor, contract: Contract) -> None:
    """Tell both sides that a change is on record."""
    title = Sentence(N_("合同《%(name)s》登记了变更"), name=contract.name)
    _tell(session, actor, contract, _people(session, contract), title, Sentence(N_("请核对变更后的金额和期限。")))


def tell_note(session: Session, actor: Actor, contract: Contract, audience: str) -> None:
    """Tell who reads a new note that there is one; what it says stays on the page."""
    title = Sentence(N_("%(name)s 给合同《%(contract)s》写了备注"), name=actor.name, contract=contract.name)
    broker = [contract.deal.owner] if contract.deal.owner is not None else []
    readers = {
        Audience.ALL: [*_people(session, contract), *_office(session, contract)],
        Audience.OFFICE: [*broker, *_office(session, contract)],
    }
    body = Sentence(N_("请打开合同查看。"))
    _tell(session, actor, contract, readers.get(Audience(audience), []), title, body)


def _people(session: Session, contract: Contract) -> list[User]:
    sides = (contract.seller_organization_id, contract.buyer_organization_id)
    people = [person for side in sides for person in owners(session, side)]
    return people + ([contract.deal.owner] if contract.deal.owner is not None else [])


def _office(session: Session, contract: Contract) -> list[User]:
    """Return who judges a contract: the bureau's own staff, and those of the branches that answer for its parties."""
    branches = sorted(contract.deal.branch_ids)
    return bureau_staff(session) + [person for branch in branches for person in members(session, branch)]


def _tell(session: Session, actor: Actor, contract: Contract, people: Iterable[User], title: str, body: str) -> None:
    for person in {each.id: each for each in people if each.id != actor.user_id}.values():
        tell(session, person, topic=NoticeTopic.DEAL, title=title, body=body, path=f"/contracts/{contract.id}")
