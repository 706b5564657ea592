"""Forms of events: text in, values or sentences at the fields out. One module per page."""

from app.planning.events.forms.planning import PlanForm, answers_of, typed_with_slot
from app.planning.events.forms.typed import Typed

__all__ = ["PlanForm", "Typed", "answers_of", "typed_with_slot"]
