"""A market whose people want what is made here, though it does not say how it may be had."""

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.matches import Match, MatchDecision
from tests.cast import Cast, Member
from tests.pairs import publish
from tests.working import work_once

SUBJECTS = (
    *("叶片除冰涂层", "棉秆还田机械", "骆驼奶冻干工艺", "盐碱地改良菌剂", "葡萄藤埋土机"),
    *("矿井瓦斯监测", "光伏板清洗车", "番茄皮渣提取", "油田回注水处理", "牧草青贮添加剂"),
)
HERE, FAR = "650104", "310101"


def make_market(kept: Path, settings: Settings, database: Database, cast: Cast) -> None:
    """Ten needs, each with an offer from here and one from far away that cooperates as the need asks; matched."""

    def write() -> None:
        with database.transaction() as session:
            for subject in SUBJECTS:
                text = f"寻求{subject}的成套方案，说明冬季的效果、能耗指标和检修办法。"
                publish(session, cast.alice, "need", subject, region=HERE, abstract=text, problem=text)
                said = f"已在两个县试用，附操作人员培训安排和{subject[:2]}部件清单。"
                for region, ways in ((HERE, []), (FAR, ["joint"])):
                    values = {"region": region, "cooperation": ways, "abstract": said, "description": said}
                    publish(session, cast.bob, "achievement", f"{subject[:4]}装置", **values)

    work_once(kept, settings, database, write)


def decide_market(database: Database, cast: Cast, subjects: tuple[str, ...] = SUBJECTS) -> None:
    """Both sides want what is here; what is far is out of scope, whatever it says."""
    with database.transaction() as session:
        for match in session.scalars(sa.select(Match)):
            same = match.achievement.current.title.startswith(match.need.current.title[:3])
            if same and match.need.current.title in subjects:
                if match.achievement.current.region == HERE:
                    say(session, match, cast.alice, "interested")
                    say(session, match, cast.bob, "interested")
                else:
                    say(session, match, cast.alice, "unsuitable", "out_of_scope")


def say(session: Session, match: Match, member: Member, decision: str, reason: str | None = None) -> None:
    """Write one side's decision."""
    said = {"organization_id": member.organization_id, "actor_id": member.user_id, "reason": reason}
    session.add(MatchDecision(match_id=match.id, decision=decision, **said))
