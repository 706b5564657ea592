"""Forms of an annual plan: an entry, and the Decision that approves the plan."""

from collections.abc import Sequence

import wtforms
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from app.kernel.seen import mark_of
from app.kernel.text import N_, fields_of
from app.planning.arranging.rules import plans as rules
from app.planning.events.values.editions import EntryDraft
from app.web.fields import IntegerField, SelectField, text_field
from app.web.text_fields import LocalizedField, LocalizedForm

Choices = Sequence[tuple[str, str]]


class EntryForm(LocalizedForm):
    """`seen`: the mark of the entry that the writer began from."""

    title = LocalizedField(N_("Title in %(language)s"), text_field, rules.LONGEST_TITLE)
    group = SelectField(_l("Whose it is"), default="")
    quarter = SelectField(_l("When"), default="")
    events_planned = IntegerField(
        _l("How many events it foresees"),
        [InputRequired(_l("Write a number from 1 to 99."))],
        default=1,
    )
    decision_ref = text_field(_l("Decision it is based on"), rules.LONGEST_REF)
    seen = wtforms.HiddenField()

    def offer(self, groups: Choices, quarters: Choices) -> None:
        self.group.choices, self.quarter.choices = list(groups), list(quarters)

    def draft(self) -> EntryDraft:
        return EntryDraft(
            self.title.data,
            self.group.data or "",
            int(self.quarter.data) if self.quarter.data else None,
            self.events_planned.data,
            self.decision_ref.data,
        )


def entry_answers(draft: EntryDraft) -> dict[str, object]:
    return {
        **fields_of("title", draft.title),
        "group": draft.group,
        "quarter": str(draft.quarter or ""),
        "events_planned": draft.events_planned,
        "decision_ref": draft.decision_ref,
        "seen": mark_of(draft),
    }


class ApprovalForm(LocalizedForm):
    """`seen`: the mark of the entries that the approver read."""

    decision_ref = text_field(_l("Decision that approves it"), rules.LONGEST_REF, InputRequired())
    seen = wtforms.HiddenField()
