"""Who may bring, see and decide on training taken elsewhere.

People bring their own, and the focal point of a country that of its people. The secretariat reads
and decides on what was brought, because nobody accepts their own and a country may be without a
focal point; certificates of earlier years that it has in a sheet wait for the country like others.
"""

from app.kernel.actor import Actor
from app.kernel.refusal import Kind, NotAllowed, NotFound, Refusal
from app.kernel.text import N_
from app.people.directory import policy as directory


class OwnTraining(Refusal):
    """Nobody accepts their own."""

    kind = Kind.FORBIDDEN
    rule = "own-training"
    msgid = N_(
        "It is your own: another focal point of your country, or the secretariat, has to accept it."
    )


def may_bring(actor: Actor) -> bool:
    """Returns True for everybody who may hold a certificate; the country is the record's."""
    return actor.signed_in


def may_bring_in_some(actor: Actor) -> bool:
    return directory.may_answer_for_some(actor)


def may_bring_in(actor: Actor, country_code: str) -> bool:
    """Returns True for the country's own focal point, who brings in lists and others' certificates."""
    return directory.may_answer_for(actor, country_code)


def counts_at_once(actor: Actor, *, owner_id: int, country_code: str) -> bool:
    """Returns True where what the actor brings in is recognised at once: the country's own focal point
    about somebody else. All else waits until somebody accepts it who may.
    """
    return may_bring_in(actor, country_code) and actor.person_id != owner_id


def may_see_some(actor: Actor) -> bool:
    return directory.may_keep_reference(actor) or directory.may_keep_some_roster(actor)


def may_keep(actor: Actor, country_code: str) -> bool:
    """Returns True for who accepts, declines and takes back."""
    return directory.may_correct(actor, country_code)


def require_may_keep(actor: Actor, country_code: str) -> None:
    """Refuses who is not of the country as if there were nothing."""
    directory.require_may_correct(actor, country_code)


def require_may_see_country(actor: Actor, country_code: str) -> None:
    """Refuses as if there were nothing, so that countries cannot be probed."""
    if not directory.may_see_record(actor, country_code):
        raise NotFound


def require_may_bring_in(actor: Actor, country_code: str) -> None:
    """Refuses who is not of the country as if there were nothing."""
    require_may_see_country(actor, country_code)
    if not may_bring_in(actor, country_code):
        raise NotAllowed


def require_may_see(actor: Actor, *, owner_id: int, country_code: str) -> None:
    if not (actor.signed_in and actor.person_id == owner_id):
        require_may_see_country(actor, country_code)


def require_may_decide(actor: Actor, *, owner_id: int, country_code: str) -> None:
    """Refuses who is not of the country as if there were nothing, and everybody for their own."""
    directory.require_may_correct(actor, country_code)
    if actor.person_id == owner_id:
        raise OwnTraining
