"""Letters about a handover that is near: to whoever goes, whoever comes, and the secretariat; and
about the record, to the secretariat.
"""

from datetime import date, datetime

from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.installation import site_address
from app.infra.journal import JournalEntry
from app.kernel.actor import Role
from app.kernel.text import LocalizedText, untranslated
from app.office.handover.queries.handovers import all_handovers
from app.office.handover.values import Handover, OfficeKind, PresidencyYear
from app.office.notifications import queries
from app.office.notifications.tasks.letters import write
from app.office.notifications.wording.letters import compose
from app.office.outbox import services


def on_handover_due(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes one letter to each person, once for each stage and day, however often the fact is
    recorded.
    """
    told = entry.payload
    on = date.fromisoformat(told["on"])
    handover = next((one for one in all_handovers(db, on) if _is(one, told)), None)
    if handover is None:
        handover = next(
            (one for one in all_handovers(db, date.fromisoformat(told["since"])) if _is(one, told)),
            None,
        )
    if handover is None:
        return
    people = [*handover.outgoing.holders, *(handover.incoming.holders if handover.incoming else ())]
    wanted = [queries.recipient(db, holder.person_id) for holder in people]
    letters = {
        to.person_id: to
        for to in (*wanted, *queries.holders(db, Role.ORGANIZER, on=on))
        if to is not None
    }
    is_presidency = handover.office is OfficeKind.PRESIDENCY
    url = f"{site_address()}/handover/" + (
        "presidency" if is_presidency else f"countries/{told['country_code']}"
    )
    for to in letters.values():
        letter = compose(
            "handover-today" if told["stage"] == "day" else "handover",
            to,
            on=on,
            country=None if is_presidency else handover.outgoing.country,
            outgoing=_who(handover.outgoing, is_presidency),
            incoming=_who(handover.incoming, is_presidency) if handover.incoming else None,
            url=url,
        )
        services.queue_message(
            db,
            dedupe=f"handover.{entry.subject_id}.{told['stage']}.{told['on']}.{to.person_id}",
            address=to.address,
            language=to.language,
            letter=letter,
            now=now,
            person_id=to.person_id,
        )


def _is(handover: Handover, told: dict[str, str]) -> bool:
    term = handover.outgoing
    same = (handover.office.value, term.country_code, term.since.isoformat())
    return same == (told["office"], told["country_code"], told["since"])


def _who(term: PresidencyYear, is_presidency: bool) -> LocalizedText:
    """Returns a country for the presidency, a name for a focal point."""
    if is_presidency or not term.holders:
        return term.country
    name = ", ".join(holder.name for holder in term.holders)
    return untranslated(name)


def on_record_verified(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Tells every organizer whether the record is whole, with its anchor to keep."""
    told = {name: entry.payload[name] for name in ("places", "mac", "findings")}
    letters = [
        (to, compose("record-verified", to, **told))
        for to in queries.organizers(db, on=clock.today())
    ]
    write(db, entry, letters, now=now)
