"""The summary of an import says how good the rows are, and how many anonymous ones tell who posted them."""

import pytest

from matchmaker.services.health import check_health, check_values
from matchmaker.services.imports.quality import quality_of
from matchmaker.services.imports.report import ImportReport
from matchmaker.services.imports.writing import Outcome
from matchmaker.services.reading import read_values, typed_values
from tests.drafts import COMPLETE, make_draft


def test_health_of_values_is_that_of_their_revision(session, cast):
    for kind, member in (("need", cast.alice), ("achievement", cast.bob)):
        revision = make_draft(session, member, kind).working_revision
        assert check_values(kind, typed_values(revision)) == check_health(revision)


def test_a_row_without_most_fields_is_judged(session):
    values = read_values("need", COMPLETE["need"]).values
    assert 0 < quality_of("need", {"title": "除冰涂层"}, None).health < quality_of("need", values, None).health


@pytest.mark.parametrize(
    ("changes", "organization", "tells"),
    [
        ({"visibility": "anonymous", "abstract": "请拨 0991-3812345"}, None, True),
        ({"visibility": "public", "abstract": "请拨 0991-3812345"}, None, False),
        ({"visibility": "anonymous", "abstract": "天山机械寻求除冰涂层"}, "天山机械有限公司", True),
        ({"visibility": "anonymous", "abstract": "山地风场寻求除冰涂层"}, "天山机械有限公司", False),
        ({"visibility": "anonymous", "problem": "请拨 0991-3812345"}, None, False),
    ],
)
def test_only_the_public_text_of_an_anonymous_row_can_tell(changes, organization, tells):
    values = read_values("need", COMPLETE["need"] | changes).values
    assert quality_of("need", values, organization).tells == tells


def test_report_gives_the_mean_of_the_good_rows():
    report = ImportReport()
    assert report.mean_health is None
    values = read_values("need", COMPLETE["need"] | {"visibility": "anonymous", "abstract": "请拨 0991-3812345"}).values
    report.take(Outcome.CREATED, quality_of("need", values, None))
    report.take(Outcome.UNCHANGED, quality_of("need", {"title": "除冰涂层"}, None))
    assert (report.mean_health, report.telling) == (round(report.health / 2), 1)
