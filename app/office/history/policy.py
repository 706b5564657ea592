"""Who brings in sheets of earlier years: the secretariat all of them, a focal point those about
people of their own country.
"""

from app.kernel.actor import Actor
from app.kernel.refusal import NotAllowed, NotFound
from app.office.history.values import OF_A_COUNTRY, ImportKind
from app.people.directory import policy as directory


def kinds_for(actor: Actor) -> tuple[ImportKind, ...]:
    """Returns the kinds of sheets that the actor may bring in."""
    if directory.may_keep_reference(actor):
        return tuple(ImportKind)
    if directory.may_answer_for_some(actor):
        return tuple(kind for kind in ImportKind if kind in OF_A_COUNTRY)
    return ()


def may_bring_history(actor: Actor) -> bool:
    return bool(kinds_for(actor))


def may_bring(actor: Actor, kind: ImportKind, country_code: str) -> bool:
    """Returns True for the secretariat, and for a focal point of the only country of the sheet."""
    if directory.may_keep_reference(actor):
        return True
    return kind in OF_A_COUNTRY and directory.may_answer_for(actor, country_code)


def require_may_bring(actor: Actor, kind: ImportKind, country_code: str) -> None:
    if not may_bring(actor, kind, country_code):
        raise NotAllowed


def require_may_see(actor: Actor, kind: ImportKind, country_code: str) -> None:
    """Refuses as if there were nothing, so that other countries' sheets cannot be probed."""
    if not may_bring(actor, kind, country_code):
        raise NotFound
