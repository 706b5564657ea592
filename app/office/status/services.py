"""Writes down which checks fell and which are well again; letters follow."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.database import lock_by_name
from app.infra.health import HealthCheck
from app.kernel.actor import SYSTEM
from app.office.status.facts import CheckFact, CheckFell, CheckRecovered
from app.office.status.queries import last_told

TOLD_OTHERWISE = frozenset({"record", "second_factors", "signatory"})
"""These have letters and rows on the home page of their own."""
OF_ONE_PROCESS = frozenset({"proxy"})
"""Each process knows the requests that came to it, and a restart forgets them: a letter at each start
would say nothing new. Whoever reads the page has asked the process that answers.
"""
QUIET_FOR = timedelta(hours=1)
"""A check that falls and recovers all the time is told at most once in this time."""


def tell_changes(db: Session, checks: Iterable[HealthCheck], *, now: datetime) -> None:
    """Records each fall once, however many consumers look, and each recovery."""
    lock_by_name(db, "status")
    told = last_told(db)
    facts: list[CheckFact] = []
    for check in checks:
        if check.name in TOLD_OTHERWISE | OF_ONE_PROCESS:
            continue
        was_fallen, at = told.get(check.name, (False, None))
        is_fallen = check.state in ("degraded", "down")
        if is_fallen and not was_fallen and (at is None or now - at >= QUIET_FOR):
            facts.append(CheckFell(check.name))
        elif was_fallen and not is_fallen:
            facts.append(CheckRecovered(check.name))
    journal.record_all(db, facts, actor=SYSTEM, now=now)
