"""What a page of figures was asked for: the course that is counted, and the day."""

from datetime import date

from flask import request

from app.infra import clock
from app.infra.body import counted_course
from app.kernel.text import N_
from app.people.directory.rules.people import EARLIEST
from app.web.fields import day_in
from app.web.guards import current_actor

NOT_A_PAST_DAY = N_("Write a day from 1990 to today.")


def course_asked() -> str:
    return request.args.get("course", counted_course())


def course_kept() -> str | None:
    """Returns the course that was asked for, as an address carries it on: None where every page
    counts it anyway.
    """
    course = course_asked()
    return None if course == counted_course() else course


def day_asked() -> tuple[date, str]:
    """Returns the day as of which the page is read, today unless a past one was asked for, and what
    is wrong with the one that was typed.
    """
    today = clock.today(current_actor().timezone)
    typed = request.args.get("on", "").strip()
    if not typed:
        return today, ""
    on = day_in(typed)
    if on is None or not EARLIEST <= on <= today:
        return today, NOT_A_PAST_DAY
    return on, ""
