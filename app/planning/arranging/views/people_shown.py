"""Which people of the directory a planner has been shown, sealed into the form. A number alone
tells nobody's name: whoever could send any would read the directory by counting.
"""

from collections.abc import Collection, Iterable

from flask import current_app
from itsdangerous import BadSignature, Signer
from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.language import say
from app.people.directory.services.sharing import record_lookup
from app.planning.arranging.queries.planning import PeopleChoices, people_choices
from app.web.fields import Typed
from app.web.guards import current_actor
from app.web.locale import reader_language
from app.web.looking import record_when_sent

FIELD = "shown"


def choose_people(db: Session, *, chosen: Collection[int], words: str) -> PeopleChoices:
    """The people whom this planner may choose from; whom the search has brought is put on
    record.
    """
    actor, now = current_actor(), clock.now()
    choices = people_choices(db, actor=actor, chosen=chosen, words=words, now=now)
    record_people_shown(choices.found)
    return choices


def record_people_shown(person_ids: Collection[int]) -> None:
    """Puts on record that the actor is shown the names of these people, once the page is sent."""
    if person_ids:
        actor, now = current_actor(), clock.now()
        record_when_sent(lambda db: record_lookup(db, actor=actor, person_ids=person_ids, now=now))


def note_of(choices: PeopleChoices) -> str:
    """Why nobody of other countries was found, in the reader's language; empty where nothing is to
    be said.
    """
    return say(reader_language(), choices.note) if choices.note else ""


def seals(person_ids: Iterable[int]) -> dict[int, str]:
    """Returns for each person the value of a hidden field; of use to nobody but this planner."""
    signer = _signer()
    return {person_id: signer.sign(str(person_id)).decode() for person_id in person_ids}


def shown_in(typed: Typed) -> frozenset[int]:
    """Returns the people whose seals came back whole."""
    found = set()
    for value in typed.getlist(FIELD):
        try:
            found.add(int(_signer().unsign(value)))
        except (BadSignature, UnicodeEncodeError):
            continue
    return frozenset(found)


def _signer() -> Signer:
    return Signer(str(current_app.secret_key), salt=f"people shown to {current_actor().account_id}")
