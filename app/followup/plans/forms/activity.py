"""Forms of activities, members, and the steps of a plan."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional

from app.followup.agreements.forms import (
    CHOOSE,
    IN_LANGUAGE,
    Choices,
    NamesField,
    institutions_field,
    needed_text,
    offer_responsible,
    responsible_answers,
    responsible_in,
)
from app.followup.agreements.rules import LONGEST_INDICATOR, LONGEST_NAME, MOST_PARTNERS
from app.followup.agreements.values import ActivityDraft, AgreementView
from app.followup.plans import wording
from app.followup.plans.rules import LONGEST_DECISION, LONGEST_NOTE
from app.followup.plans.values import PlanRequest, Sector
from app.kernel.seen import mark_of
from app.kernel.text import fields_of
from app.planning.events.values import GenderMarker
from app.web.fields import (
    DateField,
    Needed,
    RadioField,
    SelectField,
    SelectMultipleField,
    Typed,
    number_in,
    text_field,
)
from app.web.forms import Form
from app.web.text_fields import LocalizedField, LocalizedForm

LONGEST_PARTNERS = MOST_PARTNERS * (LONGEST_NAME + 2)


class ActivityForm(LocalizedForm):
    """One row of the grid. `seen`: the mark of the activity that the writer began from; `activity`:
    in the empty row, the number of what was saved of it, empty before that.
    """

    text = LocalizedField(IN_LANGUAGE, needed_text)
    countries = SelectMultipleField(_l("Who answers"))
    bodies = SelectMultipleField(_l("Who answers"))
    groups = SelectMultipleField(_l("Who answers"))
    institutions = institutions_field()
    observer = NamesField(_l("An observer"))
    due = DateField(_l("Due on"), [Optional()])
    indicator = text_field(_l("Indicator"), LONGEST_INDICATOR)
    target = text_field(_l("Target"), LONGEST_NAME)
    gender_marker = RadioField(_l("Gender marker"), [Optional()], invalid_choice_message=_l(CHOOSE))
    section = SelectField(_l("Section of the Guidelines"), default="")
    funding_source = SelectField(_l("Source of funds"), default="")
    partners = text_field(_l("Partner bodies"), LONGEST_PARTNERS)
    seen = wtforms.HiddenField()
    activity = wtforms.HiddenField()

    def offer(
        self,
        *,
        countries: Choices,
        groups: Choices,
        institutions: Mapping[str, Choices],
        sections: Choices,
        funds: Choices,
    ) -> "ActivityForm":
        """Gives the fields their choices. `institutions`: by the name of their country."""
        offer_responsible(self, countries=countries, groups=groups, institutions=institutions)
        self.gender_marker.choices = [
            (str(one.value), _(msgid)) for one, msgid in wording.MARKERS.items()
        ]
        self.section.choices = [("", _("None")), *sections]
        self.funding_source.choices = [("", _("None")), *funds]
        return self

    @property
    def responsible(self) -> wtforms.Field:
        """Returns the field at which the service's sentence about the responsible parties stands."""
        return self.countries

    def draft(self) -> ActivityDraft:
        """Returns what was typed. Call it after `validate()`."""
        marker = (self.gender_marker.data or "").strip()  # blanks are no answer to `Optional`
        return ActivityDraft(
            text=self.text.data,
            responsible=responsible_in(self),
            due=self.due.data,
            section=self.section.data,
            indicator=self.indicator.data or "",
            target=self.target.data or "",
            gender_marker=GenderMarker(int(marker)) if marker else None,
            funding_source=self.funding_source.data,
            partners=names_in(self.partners.data or ""),
        )


def names_in(text: str) -> tuple[str, ...]:
    """Returns the names of a list that was typed with commas or semicolons."""
    return tuple(name.strip() for name in text.replace(";", ",").split(",") if name.strip())


def answers_of(activity: AgreementView) -> dict[str, Any]:
    """Returns the fields of the form, filled from an activity."""
    draft = activity.as_activity_draft()
    return {
        **fields_of("text", draft.text),
        **responsible_answers(activity),
        "due": draft.due,
        "indicator": draft.indicator,
        "target": draft.target,
        "gender_marker": None if draft.gender_marker is None else str(draft.gender_marker.value),
        "section": draft.section,
        "funding_source": draft.funding_source,
        "partners": ", ".join(draft.partners),
        "seen": mark_of(draft),
    }


class MemberForm(Form):
    """Who sits down at a table; without a sector the kind of the institution says it."""

    institution = SelectField(_l("Institution"), default="")
    sector = SelectField(_l("Sector"), default="")

    def offer(self, institutions: Mapping[str, Choices]) -> "MemberForm":
        """Gives the fields their choices. `institutions`: by the name of their country."""
        self.institution.choices = {
            "": [("", _("Choose"))],
            **{country: list(bodies) for country, bodies in institutions.items()},
        }
        self.sector.choices = [("", _("As the kind of institution says")), *sectors()]
        return self

    @property
    def institution_id(self) -> int:
        """Returns the number of the institution, 0 when what was sent is none."""
        return number_in(self.institution.data or "") or 0

    @property
    def said_sector(self) -> Sector | None:
        return Sector(self.sector.data) if self.sector.data else None


class MemberSectorForm(Form):
    sector = SelectField(_l("Sector"))

    def offer(self) -> "MemberSectorForm":
        self.sector.choices = sectors()
        return self


def sectors() -> list[tuple[str, str]]:
    return [(one.value, _(msgid)) for one, msgid in wording.SECTORS.items()]


class PlanReturnForm(Form):
    """Why a plan goes back, and what is asked of single activities: fields `ask-3` by number."""

    note = text_field(_l("What is to be changed"), LONGEST_NOTE, Needed(), area=True)
    numbers: tuple[int, ...] = ()

    @property
    def asked(self) -> Sequence[tuple[int, wtforms.Field]]:
        return [(number, self[f"ask-{number}"]) for number in self.numbers]

    @property
    def requests(self) -> tuple[PlanRequest, ...]:
        """Returns what was asked of single activities. Call it after `validate()`."""
        return tuple(PlanRequest(number, field.data) for number, field in self.asked if field.data)


def return_form(numbers: Iterable[int], typed: Typed | None = None) -> PlanReturnForm:
    """Returns the form with a field for each activity of the plan."""
    fields: dict[str, Any] = {"numbers": tuple(numbers)}
    for number in fields["numbers"]:
        label = _l("Of activity %(number)s", number=number)
        fields[f"ask-{number}"] = text_field(label, LONGEST_NAME)
    form: PlanReturnForm = type("PlanReturnForm", (PlanReturnForm,), fields)(typed)
    return form


class PlanDecisionForm(Form):
    decision_ref = text_field(_l("Decision"), LONGEST_DECISION, Needed())


class PastedPlanForm(Form):
    """`table`: what was copied from a spreadsheet or a document."""

    table = wtforms.TextAreaField(_l("The table"), [Needed()])
