"""Definitions as they count in a year, and their later versions."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.errors import NotFound
from matchmaker.domain.indicators import Definition, IndicatorVersion, shipped_definitions
from matchmaker.domain.language import N_


def definitions(session: Session, year: int) -> tuple[Definition, ...]:
    """Return the definition of each indicator that counts in a year, in the order of the plan, later ones below.

    Of an indicator's versions the latest counts whose first year has come; before its first one the first counts.
    """
    standing = {each.indicator: each for each in shipped_definitions()}
    query = sa.select(IndicatorVersion).order_by(IndicatorVersion.version)
    for row in session.scalars(query):
        if row.from_year <= year or row.indicator not in standing:
            standing[row.indicator] = row.definition
    return tuple(standing.values())


def definition_of(session: Session, indicator: str, year: int) -> Definition:
    """Return the definition of one indicator that counts in a year.

    Raises:
        NotFound: there is no such indicator.
    """
    found = next((each for each in definitions(session, year) if each.indicator == indicator), None)
    if found is None:
        raise NotFound(N_("没有找到这个指标。"))
    return found
