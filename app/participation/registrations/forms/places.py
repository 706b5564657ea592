"""The form of an event's places: how many, for whom and until when. It uses no database."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import wtforms
from flask_babel import lazy_gettext as _l
from wtforms.validators import NumberRange, Optional

from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.seen import mark_of
from app.kernel.text import N_
from app.planning.arranging import rules
from app.planning.arranging.rules.clock import IN_A_GAP
from app.planning.events.rules.places import MOST_PLACES
from app.planning.events.values.places import PlacesDraft
from app.web.fields import DateField, IntegerField, TimeField, Typed
from app.web.forms import Form

WANTS_DAY = N_("Choose the day too, or leave the time empty.")
LAST_MINUTE = time(23, 59)
OWN = "places_"


def number_from(fewest: int) -> list[Any]:
    sentence = _l("Between 1 and 100000.") if fewest else _l("Between 0 and 100000.")
    return [Optional(), NumberRange(fewest, MOST_PLACES, sentence)]


class PlacesForm(Form):
    """Hours are of the event's zone. Each country has a field, such as `places_HN`; an empty one
    makes no exception.
    """

    capacity = IntegerField(_l("Places in total"), number_from(1))
    country_quota = IntegerField(_l("Places for each country"), number_from(0))
    closes_on = DateField(_l("Registration closes on"), [Optional()])
    closes_at = TimeField(_l("At"), [Optional()])
    needs_approval = wtforms.BooleanField(_l("An organizer approves each registration"))
    seen = wtforms.HiddenField()

    def draft(self, timezone: str) -> PlacesDraft:
        """Returns the typed values; call it after `validate()`. Raises InvalidInput for a time
        without a day, a year that is out of bounds and an hour that the clocks skip.
        """
        own = {
            name.removeprefix(OWN): field.data
            for name, field in self._fields.items()
            if name.startswith(OWN) and field.data is not None
        }
        return PlacesDraft(
            self.capacity.data,
            self.country_quota.data,
            own,
            self._closes_at(timezone),
            self.needs_approval.data,
        )

    def _closes_at(self, timezone: str) -> datetime | None:
        if self.closes_on.data is None:
            if self.closes_at.data is not None:
                raise InvalidInput({"closes_on": Sentence(WANTS_DAY)})
            return None
        wall = datetime.combine(self.closes_on.data, self.closes_at.data or LAST_MINUTE)
        rules.require_in_years("closes_on", wall)
        try:
            return rules.instant_of(wall, timezone)
        except ValueError:
            raise InvalidInput({"closes_at": Sentence(IN_A_GAP, {"zone": timezone})}) from None

    def own_fields(self) -> list[wtforms.Field]:
        return [field for name, field in self._fields.items() if name.startswith(OWN)]


def places_form(
    typed: Typed | None, stands: PlacesDraft, timezone: str, countries: Sequence[tuple[str, str]]
) -> PlacesForm:
    """Returns the form as typed, or filled from the event, with a field for each country (code,
    name).
    """
    own = {OWN + code: IntegerField(name, number_from(0)) for code, name in countries}
    closes = stands.closes_at.astimezone(ZoneInfo(timezone)) if stands.closes_at else None
    data: dict[str, Any] = {
        "capacity": stands.capacity,
        "country_quota": stands.country_quota,
        "needs_approval": stands.needs_approval,
        "closes_on": closes and closes.date(),
        "closes_at": closes and closes.time(),
        "seen": mark_of((stands, timezone)),
        **{OWN + code: places for code, places in stands.exceptions.items()},
    }
    form: PlacesForm = type("PlacesForm", (PlacesForm,), own)(typed, data=data)
    return form
