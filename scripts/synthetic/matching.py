"""Matching, once a week: vectors of what was published and the needs' lists, by the batches of the worker."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from matchmaker.domain.listings import ListingKind
from matchmaker.services.embedding_models import activate_if_complete, register_model
from matchmaker.services.engine import Engine
from matchmaker.services.indexing import embed_batch
from matchmaker.services.matching import match_batch
from synthetic.story import Story, moment

HOLDER = "synthetic"
DAYS = 7


@dataclass(slots=True)
class Matcher:
    """The worker's part in the story."""

    engine: Engine
    _known: bool = field(default=False)

    def schedule(self, story: Story) -> None:
        """Match at the end of each week."""
        day = date(story.year, 1, 10)
        while day.year == story.year:
            story.at(moment(day, 22), "matching", self.match)
            day += timedelta(days=DAYS)

    def match(self, story: Story) -> None:
        """Bring vectors and the needs' lists up to date."""
        story.commit()
        database, encoder = story.database, self.engine.encoder
        if not self._known:
            self.engine.keep_gauge()
            with database.transaction() as session:
                register_model(session, encoder, story.settings)
            self._known = True
        embedded = 0
        while done := embed_batch(database, encoder, HOLDER, limit=64):
            embedded += done
        activate_if_complete(database, encoder.model_id)
        if embedded:
            self.engine.write_indexes(database)
        self._lists(story, ListingKind.NEED)

    def finish(self, story: Story) -> None:
        """Bring the achievements' lists up to date too: nobody in the story looks at them."""
        with story.timed("matching"):
            self._lists(story, None)

    def _lists(self, story: Story, kind: ListingKind | None) -> None:
        while done := match_batch(story.database, self.engine, HOLDER, limit=32, kind=kind):
            story.counts["lists matched"] += done
