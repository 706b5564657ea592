"""What the database must keep by itself, the proof at each start that it does, and which of its
columns are sealed.
"""

from collections.abc import Callable

from sqlalchemy.engine import Connection

from app.followup.agreements.schema import ensure_activities_locked
from app.followup.matrix.schema import ensure_matrix_kept
from app.followup.plans.schema import ensure_plans_kept
from app.followup.review.schema import ensure_reviews_kept
from app.infra.exchange import MAIL_PASSWORD, SealedColumn
from app.infra.schema import ensure_append_only, journal_tripwire
from app.office.outbox.queries import SEALED as SEALED_IN_LETTERS
from app.office.privacy.schema import ensure_notices_kept
from app.office.search.schema import ensure_search
from app.participation.invitations.queries.guests import GUEST_KEYS
from app.participation.invitations.queries.invitations import INVITATION_KEYS
from app.participation.meetings.queries import CONNECTION_KEYS
from app.participation.registrations.schema import capacity_tripwire, ensure_capacity
from app.participation.speakers.queries import SPEAKER_KEYS
from app.people.factors.queries import APP_SECRETS
from app.planning.scheduling.schema import ensure_no_overlap, tripwire
from app.training.certificates.queries.names import NAME_KEYS
from app.training.certificates.schema import ensure_written_once
from app.training.learning.schema import ensure_immutable

SCHEMA_RULES: tuple[Callable[[Connection], None], ...] = (
    ensure_append_only,
    ensure_written_once,
    ensure_no_overlap,
    ensure_immutable,
    ensure_capacity,
    ensure_activities_locked,
    ensure_plans_kept,
    ensure_matrix_kept,
    ensure_reviews_kept,
    ensure_notices_kept,
    ensure_search,
)
TRIPWIRES: tuple[Callable[[Connection], None], ...] = (
    tripwire,
    capacity_tripwire,
    journal_tripwire,
)
SEALED: tuple[SealedColumn, ...] = (
    MAIL_PASSWORD,
    CONNECTION_KEYS,
    APP_SECRETS,
    NAME_KEYS,
    INVITATION_KEYS,
    GUEST_KEYS,
    SPEAKER_KEYS,
    *SEALED_IN_LETTERS,
)
