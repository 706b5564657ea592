"""Who writes, reads and publishes the matrix. Two countries never read each other's drafts."""

from app.followup.matrix.values import RowSharing, RowState
from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotAllowed, NotFound


def may_report(actor: Actor, country: str) -> bool:
    """Returns True for who writes and sends the rows of a country: its focal point."""
    return actor.is_system or actor.acts_as(Role.FOCAL_POINT, country)


def may_read_country_matrix(actor: Actor, country: str) -> bool:
    """Returns True for who reads all rows of a country, drafts too: its focal point, also one who
    handed over lately.
    """
    return actor.is_system or actor.reads_as(Role.FOCAL_POINT, country)


def may_have_matrix(actor: Actor) -> bool:
    """Returns True for who has a matrix at all; of which country is asked for each."""
    return actor.holds(Role.FOCAL_POINT)


def may_read_region_matrix(actor: Actor) -> bool:
    """Returns True for whoever has signed in. Guests and visitors read what is published for
    everybody, and nothing else.
    """
    return actor.signed_in or actor.is_system


def may_run_matrix(actor: Actor) -> bool:
    """Returns True for who opens and publishes periods and looks at what is held: the secretariat.

    The presidency does not: it is another country, and rows may be kept from other countries.
    """
    return actor.is_system or actor.acts_as(Role.ORGANIZER)


def may_bring_rows(actor: Actor) -> bool:
    """Returns True for who brings in a sheet: a focal point their own country's rows, the
    secretariat those of every country.
    """
    return may_run_matrix(actor) or actor.acts_as(Role.FOCAL_POINT)


def may_bring_rows_of(actor: Actor, country: str) -> bool:
    return may_run_matrix(actor) or may_report(actor, country)


def may_read_sent(actor: Actor) -> bool:
    """Returns True for who reads rows from the moment that they are sent, whatever their sharing
    level: the secretariat.
    """
    return actor.is_system or actor.reads_as(Role.ORGANIZER)


def may_read_row(actor: Actor, country: str, state: RowState, sharing: RowSharing) -> bool:
    """Returns True as the row's country, state and sharing level say."""
    if may_read_country_matrix(actor, country):
        return True
    if state is RowState.DRAFT:
        return False
    if may_read_sent(actor):
        return True
    if state is RowState.SENT or sharing is RowSharing.COUNTRY:
        return False
    return sharing is RowSharing.PUBLIC or may_read_region_matrix(actor)


def require_may_report(actor: Actor, country: str) -> None:
    """Raises NotFound to focal points of other countries, so that rows cannot be probed."""
    if not may_report(actor, country):
        raise NotFound if actor.holds(Role.FOCAL_POINT) else NotAllowed


def require_may_run_matrix(actor: Actor) -> None:
    if not may_run_matrix(actor):
        raise NotAllowed
