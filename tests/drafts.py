"""Listings in each state of their life, made by the verbs that the site uses."""

from sqlalchemy.orm import Session

from matchmaker.domain.listings import Listing
from matchmaker.services.listings import create_listing
from matchmaker.services.review import publish
from matchmaker.services.submission import submit
from tests.cast import Member

COMPLETE: dict[str, dict[str, object]] = {
    "need": {
        "title": "风电叶片低温除冰涂层",
        "abstract": "寻求在零下三十度仍能防止叶片覆冰的涂层。",
        "problem": "叶片在高湿低温下覆冰，停机损失大；需要附着力强、耐风沙冲蚀的疏冰涂层，适用于已运行的机组。",
        "indicators": [{"name": "覆冰附着强度", "comparator": "le", "value": "30", "upper": "", "unit": "kPa"}],
        "cooperation": ["commissioned"],
        "field": "materials",
        "budget": "120万",
    },
    "achievement": {
        "title": "耐候疏冰复合涂料",
        "abstract": "有机硅改性疏冰涂料，已在高海拔线路试用。",
        "description": "以有机硅改性聚脲为基体，加入疏水填料，经风洞试验覆冰附着强度低于二十千帕，可现场喷涂施工。",
        "cooperation": ["license_ordinary", "joint"],
        "field": "materials",
        "stage": "pilot",
    },
}


def make_draft(session: Session, member: Member, kind: str = "need", **values: object) -> Listing:
    """Begin a draft that is complete but for what `values` change."""
    return create_listing(session, member.actor, kind, raw=COMPLETE[kind] | values)


def make_submitted(session: Session, member: Member, kind: str = "need", **values: object) -> Listing:
    """Begin a draft and submit it."""
    listing = make_draft(session, member, kind, **values)
    submit(session, member.actor, listing, listing.working_revision.version, declared=True)
    return listing


def make_published(session: Session, member: Member, reviewer: Member, kind: str = "need", **values: object) -> Listing:
    """Begin a draft, submit it, and publish it as `reviewer`."""
    listing = make_submitted(session, member, kind, **values)
    publish(session, reviewer.actor, listing, listing.working_revision.version)
    return listing
