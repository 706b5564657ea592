"""What is looked at of second factors beside the machine; wired in app/wiring."""

from app.infra import clock
from app.infra.database import reading
from app.infra.health import HealthCheck, State
from app.infra.platform import platform
from app.people.factors import queries


def second_factors() -> HealthCheck:
    """Returns how many people whose role demands a second factor have none, and from which day on
    the first of them needs it: `degraded` from then on, `empty` while nobody has such a role. The
    demonstration's invented people enter by their names.
    """
    if platform().settings.demo:
        return HealthCheck("second_factors", "off")
    today = clock.today()
    with reading() as db:
        without = queries.obliged_without(db, today=today)
        obliged = queries.count_obliged(db, today=today)
    if not obliged:
        return HealthCheck("second_factors", "empty")
    first = min((one.due_on for one in without), default=None)
    state: State = "degraded" if first and first <= today else "ok"
    due = {"due_on": first.isoformat()} if first else {}
    return HealthCheck(
        "second_factors", state, {"obliged": obliged, "without": len(without), **due}
    )
