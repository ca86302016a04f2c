"""Appointments: whose they are, who records what came of them, who reads what was said there."""

from matchmaker.domain.people import Role
from matchmaker.domain.permissions.actors import Actor
from matchmaker.domain.permissions.events import can_run_event
from matchmaker.domain.permissions.subjects import AppointmentLike, owns


def is_party(actor: Actor, appointment: AppointmentLike) -> bool:
    """Whether one of its two persons is there for the actor's organization."""
    return actor.role is not None and (owns(actor, appointment.one) or owns(actor, appointment.other))


def can_see_appointment(actor: Actor, appointment: AppointmentLike) -> bool:
    """Both sides, those who work at it, and those who run the event."""
    return is_party(actor, appointment) or can_record_outcome(actor, appointment) or _interprets(actor, appointment)


def can_record_outcome(actor: Actor, appointment: AppointmentLike) -> bool:
    """Those who run the event, and the meeting's broker, write down for both sides what they heard."""
    return can_run_event(actor, appointment.event) or _brokers(actor, appointment)


def can_read_ratings(actor: Actor, appointment: AppointmentLike) -> bool:
    """Those who record outcomes; not where their own organization is one of the sides that were rated."""
    return can_record_outcome(actor, appointment) and not is_party(actor, appointment)


def can_read_minutes(actor: Actor, appointment: AppointmentLike) -> bool:
    """Both sides, the meeting's broker, else the broker who is responsible for the event, and the bureau."""
    return is_party(actor, appointment) or actor.role is Role.BUREAU or actor.is_system or _brokers(actor, appointment)


def can_cancel_appointment(actor: Actor, appointment: AppointmentLike) -> bool:
    """Either side, and those who run the event."""
    return is_party(actor, appointment) or can_record_outcome(actor, appointment)


def _brokers(actor: Actor, appointment: AppointmentLike) -> bool:
    if actor.role is not Role.BROKER:
        return False
    broker = appointment.broker
    responsible = appointment.event.owner_id if broker is None or broker.user_id is None else broker.user_id
    return responsible == actor.user_id


def _interprets(actor: Actor, appointment: AppointmentLike) -> bool:
    interpreter = appointment.interpreter
    return interpreter is not None and actor.signed_in and interpreter.user_id == actor.user_id
