"""The form of one course's deadline."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional

from app.training.deadlines.values import FEWEST_DAYS, MOST_DAYS, PROPOSED_DAYS
from app.web.fields import IntegerField, SelectMultipleField
from app.web.forms import PostedForm


class DeadlineForm(PostedForm):
    """No days: the course has no deadline."""

    days = IntegerField(
        _l("Days after entering the post"),
        [Optional()],
        render_kw={"min": FEWEST_DAYS, "max": MOST_DAYS, "placeholder": str(PROPOSED_DAYS)},
    )
    kinds = SelectMultipleField(_l("In institutions of these kinds"))

    def __init__(self, kinds: list[tuple[str, Any]], **given: Any) -> None:
        super().__init__(**given)
        self.kinds.choices = kinds
