"""What is typed about a conflict case: a reason, or who takes over. No database."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app.kernel.refusal import Sentence
from app.kernel.text import N_
from app.planning.arranging.forms.typed import overrides_in
from app.planning.scheduling.values import OverrideAsked
from app.web.fields import Typed, number_in, uuid_in

FROM_THE_LIST = N_("Choose a person from the list.")
WHICH_EVENT = N_("Choose in which of the events.")


@dataclass
class ReplaceForm:
    """In which event, by whom; `words` is what was searched for. `overrides` are ticked with the
    one `reason`; `confirmable` are the boxes to tick.
    """

    event: UUID | None = None
    person: int = 0
    words: str = ""
    overrides: tuple[OverrideAsked, ...] = ()
    reason: str = ""
    confirmable: list[dict[str, Any]] = field(default_factory=list)
    errors: dict[str, Sentence] = field(default_factory=dict)


def read_replacement(sent: Typed, events: Collection[UUID]) -> ReplaceForm:
    """The answers of a page, with a sentence at each field that has none. `events` are those it may
    happen in.
    """
    form = replacement_asked(sent)
    form.person = number_in(sent.get("person", "")) or 0
    form.overrides, form.reason = overrides_in(sent), sent.get("override_reason", "")
    if not form.person:
        form.errors["person"] = Sentence(FROM_THE_LIST)
    if form.event not in events:
        form.event = None
        form.errors["event"] = Sentence(WHICH_EVENT)
    return form


def replacement_asked(sent: Typed) -> ReplaceForm:
    """What the address or the page says before anything is decided."""
    return ReplaceForm(uuid_in(sent.get("event", "")), words=sent.get("words", "").strip()[:100])
