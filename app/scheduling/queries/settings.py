"""The rule book as it is set."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.scheduling.models import RuleSetting
from app.scheduling.rules import settings
from app.scheduling.values import Rule, Severity

RULES = frozenset(Rule)
SEVERITIES = frozenset(Severity)


def book_of(db: Session) -> settings.RuleBook:
    """The book in force, one statement. A row that names an unknown rule or severity is passed over."""
    rows = db.scalars(select(RuleSetting).order_by(RuleSetting.decided_at, RuleSetting.id))
    return settings.book_of(
        settings.Decision(Rule(row.rule), Severity(row.severity), row.threshold, row.valid_from, row.valid_until,
                          row.decided_at)
        for row in rows if row.rule in RULES and row.severity in SEVERITIES
    )  # fmt: skip
