"""What the clock asks: whether a handover has to be told, and whether the record is whole."""

from app.infra import clock, record_keeping
from app.infra.database import transaction
from app.office.handover.services import tell_due, tell_verified


def tell_handovers() -> None:
    """Records the handovers that are near, twice a day; each letter goes out once."""
    with transaction() as db:
        tell_due(db, today=clock.today(), now=clock.now())


def verify_record() -> None:
    """Verifies the record, every night, and tells the secretariat once a month what it was; at once
    where it is not whole.
    """
    result = record_keeping.verify_nightly()
    if result is not None:
        with transaction() as db:
            tell_verified(db, head=result.head, findings=result.count, now=clock.now())
