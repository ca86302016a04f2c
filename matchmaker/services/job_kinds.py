"""Which job is done by which function: the worker's list."""

from matchmaker.services.job_runner import Handler

HANDLERS: dict[str, Handler] = {}
