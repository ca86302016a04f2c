"""How a file is imported: what the person, or whoever calls the command, has decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from matchmaker.domain.language import N_
from matchmaker.services.imports.rows import RowOptions


class Arrival(StrEnum):
    """How far imported rows come: drafts to be finished by hand, handed to the review desk, or published at once.

    What a broker imports for a client goes to the client for confirmation instead of to the review desk.
    """

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"


ARRIVAL_NAMES = {
    Arrival.SUBMITTED: N_("直接提交审核"),
    Arrival.DRAFT: N_("先存为草稿"),
}


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a file is imported.

    `organization` (id, credit code or name) owns the rows that name none; `create_organizations` makes those that are
    not there yet; `arrival` PUBLISHED is for the platform itself only. `columns` says what each heading means, where
    the file's own names are not to be trusted: a field's name, or "" for leaving the column out.
    """

    rows: RowOptions = field(default_factory=RowOptions)
    organization: str | None = None
    create_organizations: bool = False
    arrival: Arrival = Arrival.SUBMITTED
    columns: Mapping[str, str] | None = None
