"""`matchmaker refit` on a site that nobody has taught anything yet: what is missing, in plain sentences."""

import pytest

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from tests.cli.test_rankers import call
from tests.working import work

pytestmark = pytest.mark.slow


def test_refit_command_tells_what_is_missing(settings: Settings) -> None:
    early = call(settings, "refit")
    assert "语义模型还没有准备好" in str(early.exception)
    site = Database(settings.database_url)
    work(settings, site)
    site.dispose()
    lines = call(settings, "refit").stdout.splitlines()
    assert lines[0] == "refit 2: too_few, 0 pairs of 0 needs were taught"
    assert lines[-1].startswith("反馈还太少：可用的配对 0 对（需要 20 对）")
    configured = call(settings, "refit", MATCHMAKER_RANKER="shipped")
    assert "MATCHMAKER_RANKER=shipped" in str(configured.exception)
