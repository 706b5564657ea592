"""What the presidency answers to a request for authorization."""

from datetime import datetime

import wtforms

from app.planning.arranging.forms.typed import instant_of_event
from app.web.forms import Form


class DecisionForm(Form):
    """`seen` is the mark of what was read on the page, `slot` the free hour that was pressed. The
    service says what a reason lacks.
    """

    answer = wtforms.TextAreaField()
    seen = wtforms.HiddenField()
    slot = wtforms.HiddenField()

    def hour(self) -> datetime | None:
        return instant_of_event(self.slot.data or "")
