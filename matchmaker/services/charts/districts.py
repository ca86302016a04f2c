"""Districts: where the organization of a row sits, as it stands in its entry (a district of the city, or what lies
outside: a prefecture, province or country)."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.language import N_
from matchmaker.domain.people import Organization
from matchmaker.services.funnel import NO_DISTRICT
from matchmaker.services.ledger.rules import Reading, Row

Districts = Mapping[int, str]
"""The code of each organization's region, by its id; one without a region is not in it."""


def read_districts(session: Session) -> dict[int, str]:
    """Return the district of every organization that has one."""
    query = sa.select(Organization.id, Organization.region).where(Organization.region.is_not(None))
    return {organization_id: region for organization_id, region in session.execute(query) if region}


def districts_of(reading: Reading) -> Districts:
    """Return the same for all charts of a reading (see `Reading.shared`)."""
    return read_districts(reading.session)


def district_of(districts: Districts, row: Row) -> str:
    """Return the district of whose a row is."""
    return districts.get(row.organization_id or 0, NO_DISTRICT)


def district_names() -> dict[str, str]:
    """Return the name of every region, the narrowest (the city's districts) first, and what stands for none."""
    table = codes.table("regions")
    narrowest_first = sorted(table, key=lambda row: -len(table.path(row.code)))
    return {**{row.code: row.name for row in narrowest_first}, NO_DISTRICT: N_("没有填写所在地区")}


def inhabited(session: Session) -> list[tuple[str, str]]:
    """Return code and name of every region that an organization sits in, the narrowest first."""
    query = sa.select(Organization.region).where(Organization.region.is_not(None)).distinct()
    used = set(session.scalars(query))
    return [(code, name) for code, name in district_names().items() if code in used]
