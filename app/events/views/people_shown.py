"""Which people of the directory a planner has been shown, sealed into the form. A number alone tells nobody's name:
whoever could send any would read the directory by counting."""

from collections.abc import Iterable

from flask import current_app
from itsdangerous import BadSignature, Signer

from app.events.forms import Typed
from app.web.guards import current_actor

FIELD = "shown"


def seals(person_ids: Iterable[int]) -> dict[int, str]:
    """For each person the value of a hidden field; of use to nobody but this planner."""
    signer = _signer()
    return {person_id: signer.sign(str(person_id)).decode() for person_id in person_ids}


def shown_in(typed: Typed) -> frozenset[int]:
    """The people whose seals came back whole."""
    found = set()
    for value in typed.getlist(FIELD):
        try:
            found.add(int(_signer().unsign(value)))
        except (BadSignature, UnicodeEncodeError):
            continue
    return frozenset(found)


def _signer() -> Signer:
    return Signer(str(current_app.secret_key), salt=f"people shown to {current_actor().account_id}")
