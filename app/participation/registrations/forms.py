"""The forms of registering: consent, whom an organizer registers, and the capacity of an event. They
use no database.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import NumberRange, Optional, ValidationError

from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.seen import mark_of
from app.kernel.text import N_
from app.participation.registrations.rules import HIGHEST_CAPACITY
from app.participation.registrations.values import CapacityDraft, ConsentPurpose
from app.planning.arranging.rules import clock
from app.planning.arranging.rules.clock import IN_A_GAP
from app.web.fields import (
    DateField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    TimeField,
    Typed,
    number_in,
)
from app.web.forms import Form


class ConsentForm(Form):
    """`consent_version`: of the sentences that were shown."""

    consent = SelectMultipleField(_l("Your details"), choices=[], validate_choice=False)
    consent_version = wtforms.HiddenField()

    @property
    def purposes(self) -> frozenset[ConsentPurpose]:
        """Returns the purposes ticked; what is none is left out, as no browser sends it."""
        ticked = set(self.consent.data or ()) & set(ConsentPurpose)
        return frozenset(ConsentPurpose(value) for value in ticked)

    @property
    def version(self) -> str:
        return str(self.consent_version.data or "")


CHOOSE_SOMEBODY = N_("Choose a person from the list.")


class WriteInForm(Form):
    """One person of those whom the search has shown to this organizer."""

    person = RadioField(_l("Person"), choices=[], validate_choice=False)

    def __init__(self, typed: Typed | None = None, *, shown: Collection[int] = ()) -> None:
        super().__init__(typed)
        self.shown = shown

    def validate_person(self, _field: wtforms.Field) -> None:
        if self.person_id not in self.shown:
            raise ValidationError(_(CHOOSE_SOMEBODY))

    @property
    def person_id(self) -> int:
        """Returns the number of the person chosen; 0 when it is no number."""
        return number_in(self.person.data or "") or 0


WANTS_DAY = N_("Choose the day too, or leave the time empty.")
LAST_MINUTE = time(23, 59)
OWN = "quota_"


def number_from(fewest: int) -> list[Any]:
    sentence = _l("Between 1 and 100000.") if fewest else _l("Between 0 and 100000.")
    return [Optional(), NumberRange(fewest, HIGHEST_CAPACITY, sentence)]


class CapacityForm(Form):
    """Hours are of the event's zone. Each country has a field, such as `quota_HN`; an empty one
    makes no exception.
    """

    capacity = IntegerField(_l("Places in total"), number_from(1))
    country_quota = IntegerField(_l("Places for each country"), number_from(0))
    closes_on = DateField(_l("Registration closes on"), [Optional()])
    closes_at = TimeField(_l("At"), [Optional()])
    needs_approval = wtforms.BooleanField(_l("An organizer approves each registration"))
    seen = wtforms.HiddenField()

    def draft(self, timezone: str) -> CapacityDraft:
        """Returns the typed values; call it after `validate()`. Raises InvalidInput for a time
        without a day, a year that is out of bounds and an hour that the clocks skip.
        """
        own = {
            name.removeprefix(OWN): field.data
            for name, field in self._fields.items()
            if name.startswith(OWN) and field.data is not None
        }
        return CapacityDraft(
            capacity=self.capacity.data,
            country_quota=self.country_quota.data,
            quotas=own,
            closes_at=self._closes_at(timezone),
            needs_approval=self.needs_approval.data,
        )

    def _closes_at(self, timezone: str) -> datetime | None:
        if self.closes_on.data is None:
            if self.closes_at.data is not None:
                raise InvalidInput({"closes_on": Sentence(WANTS_DAY)})
            return None
        wall = datetime.combine(self.closes_on.data, self.closes_at.data or LAST_MINUTE)
        clock.require_in_years("closes_on", wall)
        try:
            return clock.instant_of(wall, timezone)
        except ValueError:
            raise InvalidInput({"closes_at": Sentence(IN_A_GAP, {"zone": timezone})}) from None

    def own_fields(self) -> list[wtforms.Field]:
        return [field for name, field in self._fields.items() if name.startswith(OWN)]


def capacity_form(
    typed: Typed | None, before: CapacityDraft, timezone: str, countries: Sequence[tuple[str, str]]
) -> CapacityForm:
    """Returns the form as typed, or filled from the event, with a field for each country (code,
    name).
    """
    own = {OWN + code: IntegerField(name, number_from(0)) for code, name in countries}
    closes = before.closes_at.astimezone(ZoneInfo(timezone)) if before.closes_at else None
    data: dict[str, Any] = {
        "capacity": before.capacity,
        "country_quota": before.country_quota,
        "needs_approval": before.needs_approval,
        "closes_on": closes and closes.date(),
        "closes_at": closes and closes.time(),
        "seen": mark_of((before, timezone)),
        **{OWN + code: quota for code, quota in before.quotas.items()},
    }
    form: CapacityForm = type("CapacityForm", (CapacityForm,), own)(typed, data=data)
    return form
