"""The no-overlap rule inside the database, so that no race and no other program passes it, and the
proof that it lives.

PostgreSQL: an exclusion constraint over integer and time ranges, which needs no extension. SQLite:
triggers that look back as far as the longest claim allowed, and compare instants as text, so they
also insist on the one text form that compares correctly. Both engines can lose the rule without a
word: batch migrations drop triggers, autogenerate does not see the constraint. Hence
`ensure_no_overlap` after each migration and `tripwire` at each start.
"""

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any, NamedTuple

from sqlalchemy import insert, inspect, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from app.infra.schema import DeadRule
from app.kernel.text import LocalizedText
from app.planning.scheduling.models import Claim, Engagement, Resource
from app.planning.scheduling.rules.refusals import LONGEST

NO_OVERLAP = "claim_no_overlap"
TOO_LONG = "claim_too_long"
BAD_INSTANT = "claim_bad_instant"
# One day more than the longest claim, because datetime() drops the fraction of the second.
LOOK_BACK_DAYS = LONGEST.days + 1

POSTGRESQL = f"""
ALTER TABLE claim ADD CONSTRAINT {NO_OVERLAP} EXCLUDE USING gist (
    int8range(resource_id, resource_id, '[]') WITH &&,
    int8range(lane_lo, lane_hi) WITH &&,
    tstzrange(starts_at, ends_at) WITH &&
) WHERE (enforced)
"""
SQLITE_BODY = f"""
BEGIN
    SELECT RAISE(ABORT, '{BAD_INSTANT}')
    WHERE length(NEW.starts_at) <> 26 OR length(NEW.ends_at) <> 26
       OR NEW.starts_at NOT GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9]*'
       OR NEW.ends_at NOT GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9]*';
    SELECT RAISE(ABORT, '{TOO_LONG}')
    WHERE NEW.ends_at > datetime(NEW.starts_at, '+{LONGEST.days} days') || '.999999';
    SELECT RAISE(ABORT, '{NO_OVERLAP}')
    WHERE NEW.enforced AND EXISTS (
        SELECT 1 FROM claim AS other
        WHERE other.resource_id = NEW.resource_id
          AND other.starts_at < NEW.ends_at
          AND other.starts_at > datetime(NEW.starts_at, '-{LOOK_BACK_DAYS} days')
          AND other.ends_at > NEW.starts_at
          AND other.lane_lo < NEW.lane_hi AND other.lane_hi > NEW.lane_lo
          AND other.enforced {{but_itself}}
    );
END
"""  # noqa: S608 - made of our own constants only
SQLITE = {
    f"{NO_OVERLAP}_insert": "BEFORE INSERT ON claim" + SQLITE_BODY.format(but_itself=""),
    f"{NO_OVERLAP}_update": "BEFORE UPDATE ON claim"
    + SQLITE_BODY.format(but_itself="AND other.id <> OLD.id"),
}


class RuleIsDead(DeadRule):
    """The database would accept a double booking. The service must not start: run `flask db
    upgrade`.
    """


def ensure_no_overlap(connection: Connection) -> None:
    """Puts the rule in place where it is missing; SQLite's triggers are written afresh, in case
    their text changed.

    Fails, and so stops the migration, when claims that already stand contradict the rule
    (PostgreSQL).
    """
    if not inspect(connection).has_table("claim"):
        return
    if connection.dialect.name == "sqlite":
        for name, trigger in SQLITE.items():
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
            connection.exec_driver_sql(f"CREATE TRIGGER {name} {trigger}")
    elif not _has_constraint(connection):
        connection.exec_driver_sql(POSTGRESQL)


def _has_constraint(connection: Connection) -> bool:
    found = "SELECT 1 FROM pg_constraint WHERE conname = %s AND conrelid = 'claim'::regclass AND contype = 'x'"
    return connection.exec_driver_sql(found, (NO_OVERLAP,)).first() is not None


def is_overlap(error: IntegrityError) -> bool:
    return NO_OVERLAP in str(error.orig)


class ClaimTrial(NamedTuple):
    """A second claim beside one of lanes [0, 2) and minutes [0, 60) of the same resource."""

    what: str
    lanes: tuple[int, int]
    minutes: tuple[int, int]
    refused: bool


TRIALS = (
    ClaimTrial("one minute of overlap at the end", (0, 2), (59, 90), refused=True),
    ClaimTrial("one minute of overlap at the start", (1, 2), (-30, 1), refused=True),
    ClaimTrial("a claim within another", (0, 1), (10, 20), refused=True),
    ClaimTrial("back to back", (0, 2), (60, 90), refused=False),
    ClaimTrial("another lane", (2, 3), (0, 60), refused=False),
)
WAYS = ("insert", "move", "enforce")


def tripwire(connection: Connection) -> None:
    """Tries to double-book in every way, within a savepoint that is rolled back; raises RuleIsDead
    if it succeeds.

    Takes a connection that may write: `with writing_engine().connect() as connection`.
    """
    savepoint = connection.begin_nested()
    try:
        for number, (way, trial) in enumerate(product(WAYS, TRIALS)):
            first = _first_claim(connection, f"tripwire-{number}")
            if _is_refused(connection, way, _second_claim(first, trial)) != trial.refused:
                raise RuleIsDead(f"{NO_OVERLAP} on {connection.dialect.name}, {way}: {trial.what}")
    finally:
        savepoint.rollback()


Values = dict[str, Any]
NOON = datetime(2000, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _first_claim(connection: Connection, name: str) -> Values:
    resource = insert(Resource).values(kind="tripwire", key=name, label=LocalizedText())
    engagement = insert(Engagement).values(
        holder=name, title=LocalizedText(), starts_at=NOON, ends_at=NOON + HOUR, timezone="UTC"
    )
    ids = [
        connection.execute(statement).inserted_primary_key for statement in (resource, engagement)
    ]
    resource_id, engagement_id = (row[0] for row in ids if row)
    values = {
        "resource_id": resource_id,
        "engagement_id": engagement_id,
        "lane_lo": 0,
        "lane_hi": 2,
        "starts_at": NOON,
        "ends_at": NOON + HOUR,
        "enforced": True,
    }
    connection.execute(insert(Claim).values(values))
    return values


def _second_claim(first: Values, trial: ClaimTrial) -> Values:
    lane_lo, lane_hi = trial.lanes
    starts_at, ends_at = (NOON + timedelta(minutes=minute) for minute in trial.minutes)
    return first | {
        "lane_lo": lane_lo,
        "lane_hi": lane_hi,
        "starts_at": starts_at,
        "ends_at": ends_at,
    }


def _is_refused(connection: Connection, way: str, claim: Values) -> bool:
    """Returns True when the database refuses a claim: written at once, moved into place, or
    enforced afterwards (`way`).
    """
    before = {
        "insert": claim,
        "move": claim | {"starts_at": NOON + 24 * HOUR, "ends_at": NOON + 25 * HOUR},
        "enforce": claim | {"enforced": False},
    }[way]
    try:
        with connection.begin_nested():
            row = connection.execute(insert(Claim).values(before)).inserted_primary_key
            if row and before != claim:
                connection.execute(update(Claim).where(Claim.id == row[0]).values(claim))
    except IntegrityError as error:
        if not is_overlap(error):
            raise
        return True
    return False
