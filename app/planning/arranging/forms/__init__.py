"""Forms of events: text in, values or sentences at the fields out. One module per page."""

from app.planning.arranging.forms.planning import PlanForm, answers_of, typed_with_slot

__all__ = ["PlanForm", "answers_of", "typed_with_slot"]
