"""The letters that somebody wants, as they are ticked."""

import wtforms
from flask_babel import lazy_gettext as _l

from app.office.notifications.values import Wishes
from app.web.forms import Form


class WishesForm(Form):
    week = wtforms.BooleanField(_l("a week before"))
    day = wtforms.BooleanField(_l("a day before"))
    hour = wtforms.BooleanField(_l("an hour before"))
    calendar = wtforms.BooleanField(_l("Send invitations that my calendar understands"))
    attachment = wtforms.BooleanField(_l("Attach the invitation also as a file"))

    letters = wtforms.BooleanField(
        _l("Letters that the secretariat or my focal point writes to many")
    )

    def wishes(self) -> Wishes:
        """A box that is not ticked is not sent, so every set of boxes says something."""
        return Wishes(**self.data)
