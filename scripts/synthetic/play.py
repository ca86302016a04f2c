"""Playing a year from its first to its last day."""

import time
from dataclasses import dataclass

from matchmaker import migrations
from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.services.engine import Engine
from synthetic.deals import schedule_deals
from synthetic.events import schedule_events
from synthetic.ledger import schedule_ledger
from synthetic.listings import schedule_listings
from synthetic.matching import Matcher
from synthetic.people import schedule_people
from synthetic.reports import schedule_reports
from synthetic.sizes import Sizes
from synthetic.story import Story


@dataclass(frozen=True, slots=True)
class Played:
    """What was done: objects by what they are, seconds by what they were spent on."""

    counts: dict[str, int]
    seconds: dict[str, float]
    total_seconds: float


def play(
    settings: Settings, database: Database, sizes: Sizes, *, year: int = 2025, seed: int = 1, all_lists: bool = True
) -> Played:
    """Play a year into an empty database that has its tables; without `all_lists` only the needs' lists are matched."""
    begun, engine = time.perf_counter(), Engine(settings)
    story = Story(settings, database, sizes, year=year, seed=seed)
    schedule_people(story)
    schedule_listings(story)
    schedule_events(story)
    schedule_deals(story)
    schedule_ledger(story)
    schedule_reports(story)
    matcher = Matcher(engine)
    matcher.schedule(story)
    try:
        story.run()
        if all_lists:
            matcher.finish(story)
        engine.save()
    finally:
        engine.close()
    return Played(dict(story.counts), dict(story.seconds), time.perf_counter() - begun)


def play_at(settings: Settings, sizes: Sizes, *, year: int = 2025, seed: int = 1, all_lists: bool = True) -> Played:
    """Play a year into the database of `settings`, made here with all its tables (see `play`)."""
    settings.data.mkdir(parents=True, exist_ok=True)
    settings.indexes.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    try:
        migrations.upgrade(database.engine)
        return play(settings, database, sizes, year=year, seed=seed, all_lists=all_lists)
    finally:
        database.dispose()
