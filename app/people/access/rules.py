"""Pure rules of requests for access."""

from datetime import timedelta

from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_, is_printable
from app.people.access.values import AccessWish
from app.people.directory.rules.people import is_name, tidy
from app.people.identity.values import Limit

REQUEST_LASTS = timedelta(days=30)
PER_SOURCE = Limit(200, timedelta(hours=1))
"""From one network address: behind that of one office a hundred people of a training may all ask
within the hour, some of them twice.
"""
PER_SOURCE_AND_DAY = Limit(600, timedelta(days=1))
"""What a program could send from one address in a day; somebody must read each request."""
PER_EMAIL = Limit(5, timedelta(hours=1))
"""With one e-mail address, from wherever: whoever was declined may ask again, and not for ever."""
LONGEST_INSTITUTION, LONGEST_REASON = 200, 1000


def require_wish(wish: AccessWish) -> None:
    errors: dict[str, Sentence] = {}
    if not is_name(tidy(wish.full_name)):
        errors["full_name"] = Sentence(N_("Write the full name as it appears on the ID."))
    place = tidy(wish.institution)
    if not place or len(place) > LONGEST_INSTITUTION or not place.isprintable():
        errors["institution"] = Sentence(N_("Write the institution in at most 200 letters."))
    reason = wish.reason.strip()
    if not reason or len(reason) > LONGEST_REASON or not is_printable(reason):
        errors["reason"] = Sentence(N_("Write in a sentence or two what you need access for."))
    if errors:
        raise InvalidInput(errors)
