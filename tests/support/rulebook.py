"""The rule book without what it counts, for tests about something else."""

from datetime import UTC, date, datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.planning.scheduling.models import RuleSetting
from app.planning.scheduling.values import Rule, Severity

COUNTED = (
    Rule.NOTICE,
    Rule.GROUP_WEEK,
    Rule.GROUP_MONTH,
    Rule.COUNTRY_WEEK,
    Rule.PERSON_LOAD,
    Rule.COUNTRY_LOAD,
)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def lower_limits(db: Session) -> None:
    """Notice, caps and load only warn from now on."""
    rows = [
        {
            "rule": rule.value,
            "severity": Severity.WARN.value,
            "threshold": 3,
            "valid_from": date(1990, 1, 1),
            "reason": "tests about something else",
            "decided_at": LONG_AGO,
        }
        for rule in COUNTED
    ]
    db.execute(insert(RuleSetting), rows)
