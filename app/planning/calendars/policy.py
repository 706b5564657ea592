"""Who may keep which calendar: the secretariat all of them, the presidency those of other
processes, everybody their own busy hours.
"""

from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotAllowed, NotFound
from app.planning.calendars.values import SourceKind


def may_open(actor: Actor) -> bool:
    """Returns True when the page is open at all; whose calendars it shows is asked for each."""
    return actor.signed_in


def may_keep_processes(actor: Actor) -> bool:
    return actor.is_system or actor.holds(Role.ORGANIZER) or actor.holds(Role.PRESIDENCY)


def may_keep_anyones(actor: Actor) -> bool:
    return actor.is_system or actor.holds(Role.ORGANIZER)


def may_keep(actor: Actor, kind: SourceKind, person_id: int | None) -> bool:
    if kind is SourceKind.PROCESS:
        return may_keep_processes(actor)
    is_own = actor.person_id is not None and actor.person_id == person_id
    return may_keep_anyones(actor) or (actor.signed_in and is_own)


def require_may_add(actor: Actor, kind: SourceKind, person_id: int | None) -> None:
    if not may_keep(actor, kind, person_id):
        raise NotAllowed


def require_may_keep(actor: Actor, kind: SourceKind, person_id: int | None) -> None:
    """Refuses as if there were nothing, so that ids cannot be probed."""
    if not may_keep(actor, kind, person_id):
        raise NotFound
