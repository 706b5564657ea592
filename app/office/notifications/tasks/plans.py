"""The presidency hears of a plan that was submitted; those of its table that it came back or was
validated.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.installation import site_address
from app.infra.journal import JournalEntry
from app.kernel.actor import Role
from app.office.notifications.queries import focal_points, holders, people_of_plan, plan_notice
from app.office.notifications.tasks.letters import write
from app.office.notifications.values import PlanNotice, Recipient
from app.office.notifications.wording.letters import compose
from app.office.outbox.values import Letter


def on_plan_submitted(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes to whoever holds the presidency today."""
    notice = plan_notice(db, entry.payload["work_table_id"])
    if notice is not None:
        people = holders(db, Role.PRESIDENCY, on=clock.today())
        write(db, entry, [(to, _letter("plan-submitted", to, notice)) for to in people], now=now)


def on_plan_sent_back(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes to those who may change the plan now: who leads the table, and the focal points of the
    countries that sit at it.
    """
    _to_the_table(db, entry, "plan-sent-back", (), now=now)


def on_plan_validated(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes to the same, and to the focal points of the countries that answer for an activity."""
    _to_the_table(db, entry, "plan-validated", tuple(entry.payload["countries"]), now=now)


def _to_the_table(
    db: Session, entry: JournalEntry, kind: str, answering: tuple[str, ...], *, now: datetime
) -> None:
    notice = plan_notice(db, entry.payload["work_table_id"])
    if notice is None:
        return
    countries = sorted({*notice.countries, *answering})
    people = {
        to.person_id: to
        for to in (
            *people_of_plan(db, notice),
            *focal_points(db, countries, on=clock.today()),
        )
    }
    write(db, entry, [(to, _letter(kind, to, notice)) for to in people.values()], now=now)


def _letter(kind: str, to: Recipient, notice: PlanNotice) -> Letter:
    return compose(
        kind,
        to,
        theme=notice.theme,
        note=notice.note,
        decision=notice.decision_ref,
        url=f"{site_address()}/work-tables/{notice.work_table_id}",
    )
