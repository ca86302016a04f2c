"""Imports as jobs of the worker: the dry run, and the run itself with its report."""

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import NotFound
from matchmaker.domain.imports import Import, ImportProblem
from matchmaker.domain.language import N_, Sentence, pack
from matchmaker.domain.notices import NoticeTopic
from matchmaker.domain.people import User
from matchmaker.domain.permissions import can_post_for_client
from matchmaker.services.imports.checking import dry_run, look_at
from matchmaker.services.imports.choices import remembered_columns
from matchmaker.services.imports.columns import is_header
from matchmaker.services.imports.files import source_of
from matchmaker.services.imports.findings import Findings
from matchmaker.services.imports.importing import Importer, checked_rows, require_importer
from matchmaker.services.imports.options import Arrival
from matchmaker.services.imports.report import ImportReport
from matchmaker.services.imports.rows import RowReader
from matchmaker.services.imports.stages import options_of
from matchmaker.services.imports.tables import IsHeader, Table, header_of, open_table
from matchmaker.services.imports.writing import Outcome
from matchmaker.services.job_runner import JobContext, Steps
from matchmaker.services.notices import tell
from matchmaker.services.ownership import members


def check_import(context: JobContext) -> Steps:
    """Read the beginning of a list and plan it; what was found stands at the import."""
    found = _import(context)
    options = options_of(found)
    require_importer(context.actor, found.kind, options)
    table = _open(context, found, _finds_header(found))
    findings, rows = look_at(source_of(context.settings.data, found), found.kind, table)
    if found.columns is not None:
        findings.columns = dict(found.columns)
    else:
        _recall(context, found, findings)
    yield
    if "title" in findings.columns.values():
        run = dry_run(
            context.database,
            context.actor,
            found.kind,
            found.default_owner_id,
            options,
            table.columns,
            rows,
            findings,
        )
        for done in run:
            with context.database.transaction() as session:
                context.advance(session, done, len(rows))
            yield
    with context.database.transaction() as session:
        session.get_one(Import, found.id).findings = findings.to_json()
        context.advance(session, len(rows), len(rows))


def run_import(context: JobContext) -> Steps:
    """Import a list; problems and counts are written with the rows that they are about."""
    found = _import(context)
    options = options_of(found)
    require_importer(context.actor, found.kind, options)
    table = _open(context, found, _finds_header(found))
    reader = RowReader(found.kind, table.columns, options.rows, options.columns)
    findings = Findings.from_json(found.findings or {})
    keeper = _Keeper(context, found, findings.rows if findings.is_all else table.expected)
    importer = Importer(
        context.database, context.actor, found.kind, reader, options, done=context.done, keep=keeper.keep
    )
    keeper.restore(importer.report)
    yield
    for _done in importer.steps(checked_rows(found.name, table, reader)):
        yield
    with context.database.transaction() as session:
        keeper.finish(session, importer.report)


class _Keeper:
    """Keeps the report of a run in the database, so that a run which was cut off goes on with it."""

    def __init__(self, context: JobContext, found: Import, expected: int | None) -> None:
        self._context, self._found, self._expected = context, found, expected
        self._kept, self._done = 0, context.done

    def restore(self, report: ImportReport) -> None:
        """Begin with the counts of the run that was cut off."""
        for outcome in Outcome:
            report.counts[outcome] = self._context.result.get(outcome.value, 0)
        report.bad_rows = self._context.result.get("bad", 0)
        report.health, report.telling = (self._context.result.get(name, 0) for name in ("health", "telling"))

    def keep(self, session: Session, done: int, report: ImportReport) -> None:
        """Write what came to the report since the last time."""
        fresh = report.problems[self._kept :]
        self._kept, self._done = len(report.problems), done
        if fresh:
            session.execute(
                sa.insert(ImportProblem),
                [
                    {
                        "import_id": self._found.id,
                        "row": problem.row,
                        "column": problem.column[:200],
                        "reason": pack(problem.reason),
                        "is_fatal": problem.is_fatal,
                    }
                    for problem in fresh
                ],
            )
        self._context.advance(session, done, max(done, self._expected or 0), self._result(report))

    def finish(self, session: Session, report: ImportReport) -> None:
        """Write the end of the report, and tell whoever waits for it, once."""
        if self._context.result.get("told"):
            return
        result = self._result(report) | {"told": True}
        self._context.advance(session, self._done, self._done, result)
        _tell(session, self._context, self._found, report)

    @staticmethod
    def _result(report: ImportReport) -> dict[str, int]:
        counts = {outcome.value: report.counts[outcome] for outcome in Outcome}
        return counts | {"bad": report.bad_rows, "health": report.health, "telling": report.telling}


def _import(context: JobContext) -> Import:
    with context.database.read() as session:
        found = session.get(Import, context.arguments.get("import_id"), options=[joinedload(Import.job)])
    if found is None or found.file_deleted_at is not None:
        raise NotFound(N_("上传的文件已经清理，请重新上传。"))
    return found


def _open(context: JobContext, found: Import, is_header: IsHeader) -> Table:
    source = source_of(context.settings.data, found)
    if not source.path.is_file():
        raise NotFound(N_("上传的文件已经清理，请重新上传。"))
    return open_table(source, is_header)


def _finds_header(found: Import) -> Callable[[tuple[str, ...]], bool]:
    """Return how the row of column names is known: once it was found, by being the same."""
    if found.findings is None:
        return lambda names: is_header(found.kind, names)
    headings = Findings.from_json(found.findings).headings
    return lambda names: tuple(dict.fromkeys(filter(None, header_of(names)))) == headings


def _recall(context: JobContext, found: Import, findings: Findings) -> None:
    with context.database.read() as session:
        columns = remembered_columns(session, found.organization_id, found.kind, findings.headings)
    if columns is not None:
        findings.columns, findings.remembered = columns, True


def _tell(session: Session, context: JobContext, found: Import, report: ImportReport) -> None:
    """Tell the person how it went, and the client how much waits for confirmation."""
    good = report.counts[Outcome.CREATED] + report.counts[Outcome.CHANGED]
    title = Sentence(N_("导入完成：%(name)s"), name=found.name)
    body = Sentence(
        N_("新增或更新 %(good)d 条，%(bad)d 行没有导入。原因可在导入页面下载。"), good=good, bad=report.bad_rows
    )
    person = session.get(User, context.actor.user_id)
    tell(session, person, topic=NoticeTopic.IMPORT, title=title, body=body, path=f"/imports/{found.id}")
    is_submitted = options_of(found).arrival is Arrival.SUBMITTED
    if not (good and is_submitted and can_post_for_client(context.actor) and found.default_owner_id):
        return
    title = Sentence(N_("请确认：%(broker)s 代贵单位导入了 %(good)d 条内容"), broker=context.actor.name, good=good)
    body = Sentence(N_("逐条确认后才会提交审核，也可以退回修改。"))
    for member in members(session, found.default_owner_id):
        path = "/listings?state=confirming"
        tell(session, member, topic=NoticeTopic.LISTING, title=title, body=body, path=path)
