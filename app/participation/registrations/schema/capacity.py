"""Triggers that refuse a registration over the capacity of its event or over its country's quota.

PostgreSQL: triggers that first lock the event's row and then count, so that two programs count one
after the other; that holds under READ COMMITTED only (an older snapshot would not see the other's
row), so whoever writes under another level is refused. SQLite: triggers alone, because its writers
are alone. All three sides are watched: registrations, the event's capacity and quota,
and the quotas of single countries.
"""

from sqlalchemy import inspect
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

OVER_CAPACITY = "registration_over_capacity"
OVER_QUOTA = "registration_over_quota"
WRONG_ISOLATION = "registration_wants_read_committed"

TAKEN = "SELECT count(*) FROM registration AS r WHERE r.status = 'registered' AND r.event_id = "
SQLITE_TAKING = f"""
BEGIN
    SELECT RAISE(ABORT, '{OVER_CAPACITY}')
    WHERE ({TAKEN} NEW.event_id {{but_itself}}) >= (SELECT capacity FROM event WHERE id = NEW.event_id);
    SELECT RAISE(ABORT, '{OVER_QUOTA}')
    WHERE NEW.country_code <> ''
      AND ({TAKEN} NEW.event_id AND r.country_code = NEW.country_code {{but_itself}}) >= coalesce(
          (SELECT places FROM event_quota WHERE event_id = NEW.event_id AND country_code = NEW.country_code),
          (SELECT country_quota FROM event WHERE id = NEW.event_id));
END
"""  # noqa: S608 - made of our own constants only
SQLITE_LOWERING = f"""
BEGIN
    SELECT RAISE(ABORT, '{OVER_CAPACITY}') WHERE ({TAKEN} NEW.id) > NEW.capacity;
    SELECT RAISE(ABORT, '{OVER_QUOTA}')
    WHERE EXISTS (
        SELECT 1 FROM registration AS r
        WHERE r.event_id = NEW.id AND r.status = 'registered' AND r.country_code <> ''
        GROUP BY r.country_code
        HAVING count(*) > coalesce(
            (SELECT places FROM event_quota WHERE event_id = NEW.id AND country_code = r.country_code),
            NEW.country_quota));
END
"""  # noqa: S608 - as above
SQLITE_QUOTA = f"""
BEGIN
    SELECT RAISE(ABORT, '{OVER_QUOTA}')
    WHERE ({TAKEN} {{row}}.event_id AND r.country_code = {{row}}.country_code) > {{places}};
END
"""
OF_ALL = "(SELECT country_quota FROM event WHERE id = OLD.event_id)"
SQLITE = {
    "registration_places_insert": "BEFORE INSERT ON registration WHEN NEW.status = 'registered'"
    + SQLITE_TAKING.format(but_itself=""),
    "registration_places_update": "BEFORE UPDATE ON registration WHEN NEW.status = 'registered'"
    " AND (OLD.status <> 'registered' OR OLD.event_id <> NEW.event_id OR OLD.country_code <> NEW.country_code)"
    + SQLITE_TAKING.format(but_itself="AND r.id <> OLD.id"),
    "event_places_update": "BEFORE UPDATE OF capacity, country_quota ON event WHEN NEW.capacity IS NOT OLD.capacity"
    " OR NEW.country_quota IS NOT OLD.country_quota" + SQLITE_LOWERING,
    "event_quota_insert": "BEFORE INSERT ON event_quota"
    + SQLITE_QUOTA.format(row="NEW", places="NEW.places"),
    "event_quota_update": "BEFORE UPDATE ON event_quota"
    + SQLITE_QUOTA.format(row="NEW", places="NEW.places"),
    "event_quota_elsewhere": "BEFORE UPDATE ON event_quota"
    " WHEN OLD.event_id <> NEW.event_id OR OLD.country_code <> NEW.country_code"
    + SQLITE_QUOTA.format(row="OLD", places=OF_ALL),
    "event_quota_delete": "BEFORE DELETE ON event_quota"
    + SQLITE_QUOTA.format(row="OLD", places=OF_ALL),
}

COUNT = "SELECT count(*) FROM registration WHERE status = 'registered' AND event_id ="
REQUIRE_LEVEL = f"""
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION '{WRONG_ISOLATION}' USING ERRCODE = 'check_violation';
    END IF;
"""
# The lock is the weakest that excludes itself: rows that merely refer to the event need not wait.
POSTGRESQL_TAKING = f"""
DECLARE places integer; quota integer; taken integer;
BEGIN
    IF NEW.status <> 'registered' THEN RETURN NEW; END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.status = 'registered' AND OLD.event_id = NEW.event_id AND OLD.country_code = NEW.country_code THEN
            RETURN NEW;
        END IF;
    END IF;
    {REQUIRE_LEVEL}
    SELECT capacity, country_quota INTO places, quota FROM event WHERE id = NEW.event_id FOR NO KEY UPDATE;
    IF places IS NOT NULL THEN
        {COUNT} NEW.event_id AND id <> NEW.id INTO taken;
        IF taken >= places THEN RAISE EXCEPTION '{OVER_CAPACITY}' USING ERRCODE = 'check_violation'; END IF;
    END IF;
    quota := coalesce(
        (SELECT q.places FROM event_quota AS q WHERE q.event_id = NEW.event_id AND q.country_code = NEW.country_code),
        quota);
    IF NEW.country_code <> '' AND quota IS NOT NULL THEN
        {COUNT} NEW.event_id AND id <> NEW.id AND country_code = NEW.country_code INTO taken;
        IF taken >= quota THEN RAISE EXCEPTION '{OVER_QUOTA}' USING ERRCODE = 'check_violation'; END IF;
    END IF;
    RETURN NEW;
END"""  # noqa: S608 - as above
POSTGRESQL_LOWERING = f"""
BEGIN
    IF NEW.capacity IS NOT DISTINCT FROM OLD.capacity AND NEW.country_quota IS NOT DISTINCT FROM OLD.country_quota THEN
        RETURN NEW;
    END IF;
    {REQUIRE_LEVEL}
    IF ({COUNT} NEW.id) > NEW.capacity THEN
        RAISE EXCEPTION '{OVER_CAPACITY}' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM registration AS r LEFT JOIN event_quota AS q USING (event_id, country_code)
        WHERE r.event_id = NEW.id AND r.status = 'registered' AND r.country_code <> ''
        GROUP BY r.country_code, q.places HAVING count(*) > coalesce(q.places, NEW.country_quota)
    ) THEN
        RAISE EXCEPTION '{OVER_QUOTA}' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END"""  # noqa: S608 - as above
POSTGRESQL_QUOTA = f"""
DECLARE allowed integer; is_left boolean := TG_OP = 'DELETE';
BEGIN
    {REQUIRE_LEVEL}
    IF TG_OP = 'UPDATE' THEN
        is_left := OLD.event_id <> NEW.event_id OR OLD.country_code <> NEW.country_code;
    END IF;
    IF is_left THEN
        SELECT country_quota INTO allowed FROM event WHERE id = OLD.event_id FOR NO KEY UPDATE;
        IF ({COUNT} OLD.event_id AND country_code = OLD.country_code) > allowed THEN
            RAISE EXCEPTION '{OVER_QUOTA}' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    PERFORM 1 FROM event WHERE id = NEW.event_id FOR NO KEY UPDATE;
    IF ({COUNT} NEW.event_id AND country_code = NEW.country_code) > NEW.places THEN
        RAISE EXCEPTION '{OVER_QUOTA}' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END"""  # noqa: S608 - as above
POSTGRESQL = {
    "registration": ("INSERT OR UPDATE", POSTGRESQL_TAKING),
    "event": ("UPDATE", POSTGRESQL_LOWERING),
    "event_quota": ("INSERT OR UPDATE OR DELETE", POSTGRESQL_QUOTA),
}


def ensure_capacity(connection: Connection) -> None:
    """Writes the triggers afresh, in case their text changed. What stands already is not looked
    at.
    """
    if not inspect(connection).has_table("event_quota"):
        return
    if connection.dialect.name == "sqlite":
        for name, trigger in SQLITE.items():
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
            connection.exec_driver_sql(f"CREATE TRIGGER {name} {trigger}")
        return
    for table, (verbs, body) in POSTGRESQL.items():
        connection.exec_driver_sql(
            f"CREATE OR REPLACE FUNCTION {table}_places() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $${body}$$"
        )
        connection.exec_driver_sql(
            f"CREATE OR REPLACE TRIGGER {table}_places BEFORE {verbs} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_places()"
        )


def is_over_capacity(error: IntegrityError) -> bool:
    return OVER_CAPACITY in str(error.orig)


def is_over_quota(error: IntegrityError) -> bool:
    return OVER_QUOTA in str(error.orig)
