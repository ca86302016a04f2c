"""How the serving ranker is doing, for the status page and the `status` command."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.rankers import RankerState
from matchmaker.services.rankers.folder import SHIPPED
from matchmaker.services.rankers.serving import choice_in, serving_ranker
from matchmaker.services.rankers.stored_readings import count_unread
from matchmaker.services.rankers.tuned_vectors import count_untuned


@dataclass(frozen=True, slots=True)
class RankerHealth:
    """`name` is the one that serves, None for the shipped ranker; `fault` says why the chosen one does not. `building`
    is the one that is prepared, with `untuned` listings to go; `unread` lists wait to be read."""

    name: str | None
    fault: str | None
    building: str | None
    untuned: int
    unread: int

    @property
    def text(self) -> str:
        """Everything in one line, for a terminal."""
        parts = [self.name or SHIPPED]
        if self.fault:
            parts.append(f"chosen one unusable: {self.fault}")
        if self.building:
            parts.append(f"preparing {self.building}, {self.untuned} listings to go")
        if self.unread:
            parts.append(f"{self.unread} lists to read")
        return "; ".join(parts)


def ranker_health(session: Session, settings: Settings) -> RankerHealth:
    """Look at the choices, the disk and what is behind."""
    serving = serving_ranker(session, settings)
    building = choice_in(session, RankerState.BUILDING)
    return RankerHealth(
        name=serving.name if serving.model else None,
        fault=serving.fault,
        building=building.name if building else None,
        untuned=count_untuned(session, building.mark) if building and building.mark else 0,
        unread=count_unread(session) if serving.reads else 0,
    )
