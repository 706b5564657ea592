"""What the database must keep by itself, and the proof at each start that it does."""

from collections.abc import Callable

from sqlalchemy.engine import Connection

import app.agreements.models
import app.attendance.models
import app.calendars.models
import app.certificates.models
import app.directory.models
import app.events.models
import app.handover.models
import app.identity.models
import app.invitations.models
import app.learning.models
import app.library.models
import app.materials.models
import app.notifications.models
import app.practices.models
import app.privacy.models
import app.reports.models
import app.scheduling.models
import app.seasons.models
import app.surveys.models  # noqa: F401 - the tables, for migrations
from app.certificates.schema import ensure_written_once
from app.events.schema import ensure_places, places_tripwire
from app.infra.schema import ensure_append_only, journal_tripwire
from app.learning.schema import ensure_immutable
from app.scheduling.schema import ensure_no_overlap, tripwire

SCHEMA_RULES: tuple[Callable[[Connection], None], ...] = (
    ensure_append_only,
    ensure_written_once,
    ensure_no_overlap,
    ensure_immutable,
    ensure_places,
)
TRIPWIRES: tuple[Callable[[Connection], None], ...] = (tripwire, places_tripwire, journal_tripwire)
