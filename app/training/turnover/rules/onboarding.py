"""How long newcomers wait for their certificate (domain: "Definitions")."""

from collections.abc import Iterable
from datetime import date

from app.training.turnover.rules.funnel import NewcomerLife, goal_figure
from app.training.turnover.rules.spans import spans_by_person
from app.training.turnover.rules.survival import median_of
from app.training.turnover.values import CertificateLife, Followed, Onboarding, PostTerm


def onboarding(
    terms: Iterable[PostTerm], holdings: Iterable[CertificateLife], since: date, on: date
) -> Onboarding:
    """Returns the onboarding lag of those who began in the unit from `since` on and before `on`.

    Whoever was certified when they began waited no day. Who left before they were certified, and
    who is not certified yet, is censored on that day. How many were in time is the goal of ninety
    days that the authors' page shows.
    """
    held = spans_by_person(holdings)
    lives = []
    waits = []
    for person_id, served in spans_by_person(terms).items():
        begun, left = served[0]
        certified_on = next(
            (max(start, begun) for start, end in held.get(person_id, ()) if end > begun), None
        )
        if certified_on is not None and (certified_on >= left or certified_on > on):
            certified_on = None
        lives.append(NewcomerLife(begun, None if left > on else left, certified_on))
        if since <= begun < on:
            last = min(left, on) if certified_on is None else certified_on
            waits.append(Followed(0, (last - begun).days, certified_on is not None))
    goal = goal_figure(lives, on)
    return Onboarding(
        followed=len(waits),
        certified=sum(wait.has_ended for wait in waits),
        median_days=median_of(waits),
        due=goal.base if goal else 0,
        in_time=goal.done if goal else 0,
    )
