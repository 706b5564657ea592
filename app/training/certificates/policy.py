"""Who may issue, end and fetch certificates. Verifying is for anyone who holds a code."""

from collections.abc import Collection

from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotAllowed, NotFound
from app.people.directory.policy import may_answer_for_some
from app.people.identity.policy import acts_for_the_region
from app.planning.events import policy as events
from app.planning.events.values import EventKind
from app.training.learning.policy import may_enrol_officials_of


def may_have_own(actor: Actor) -> bool:
    return actor.signed_in


def may_issue(actor: Actor, person_id: int) -> bool:
    """Returns True for the system on completion, the organizer, and the person who finished.

    The record decides whether there is something to issue, not who asks for it.
    """
    return (
        actor.is_system
        or actor.holds(Role.ORGANIZER)
        or (actor.signed_in and actor.person_id == person_id)
    )


def may_issue_at_events(actor: Actor) -> bool:
    """Returns True when the page is open at all; which event is asked for each."""
    return events.may_plan(actor)


def may_issue_at_every_event(actor: Actor) -> bool:
    """Returns True for who plans the events of every group today."""
    return acts_for_the_region(actor)


def may_issue_for_event(actor: Actor, groups: Collection[str], kind: EventKind) -> bool:
    """Returns True for who plans the event, and so closes it."""
    return actor.is_system or events.may_plan_for(actor, groups, kind)


def may_revoke(actor: Actor) -> bool:
    return actor.is_system or actor.holds(Role.ORGANIZER)


def may_propose_revocation(actor: Actor) -> bool:
    """Returns True for organizers, two of whom end a certificate at the screen, and mend that."""
    return actor.holds(Role.ORGANIZER)


def may_write_about(actor: Actor, country_code: str | None) -> bool:
    """Returns True for organizers and the focal point of the country, who have the letter about a
    certificate sent again.
    """
    return actor.holds(Role.ORGANIZER) or may_see_country(actor, country_code)


def may_write_about_some(actor: Actor) -> bool:
    return actor.holds(Role.ORGANIZER) or may_see_some_country(actor)


def may_see_register(actor: Actor) -> bool:
    """Returns True for organizers, who keep the register of every country."""
    return actor.holds(Role.ORGANIZER)


def may_set_papers(actor: Actor) -> bool:
    """Returns True for organizers, who decide what certificates say and who signs them."""
    return actor.holds(Role.ORGANIZER)


def may_see_country(actor: Actor, country_code: str | None) -> bool:
    """Returns True for the focal point of the country, for its list."""
    return country_code in actor.countries_named()


def may_print(actor: Actor, country_code: str) -> bool:
    """Returns True for those who see a whole list; `country_code` is "" for all countries."""
    return may_see_register(actor) or may_see_country(actor, country_code)


def may_print_some(actor: Actor) -> bool:
    return may_see_register(actor) or may_see_some_country(actor)


def may_see_some_country(actor: Actor) -> bool:
    return bool(actor.countries_named())


def may_renew_officials_of(actor: Actor, country_code: str) -> bool:
    """Returns True for the country's own focal point, and for the organizer."""
    return actor.holds(Role.ORGANIZER) or may_enrol_officials_of(actor, country_code)


def may_renew_some(actor: Actor) -> bool:
    return actor.holds(Role.ORGANIZER) or may_answer_for_some(actor)


def may_download(actor: Actor, *, owner_id: int, country_code: str | None) -> bool:
    return (
        (actor.signed_in and actor.person_id == owner_id)
        or may_see_country(actor, country_code)
        or may_see_register(actor)
    )


def require_may_issue(actor: Actor, person_id: int) -> None:
    if not may_issue(actor, person_id):
        raise NotAllowed


def require_may_take(actor: Actor, person_id: int) -> None:
    """Refuses everybody but the learner: the certificate of a module is theirs to ask for."""
    if not (actor.signed_in and actor.person_id == person_id):
        raise NotAllowed


def require_may_issue_for_event(actor: Actor, groups: Collection[str], kind: EventKind) -> None:
    if not may_issue_for_event(actor, groups, kind):
        raise NotAllowed


def require_may_revoke(actor: Actor) -> None:
    if not may_revoke(actor):
        raise NotAllowed


def require_may_propose_revocation(actor: Actor) -> None:
    if not may_propose_revocation(actor):
        raise NotAllowed


def require_may_set_papers(actor: Actor) -> None:
    if not may_set_papers(actor):
        raise NotAllowed


def require_may_see_register(actor: Actor) -> None:
    if not may_see_register(actor):
        raise NotAllowed


def require_may_see_country(actor: Actor, country_code: str) -> None:
    """Refuses as if there were nothing, so that countries cannot be probed."""
    if not may_see_country(actor, country_code):
        raise NotFound


def require_may_renew_officials_of(actor: Actor, country_code: str) -> None:
    """Refuses as if there were nothing, so that countries cannot be probed."""
    if not may_renew_officials_of(actor, country_code):
        raise NotFound


def require_may_download(actor: Actor, *, owner_id: int, country_code: str | None) -> None:
    """Refuses as if there were nothing, so that a code alone opens no file."""
    if not may_download(actor, owner_id=owner_id, country_code=country_code):
        raise NotFound
