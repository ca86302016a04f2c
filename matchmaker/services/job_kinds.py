"""Which job is done by which function: the worker's list, but for what needs its model (see worker.py)."""

from matchmaker.domain.jobs import JobKind
from matchmaker.services.events.line_up import propose_as_job
from matchmaker.services.exports.exporting import export
from matchmaker.services.grading.drawing import draw_as_job
from matchmaker.services.imports.jobs import check_import, run_import
from matchmaker.services.job_runner import Handler
from matchmaker.services.journal.jobs import verify_as_job
from matchmaker.services.rankers.comparing import compare_as_job
from matchmaker.services.refits.running import refit_as_job
from matchmaker.services.reports.making import make_report
from matchmaker.services.timetables.solving import solve_as_job
from matchmaker.services.unmet.making import map_as_job

HANDLERS: dict[str, Handler] = {
    JobKind.CHECK_IMPORT: check_import,
    JobKind.IMPORT: run_import,
    JobKind.EXPORT: export,
    JobKind.COMPARE_RANKER: compare_as_job,
    JobKind.PROPOSE_LINEUP: propose_as_job,
    JobKind.SOLVE_TIMETABLE: solve_as_job,
    JobKind.MAP_UNMET: map_as_job,
    JobKind.VERIFY_JOURNAL: verify_as_job,
    JobKind.MAKE_REPORT: make_report,
    JobKind.DRAW_PAIRS: draw_as_job,
    JobKind.REFIT: refit_as_job,
}
