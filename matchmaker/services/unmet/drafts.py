"""Drafts made from groups of unmet needs: the innovation list and contest postings.

They hold what a visitor may read, merged and shortened, never completed: what no need says is a blank.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.days import today
from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.search.text import normalise
from matchmaker.services.booklets import office_name
from matchmaker.services.documents import ContestDraft, InnovationItem, InnovationList, SourceNeed
from matchmaker.services.documents.unmet_word import BLANK
from matchmaker.services.documents.wording import day_in_words, money_in_words
from matchmaker.services.listing_views import IndicatorView, ListingView
from matchmaker.services.unmet.choosing import GRADE_NAMES
from matchmaker.services.unmet.reading import ClusterView, UnmetFilter, read_cluster, read_map

MOST_ITEMS = 400
_STAGES = (
    N_("征集截止"),
    N_("专家论证"),
    N_("发榜"),
    N_("揭榜截止"),
    N_("评榜"),
    N_("公示"),
    N_("签约"),
    N_("里程碑考核"),
    N_("验收"),
)


def draft_list(session: Session, actor: Actor, chosen: UnmetFilter, city: str) -> InnovationList:
    """Return the draft of the innovation list from the map that counts, narrowed as the page is.

    Raises:
        Forbidden: the map is not for the actor.
        Invalid: nothing is on it, or more than MOST_ITEMS groups.
    """
    drawn = read_map(session, actor, chosen)
    if drawn is None or not drawn.clusters:
        raise Invalid(N_("图上没有符合条件的需求，请换一个范围，或先绘制缺口图。"))
    if len(drawn.clusters) > MOST_ITEMS:
        raise Invalid(N_("最多 %(most)d 项，请按领域或地区筛选。"), most=MOST_ITEMS)
    grade = GRADE_NAMES[drawn.grade]
    note = N_("由平台上没有“%(grade)s”及以上匹配的 %(needs)d 项公开需求按含义归类而成，共 %(items)d 项。")
    return InnovationList(
        title=N_("技术创新清单"),
        office=office_name(session, city),
        day=day_in_words(today()),
        notes=(note % {"grade": grade, "needs": drawn.needs, "items": len(drawn.clusters)}, _CAUTION),
        items=tuple(_item(number, cluster) for number, cluster in enumerate(drawn.clusters, start=1)),
    )


def draft_contest(session: Session, actor: Actor, cluster_id: int, city: str) -> ContestDraft:
    """Return the draft of a contest posting from one group.

    Raises:
        Forbidden: the map is not for the actor.
        NotFound: there is no such group on it.
    """
    cluster = read_cluster(session, actor, cluster_id)
    views = [need.view for need in cluster.needs]
    note = N_("由 %(enterprises)d 家企业的 %(needs)d 项公开需求合并而成。")
    return ContestDraft(
        name=cluster_name(cluster),
        office=office_name(session, city),
        day=day_in_words(today()),
        notes=(note % {"enterprises": cluster.enterprises, "needs": len(views)}, _CAUTION),
        facts=(
            (N_("技术领域"), _named("contract_fields", cluster.fields)),
            (N_("所在地区"), _named("regions", cluster.regions)),
            (N_("榜单金额"), _money(views)),
            (N_("合作方式"), _codes_said(views, "cooperation", "cooperation_modes")),
            (N_("知识产权归属"), _codes_said(views, "ip_ownership", "ip_ownership")),
            (N_("发榜单位"), BLANK),
        ),
        backgrounds=_texts(view.prose("background") for view in views),
        problems=_texts(problem_of(view) for view in views),
        indicators=merge_indicators(row for view in views for row in view.indicators),
        conditions=_texts(view.prose("solver_conditions") for view in views),
        dates=tuple((stage, BLANK) for stage in _STAGES),
        sources=tuple(
            SourceNeed(view.id, view.title, view.organization_name, codes.table("regions").name(view.region) or "—")
            for view in views
        ),
    )


def cluster_name(cluster: ClusterView) -> str:
    """Return what a group is called in Chinese: by its words, by its only need, or by its field."""
    field = codes.table("contract_fields").name(cluster.fields[0][0]) if cluster.fields else ""
    return cluster.name() or N_("%(field)s的需求") % {"field": field}


def problem_of(view: ListingView) -> str:
    """Return what a need asks: its problem where that is open, else its abstract."""
    return view.prose("problem") or view.abstract


def merge_indicators(rows: Iterable[IndicatorView]) -> tuple[tuple[str, str, str], ...]:
    """Return (name, requirement, unit) of indicators; those that differ in their values alone are one row with all
    values, as nobody but the poster may say which of them is enough."""
    merged: dict[tuple[str, str, str], tuple[IndicatorView, list[str]]] = {}
    for row in rows:
        value = f"{row.value}–{row.upper}" if row.comparator == "between" else row.value
        _, values = merged.setdefault((normalise(row.name), row.comparator, row.unit or ""), (row, []))
        if value not in values:
            values.append(value)
    return tuple((row.name, _required(row, values), row.unit or "") for row, values in merged.values())


_CAUTION = N_("匿名需求只收录公开摘要；未写明的内容标为“【待填】”，请在发布前核定并征得需求方同意。")


def _item(number: int, cluster: ClusterView) -> InnovationItem:
    views = [need.view for need in cluster.needs]
    indicators = merge_indicators(row for view in views for row in view.indicators)
    return InnovationItem(
        number=number,
        name=cluster_name(cluster),
        problems=_texts(problem_of(view) for view in views),
        indicators=tuple(" ".join(filter(None, row)) for row in indicators),
        field=_named("contract_fields", cluster.fields),
        region=_named("regions", cluster.regions),
        enterprises=cluster.enterprises,
        needs=len(views),
    )


def _required(row: IndicatorView, values: Sequence[str]) -> str:
    sign = "" if row.comparator in {"text", "between"} else f"{codes.table('comparators').name(row.comparator)} "
    return sign + " / ".join(values)


def _texts(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text.strip() for text in texts if text and text.strip()))


def _named(table: str, counted: Sequence[tuple[str, int]]) -> str:
    return "、".join(codes.table(table).name(code) for code, _ in counted) or BLANK


def _codes_said(views: Sequence[ListingView], name: str, table: str) -> str:
    said: dict[str, None] = {}
    for view in views:
        value = view.value(name)
        said |= dict.fromkeys([value] if isinstance(value, str) else value or ())
    return "、".join(codes.table(table).name(code) for code in said) or BLANK


def _money(views: Sequence[ListingView]) -> str:
    amounts = sorted(amount for view in views if isinstance(amount := view.value("budget"), Decimal))
    if not amounts:
        return BLANK
    span = dict.fromkeys((money_in_words(amounts[0]), money_in_words(amounts[-1])))
    return N_("需求方拟投入 %(amounts)s（榜单金额%(blank)s）") % {"amounts": " – ".join(span), "blank": BLANK}
