"""Drafting a paper: the template that counts, filled from the records."""

import io
from dataclasses import dataclass
from pathlib import Path

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from sqlalchemy.orm import Session

from matchmaker.domain.days import today
from matchmaker.domain.errors import Invalid, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.papers import CONTRACT_PAPERS, DEAL_PAPERS, PAPER_NAMES, PaperKind
from matchmaker.domain.permissions import Actor
from matchmaker.services.booklets import office_name
from matchmaker.services.contracts.loading import load_contract
from matchmaker.services.deals import load_deal
from matchmaker.services.documents.wording import day_in_words
from matchmaker.services.papers.checking import check_template, named_in
from matchmaker.services.papers.placeholders import placeholders_of
from matchmaker.services.papers.templates import current_template
from matchmaker.services.papers.values import Blank, Values, contract_values, deal_values, filled


@dataclass(frozen=True, slots=True)
class DraftedPaper:
    """A drafted paper: the name for its file, and the file."""

    name: str
    content: bytes


def draft_contract(session: Session, actor: Actor, data: Path, city: str, contract_id: int, kind: str) -> DraftedPaper:
    """Return the draft of a contract's text by the template of one of the five types.

    Raises:
        NotFound: he may not know of the contract, or no such paper. Invalid: the template cannot be filled.
    """
    contract = load_contract(session, actor, contract_id)
    if kind not in CONTRACT_PAPERS:
        raise NotFound(N_("没有这种文书。"))
    paper = _draft(session, data, city, kind, contract_values(contract), subject=contract.name)
    record(session, actor, "draft_paper", "contract", contract.id, kind=kind)
    return paper


def draft_for_deal(session: Session, actor: Actor, data: Path, city: str, deal_id: int, kind: str) -> DraftedPaper:
    """Return the draft of an agreement or of minutes for a deal.

    Raises:
        NotFound: he may not know of the deal, or no such paper. Invalid: the template cannot be filled.
    """
    deal = load_deal(session, actor, deal_id)
    if kind not in DEAL_PAPERS:
        raise NotFound(N_("没有这种文书。"))
    return _draft(session, data, city, kind, deal_values(session, actor, deal), subject=str(deal.id))


def blanks(session: Session, data: Path, kind: str, values: Values) -> tuple[str, ...]:
    """Return the labels of what the present template of a kind names and no record says."""
    _, template = current_template(session, data, kind)
    named = named_in(template)
    fields = placeholders_of(kind).fields
    asked = (path for path in fields if path in named and not path.startswith("paper."))
    return tuple(fields[path] for path in asked if not values.get(path))


def render(kind: str, template: bytes, values: Values) -> bytes:
    """Fill a template.

    Raises:
        Invalid: it is none, or cannot be filled.
    """
    check_template(kind, template)
    document = DocxTemplate(io.BytesIO(template))
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    try:
        document.render(filled(placeholders_of(kind), values), environment, autoescape=True)
    except (TemplateError, ValueError) as error:
        raise Invalid(N_("模板没有填成：%(fault)s。请检查模板里的占位符。"), fault=str(error)) from error
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _draft(session: Session, data: Path, city: str, kind: str, values: Values, *, subject: str) -> DraftedPaper:
    view, template = current_template(session, data, kind)
    name = PAPER_NAMES[PaperKind(kind)]
    stamped: Values = {
        **values,
        "paper.name": name,
        "paper.day": day_in_words(today()),
        "paper.office": office_name(session, city),
        "paper.template": str(view.mark),
    }
    return DraftedPaper(f"{name}_{subject or Blank()}_{today():%Y%m%d}.docx", render(kind, template, stamped))
