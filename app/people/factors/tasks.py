"""What is looked at of second factors beside the machine; wired in app/wiring."""

from app.infra import clock
from app.infra.database import reading
from app.infra.health import HealthCheck, State
from app.infra.platform import platform
from app.people.factors import queries


def second_factors() -> HealthCheck:
    """Returns how many people whose role demands a second factor have none: `degraded` once the
    days of one of them are over. The demonstration's invented people enter by their names.
    """
    if platform().settings.demo:
        return HealthCheck("second_factors", "off")
    today = clock.today()
    with reading() as db:
        without = queries.obliged_without(db, today=today)
        obliged = queries.count_obliged(db, today=today)
    is_late = any(one.due_on <= today for one in without)
    state: State = "degraded" if is_late else "ok"
    details = {"obliged": obliged, "without": len(without)}
    return HealthCheck("second_factors", state, details)
