"""The boxes ticked on the page of wishes."""

from collections.abc import Mapping

from app.office.notifications.values import Wishes


def read_wishes(form: Mapping[str, str]) -> Wishes:
    """A box that is not ticked is not sent: every set of boxes says something."""
    return Wishes(
        week="week" in form,
        day="day" in form,
        hour="hour" in form,
        calendar="calendar" in form,
        attachment="attachment" in form,
    )
