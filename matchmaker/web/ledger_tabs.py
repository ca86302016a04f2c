"""The pages that hang below the one entry 台账: one list, of which each viewer sees what he may open."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, request, url_for
from flask_babel import lazy_gettext as _l

from matchmaker.domain.permissions import (
    Actor,
    can_read_journal,
    can_see_ledger,
    can_see_rules,
    can_see_unmet_needs,
)
from matchmaker.web.login import current_actor


@dataclass(frozen=True, slots=True)
class LedgerTab:
    """One page: its endpoint takes no argument; `also` are endpoints that belong to it."""

    label: str
    endpoint: str
    shown: Callable[[Actor], bool] = can_see_ledger
    also: frozenset[str] = frozenset()

    @property
    def is_current(self) -> bool:
        """Whether the page shown is this one, or one that belongs to it."""
        return request.endpoint == self.endpoint or request.endpoint in self.also


@dataclass(frozen=True, slots=True)
class LedgerTabLink:
    """A tab as a page shows it."""

    label: str
    href: str
    is_current: bool


DEFINING = frozenset(
    f"ledger.{name}" for name in ("indicator", "new_indicator", "add_indicator", "edit_definition", "save_definition")
)
RECORDS = frozenset(
    f"ledger.{name}" for name in ("new_record", "enter", "record", "correction", "correct", "approve", "dismiss")
)
RULES = frozenset(f"rules.{name}" for name in ("detail", "write", "days", "add_day"))

# Add an entry for a page of the ledger, the reports, the charts, the contracts, the rules, the journal here, in the
# order in which the bureau needs them, and include "ledger/_tabs.html" on the page.
TABS: tuple[LedgerTab, ...] = (
    LedgerTab(_l("年度指标"), "ledger.index", also=DEFINING),
    LedgerTab(_l("图表"), "charts.index", also=frozenset({"charts.rows"})),
    LedgerTab(_l("报告"), "reports.index", also=frozenset({"reports.show"})),
    LedgerTab(_l("目标"), "ledger.targets_of_year", also=frozenset({"ledger.edit_targets", "ledger.save_targets"})),
    LedgerTab(_l("证明记录"), "ledger.records", also=RECORDS),
    LedgerTab(_l("封账"), "ledger.periods", also=frozenset({"ledger.period", "ledger.reopen"})),
    LedgerTab(_l("技术合同"), "contracts.index", also=frozenset({"contracts.detail"})),
    LedgerTab(_l("规则"), "rules.index", can_see_rules, RULES),
    LedgerTab(_l("文书模板"), "papers.index", also=frozenset({"papers.upload"})),
    LedgerTab(_l("需求缺口"), "unmet.index", can_see_unmet_needs, frozenset({"unmet.cluster", "unmet.draw"})),
    LedgerTab(_l("日志"), "journal.index", can_read_journal, also=frozenset({"journal.verify"})),
)


def ledger_tabs() -> tuple[LedgerTabLink, ...]:
    """Return the tabs that the viewer may open."""
    actor = current_actor()
    return tuple(LedgerTabLink(tab.label, url_for(tab.endpoint), tab.is_current) for tab in TABS if tab.shown(actor))


def init_ledger_tabs(app: Flask) -> None:
    """Offer the tabs to templates."""
    app.jinja_env.globals.update(ledger_tabs=ledger_tabs)
