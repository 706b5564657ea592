"""What the clock asks: whether a handover has to be told."""

from app.infra import clock
from app.infra.database import transaction
from app.office.handover.services import tell_due


def tell_handovers() -> None:
    """Records the handovers that are near, twice a day; each letter goes out once."""
    with transaction() as db:
        tell_due(db, today=clock.today(), now=clock.now())
