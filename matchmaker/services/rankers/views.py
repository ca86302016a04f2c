"""The page of rankers: what serves, what is prepared, every model at hand with its figures, what was chosen before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.errors import Forbidden
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingState
from matchmaker.domain.permissions import Actor, can_choose_ranker
from matchmaker.domain.rankers import RankerChoice, RankerComparison, RankerState
from matchmaker.services.jobs import JobView, view_job
from matchmaker.services.rankers.choosing import choices, former_choice
from matchmaker.services.rankers.comparing import running_comparison
from matchmaker.services.rankers.decided import DecidedPair, decided_pairs
from matchmaker.services.rankers.folder import FoundModel, Model, found_models
from matchmaker.services.rankers.judging import ENOUGH, Verdict, judge, latest_comparison
from matchmaker.services.rankers.serving import Serving, choice_in, serving_ranker
from matchmaker.services.rankers.stored_readings import count_unread
from matchmaker.services.rankers.tuned_vectors import count_untuned

FIGURE_NAMES = {
    "ndcg_10": N_("nDCG@10（先后）"),
    "contest_score": N_("1/(1+MAE)（等级）"),
    "kappa": N_("二次加权 kappa"),
    "spearman": N_("Spearman"),
    "calibration": N_("校准误差（越小越好）"),
}
PART_NAMES = {"pairs of known needs": N_("学过的需求的新配对"), "needs never seen": N_("没有见过的需求")}


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure of both sides, by its name in a manifest; `is_better` is None where they do not differ."""

    name: str
    label: str
    before: float
    after: float
    is_better: bool | None


@dataclass(frozen=True, slots=True)
class HeldOutPart:
    """What training measured on one part that it held out, by its name in a manifest."""

    name: str
    label: str
    needs: int
    pairs: int
    rows: tuple[FigureRow, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model directory as the page shows it; of one that cannot be used there is only its `fault`."""

    name: str
    fault: str | None
    made_at: datetime | None = None
    split: str = ""
    needs: int = 0
    pairs: int = 0
    terms: tuple[str, ...] = ()
    held_out: tuple[HeldOutPart, ...] = ()
    verdict: Verdict | None = None
    comparison: RankerComparison | None = None
    compared: tuple[FigureRow, ...] = ()
    job: JobView | None = None
    is_serving: bool = False
    is_building: bool = False
    is_former: bool = False


@dataclass(frozen=True, slots=True)
class RankersPage:
    """Everything the page says. `seen` is the id of the choice in force, 0 for none; `former` the one before it."""

    configured: str | None
    serving: Serving
    choice: RankerChoice | None
    building: RankerChoice | None
    untuned: int
    live: int
    unread: int
    candidates: tuple[Candidate, ...]
    history: tuple[RankerChoice, ...]
    former: RankerChoice | None
    decided: int
    enough: int

    @property
    def seen(self) -> int:
        """The id of the choice in force."""
        present = self.building or self.choice
        return present.id if present else 0


def rankers_page(session: Session, settings: Settings, actor: Actor) -> RankersPage:
    """Return what an administrator sees of the rankers.

    Raises:
        Forbidden: the actor is none.
    """
    if not can_choose_ranker(actor):
        raise Forbidden(N_("只有平台管理员可以选择排序模型。"))
    serving = serving_ranker(session, settings)
    active, building = (choice_in(session, state) for state in (RankerState.ACTIVE, RankerState.BUILDING))
    pairs = decided_pairs(session)
    former = former_choice(session)
    live = sa.select(sa.func.count()).select_from(Listing).where(Listing.state == ListingState.PUBLISHED)
    chosen = {"serving": active, "building": building, "former": former}
    marks = {name: row.mark if row else None for name, row in chosen.items()}
    shown = [_candidate(session, settings, found, serving, marks, pairs) for found in found_models(settings)]
    return RankersPage(
        configured=settings.ranker,
        serving=serving,
        choice=active,
        building=building,
        untuned=count_untuned(session, building.mark) if building and building.mark else 0,
        live=session.scalar(live) or 0,
        unread=count_unread(session) if serving.reads else 0,
        candidates=tuple(sorted(shown, key=lambda each: (each.fault is not None, not each.is_serving))),
        history=tuple(choices(session)),
        former=former,
        decided=len(pairs),
        enough=ENOUGH,
    )


def _candidate(
    session: Session,
    settings: Settings,
    found: FoundModel,
    serving: Serving,
    marks: Mapping[str, str | None],
    pairs: Sequence[DecidedPair],
) -> Candidate:
    model = found.model
    if model is None:
        return Candidate(found.name, found.fault)
    job = running_comparison(session, model.name)
    comparison = latest_comparison(session, model, serving)
    is_serving = model.mark == marks["serving"]
    return Candidate(
        name=model.name,
        fault=None,
        made_at=model.made_at,
        split=str(model.manifest.get("split", "")),
        needs=_count(model.manifest, "needs"),
        pairs=_count(model.manifest, "pairs"),
        terms=model.terms,
        held_out=held_out_parts(model),
        verdict=None if is_serving else judge(session, settings, model, pairs),
        comparison=comparison,
        compared=figure_rows(comparison.figures["serving"], comparison.figures["candidate"]) if comparison else (),
        job=view_job(job) if job else None,
        is_serving=is_serving,
        is_building=model.mark == marks["building"],
        is_former=model.mark == marks["former"],
    )


def held_out_parts(model: Model) -> tuple[HeldOutPart, ...]:
    """Return what training measured on what it held out; nothing where the manifest tells nothing that can be read."""
    try:
        return tuple(
            HeldOutPart(
                str(gain["part"]),
                PART_NAMES.get(gain["part"], str(gain["part"])),
                int(gain["needs"]),
                int(gain["pairs"]),
                figure_rows(gain["untrained"], gain["trained"]),
            )
            for gain in model.manifest["gains"]
        )
    except (KeyError, TypeError, ValueError):
        return ()


def figure_rows(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[FigureRow, ...]:
    """Put the figures of both sides next to each other."""
    return tuple(
        FigureRow(name, label, float(before[name]), float(after[name]), _is_better(name, before[name], after[name]))
        for name, label in FIGURE_NAMES.items()
        if name in before and name in after
    )


def _is_better(name: str, before: float, after: float) -> bool | None:
    if round(before, 4) == round(after, 4):
        return None
    return (after < before) == (name == "calibration")


def _count(manifest: Mapping[str, Any], name: str) -> int:
    value = manifest.get(name)
    return value if isinstance(value, int) else 0
