"""Time the import of a list of invented achievements, from the .xlsx file until every one of them is matchable.

    python scripts/bench_import.py [--rows 10000] [--embed-rows N] [--model default] [--indexes indexes]

Beside each part stands a reference measured in the same run: bare openpyxl for reading, bare INSERTs of the same rows
for writing, the bare encoder on a sample of the same texts for embedding. --embed-rows imports that
many rows anew into a second database and follows them to the end, where encoding all of --rows would take too long.
Texts are drawn from word frequencies (see synthetic_listings.py).
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path

import sqlalchemy as sa
from openpyxl import Workbook, load_workbook
from synthetic_listings import Listings, make_listings

from matchmaker import migrations
from matchmaker.cli.setup import prepare_model
from matchmaker.config import Settings, load_settings
from matchmaker.domain.base import Database
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.listings import Listing, ListingState, Revision, TechnicalIndicator
from matchmaker.domain.permissions import Actor
from matchmaker.domain.tables import metadata
from matchmaker.services.embedding_models import count_behind
from matchmaker.services.engine import Engine
from matchmaker.services.imports import Arrival, ImportOptions, import_file
from matchmaker.services.imports.columns import is_header
from matchmaker.services.imports.rows import Entry, RowOptions, RowReader
from matchmaker.services.imports.tables import Source, open_table
from matchmaker.services.indexing import parts_of
from matchmaker.services.matching import count_unmatched
from matchmaker.services.projection import document, full_scope
from matchmaker.services.worker import Worker

HEADINGS = (
    "编号", "成果名称", "公开摘要", "成果简介", "技术优势", "应用场合", "技术指标", "成果阶段", "技术就绪度",
    "技术领域", "合作方式", "关键词", "报价（万元）", "完成日期", "研发团队", "所在地区",
)  # fmt: skip
FIELDS = ("新材料及其应用", "先进制造", "农业", "电子信息", "环境保护与资源综合利用")
SAMPLE = 256
NEEDS = 200


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds by the clock, and of all processors together: what others do on the machine counts in the first only."""

    seconds: float
    processor: float

    def over(self, other: "Spent") -> float:
        """Return how many times as much processor time as `other` this took."""
        return self.processor / other.processor


@dataclass(slots=True)
class Clock:
    """Runs from when it is made."""

    began: tuple[float, float] = field(default_factory=lambda: (time.perf_counter(), time.process_time()))

    def read(self) -> Spent:
        """Return what was spent so far."""
        return Spent(time.perf_counter() - self.began[0], time.process_time() - self.began[1])


def main() -> None:
    """Run every part and print it beside its reference."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        listings = make_listings(arguments.rows)
        path = write_list(root / "achievements.xlsx", listings, arguments.rows)
        print(f"{arguments.rows:,} achievements, {path.stat().st_size / 1e6:.1f} MB of .xlsx, model {arguments.model}")
        print(f"{'':42}{'rows/s':>10}{'CPU ms':>10}{'reference':>16}{'peak MB':>10}")
        _read(path, arguments.rows)
        _write(root / "writing", path, arguments.rows)
        if arguments.embed_rows != arguments.rows:
            path = write_list(root / "fewer.xlsx", listings, arguments.embed_rows)
        _follow(_settings(root / "following", arguments), path, arguments.embed_rows)


def write_list(path: Path, listings: Listings, rows: int) -> Path:
    """Write a workbook of invented achievements as an office keeps it."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("成果")
    sheet.append(HEADINGS)
    for row in range(rows):
        words, body = listings.title(row), listings.body(row)
        sheet.append(
            (
                f"CG-{row:05}",
                "".join(words),
                "".join(body[:25]),
                "".join(body),
                "".join(body[25:55]),
                "、".join(body[55:60]),
                f"效率≥{80 + row % 20} %；能耗≤{20 + row % 30} kWh/t",
                ("初期（实验室）", "中期（中试）", "成熟应用")[row % 3],
                str(1 + row % 9),
                FIELDS[row % len(FIELDS)],
                "技术转让、联合开发",
                "、".join(words[:3]),
                10 + row % 300,
                "2025-03-01",
                "课题组教授两名、博士五名",
                "乌鲁木齐市",
            )
        )
    book.save(path)
    return path


def _read(path: Path, rows: int) -> None:
    sheet = load_workbook(path, read_only=True).worksheets[0]
    bare = _timed(lambda: sum(1 for _row in sheet.iter_rows(values_only=True)))
    clock = Clock()
    table = open_table(Source.at(path), partial(is_header, "achievement"))
    reader = RowReader("achievement", table.columns, RowOptions())
    assert sum(isinstance(reader.read(row), Entry) for row in table.rows) == rows
    spent = clock.read()
    _line("reading and validating", rows, spent, f"{spent.over(bare):.1f} x bare")
    _line("  bare openpyxl, values only", rows, bare)


def _write(folder: Path, path: Path, rows: int) -> None:
    for arrival in (Arrival.SUBMITTED, Arrival.PUBLISHED):
        database = _database(folder / arrival.value)
        clock = Clock()
        report = import_file(database, Actor.system(), "achievement", path, _options(arrival))
        spent = clock.read()
        assert (report.rows, report.bad_rows) == (rows, 0), report.problems[:3]
        bare = _bare_inserts(database)
        _line(f"whole import, {arrival.value}", rows, spent, f"{spent.over(bare):.1f} x bare")
        _line("  bare inserts of the same rows", rows, bare)
        database.dispose()


def _bare_inserts(database: Database) -> Spent:
    """Copy what the import wrote by plain INSERTs into tables without keys, a hundred rows a transaction."""
    tables = [metadata.tables[table.__tablename__] for table in (Listing, Revision, TechnicalIndicator, JournalEntry)]
    with database.engine.connect() as connection:
        stored = [[dict(row._mapping) for row in connection.execute(sa.select(table))] for table in tables]
    bare = [sa.Table(f"bare_{t.name}", sa.MetaData(), *(sa.Column(c.name, c.type) for c in t.columns)) for t in tables]
    for table in bare:
        table.create(database.engine)
    return _timed(partial(_insert, database, dict(zip(bare, stored, strict=True))))


def _insert(database: Database, rows_of: dict[sa.Table, list[dict[str, object]]]) -> None:
    for table, rows in rows_of.items():
        for start in range(0, len(rows), 100):
            with database.engine.begin() as connection:
                connection.execute(table.insert(), rows[start : start + 100])


def _follow(settings: Settings, path: Path, rows: int) -> None:
    """Import and publish, then let the worker do its steps until nothing is behind."""
    database = _database(settings.data)
    _import_needs(database, settings.data)
    engine = Engine(settings)
    worker = Worker(settings, database, engine)
    worker.start()
    _until(worker, lambda: _behind(database, engine) == (0, 0))
    whole = Clock()
    import_file(database, Actor.system(), "achievement", path, _options(Arrival.PUBLISHED))
    clock = Clock()
    _until(worker, lambda: _behind(database, engine)[0] == 0)
    embedding = clock.read()
    _until(worker, lambda: _behind(database, engine) == (0, 0))
    engine.write_indexes(database)
    matchable = whole.read()
    sample = list(islice(_texts(database), SAMPLE))
    bare = _timed(lambda: engine.encoder.encode_queries(sample))
    share = embedding.processor / rows / (2 * bare.processor / len(sample))
    _line(f"embedding {rows:,} rows in the worker", rows, embedding, f"{share:.1f} x bare")
    _line("  bare encoder, two texts a row", len(sample) // 2, bare)
    _line(f"from file until {rows:,} rows are matchable", rows, matchable, f"among {NEEDS} needs")
    engine.close()
    database.dispose()


def _until(worker: Worker, done: Callable[[], bool]) -> None:
    while not done():
        worker.step()


def _behind(database: Database, engine: Engine) -> tuple[int, int]:
    with database.read() as session:
        return count_behind(session, engine.encoder.model_id), count_unmatched(session)


def _texts(database: Database) -> Iterator[str]:
    with database.read() as session:
        published = sa.select(Listing).where(Listing.state == ListingState.PUBLISHED)
        for listing in session.scalars(published.order_by(Listing.id.desc()).limit(SAMPLE)):
            yield from parts_of(document(listing, listing.current, full_scope(listing.current)))


def _import_needs(database: Database, folder: Path) -> None:
    listings = make_listings(NEEDS, seed=1)
    path = folder / "needs.csv"
    lines = ["编号,需求名称,公开摘要,技术需求,技术领域,合作方式"]
    for row in range(NEEDS):
        body = "".join(listings.body(row))
        lines.append(f"XQ-{row},{''.join(listings.title(row))},{body[:60]},{body},{FIELDS[row % len(FIELDS)]},委托开发")
    path.write_text("\n".join(lines), encoding="utf-8")
    options = replace(_options(Arrival.PUBLISHED), organization="天山机械有限公司")
    report = import_file(database, Actor.system(), "need", path, options)
    assert report.bad_rows == 0, report.problems[:3]


def _options(arrival: Arrival) -> ImportOptions:
    return ImportOptions(organization="昆仑理工大学", create_organizations=True, arrival=arrival)


def _database(folder: Path) -> Database:
    folder.mkdir(parents=True, exist_ok=True)
    database = Database(f"sqlite:///{folder / 'matchmaker.db'}")
    migrations.upgrade(database.engine)
    return database


def _settings(folder: Path, arguments: argparse.Namespace) -> Settings:
    """Return settings of an empty site, with the model that is converted already where there is one."""
    indexes = folder / "indexes"
    indexes.mkdir(parents=True)
    if (arguments.indexes / "model").is_dir():
        (indexes / "model").symlink_to((arguments.indexes / "model").absolute())
    names = {"DATA": folder / "data", "INDEXES": indexes, "MODEL": arguments.model}
    settings = load_settings({f"MATCHMAKER_{name}": str(value) for name, value in names.items()})
    prepare_model(settings, None)
    return settings


def _timed(act: Callable[[], object]) -> Spent:
    clock = Clock()
    act()
    return clock.read()


def _line(what: str, rows: int, spent: Spent, reference: str = "") -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures = f"{rows / spent.seconds:10,.0f}{spent.processor / rows * 1e3:10.2f}"
    print(f"{what:42}{figures}{reference:>16}{peak:10,.0f}", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--embed-rows", type=int, help="rows to embed and match (default: all)")
    parser.add_argument("--model", default="default")
    parser.add_argument("--indexes", type=Path, default=Path("indexes"), help="where the converted model lies")
    arguments = parser.parse_args()
    arguments.embed_rows = arguments.embed_rows or arguments.rows
    return arguments


if __name__ == "__main__":
    main()
