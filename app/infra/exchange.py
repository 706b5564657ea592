"""What is sealed in the database, and sealing it anew when SECRET_KEY is exchanged.

Each package declares its columns, `app/wiring` lists them. A page of rows is sealed anew in one
transaction, and a row only while it is as it was read, so that the work can be killed at any moment,
begun again, and done while people work.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar

from sqlalchemy import Select, bindparam, func, inspect, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.infra import clock, journal
from app.infra.database import lock_by_name, reading, transaction
from app.infra.health import HealthCheck
from app.infra.installation import PURPOSE, InstallationRow, secret_keys
from app.infra.journal import JournalEntry
from app.infra.platform import platform
from app.infra.sealing import CannotUnseal
from app.kernel.actor import SYSTEM
from app.kernel.fact import Fact

AT_ONCE = 500
"""Rows that are sealed anew in one transaction."""
LISTED_DAYS = 90
"""For which an earlier key may be listed after the exchange: docs/deploy.md advises 60."""


@dataclass(frozen=True)
class SealedColumn:
    """A column of sealed texts; "" in it is none. `purpose` is what they are sealed for: the same
    for each row, or made of the row's primary key.
    """

    what: str
    column: InstrumentedAttribute[str]
    purpose: str | Callable[[Any], str]

    @property
    def key(self) -> Any:
        """Returns the primary key of the table, which is one column."""
        (key,) = inspect(self.column.class_).primary_key
        return key

    def purpose_of(self, number: Any) -> str:
        return self.purpose if isinstance(self.purpose, str) else self.purpose(number)


MAIL_PASSWORD = SealedColumn("password of the mail server", InstallationRow.smtp_password, PURPOSE)


OnPage = Callable[[SealedColumn, int], object]


@dataclass(frozen=True)
class SealedPort:
    columns: tuple[SealedColumn, ...]


@dataclass(frozen=True)
class KeyTally:
    """How many texts of a column the current key opens, an earlier one that is listed, and none."""

    current: int = 0
    earlier: int = 0
    lost: int = 0

    def __add__(self, other: "KeyTally") -> "KeyTally":
        return KeyTally(
            self.current + other.current, self.earlier + other.earlier, self.lost + other.lost
        )


@dataclass(frozen=True)
class SecretKeyExchanged(Fact):
    """What earlier keys of the installation had sealed was sealed with the current one: so many
    texts, in the transaction that did it.
    """

    subject_kind: ClassVar[str] = "installation"

    rows: int

    @property
    def subject_id(self) -> str:
        return "1"


_LAST_EXCHANGE = select(func.max(JournalEntry.at)).where(
    JournalEntry.fact == SecretKeyExchanged.__name__
)


@dataclass(frozen=True)
class _Page:
    """Some rows of a column. `under_earlier`: those that an earlier key opens, each with its primary
    key, the sealed text and the text. `last`: where the next page begins; None after the last one.
    """

    tally: KeyTally
    last: Any
    under_earlier: tuple[tuple[Any, str, str], ...] = field(repr=False)


def sealed_columns() -> tuple[SealedColumn, ...]:
    return platform().port(SealedPort).columns


def tally(one: SealedColumn) -> KeyTally:
    """Returns what opens the texts of a column, each of which is tried."""
    total, after = KeyTally(), None
    while True:
        with reading() as db:
            page = _read(db, one, after)
        total, after = total + page.tally, page.last
        if after is None:
            return total


def exchange(*, on_page: OnPage = lambda _one, _rows: None) -> int:
    """Seals everything with the current key that an earlier one sealed; returns how many texts that
    were. `on_page` is told of each transaction when it is done.
    """
    rows = 0
    for one in sealed_columns():
        after = None
        while True:
            with transaction() as db:
                lock_by_name(db, "exchange")  # of two at once each tells what it sealed itself
                page = _read(db, one, after)
                if page.tally.earlier:
                    _seal_anew(db, one, page.under_earlier)
                    # Here, because a killed exchange has sealed what it told of, and no more.
                    fact = SecretKeyExchanged(page.tally.earlier)
                    journal.record(db, fact, actor=SYSTEM, now=clock.now())
            rows, after = rows + page.tally.earlier, page.last
            on_page(one, page.tally.earlier)
            if after is None:
                break
    return rows


def secret_keys_listed() -> HealthCheck:
    """Tells how many earlier keys are still accepted, so that none is forgotten in the list:
    `degraded` LISTED_DAYS after what they sealed was sealed anew. What needs them is counted by
    `flask secrets exchange`: each text is tried.
    """
    earlier = len(platform().keys.earlier)
    if not earlier:
        return HealthCheck("secret_keys", "ok", {"earlier_keys": None})
    with reading() as db:
        last = db.scalar(_LAST_EXCHANGE)
    if last is None:
        return HealthCheck("secret_keys", "ok", {"earlier_keys": earlier})
    is_forgotten = clock.now() - last > timedelta(days=LISTED_DAYS)
    details = {"earlier_keys": earlier, "exchanged_at": last.isoformat(timespec="seconds")}
    return HealthCheck("secret_keys", "degraded" if is_forgotten else "ok", details)


def _read(db: Session, one: SealedColumn, after: Any) -> _Page:
    """Returns the rows of a column behind the primary key `after`."""
    keys, rows = secret_keys(db), db.execute(_rows(one, after)).all()
    current, lost, under_earlier = 0, 0, []
    for number, sealed in rows:
        purpose = one.purpose_of(number)
        if keys.is_current(sealed, purpose=purpose):
            current += 1
            continue
        try:
            under_earlier.append((number, sealed, keys.unseal(sealed, purpose=purpose)))
        except CannotUnseal:
            lost += 1
    last = rows[-1][0] if len(rows) == AT_ONCE else None
    return _Page(KeyTally(current, len(under_earlier), lost), last, tuple(under_earlier))


def _rows(one: SealedColumn, after: Any) -> Select[tuple[Any, str]]:
    rows = select(one.key, one.column).where(one.column != "").order_by(one.key).limit(AT_ONCE)
    return rows if after is None else rows.where(one.key > after)


def _seal_anew(db: Session, one: SealedColumn, rows: Sequence[tuple[Any, str, str]]) -> None:
    """Leaves as it is what somebody else changed since it was read."""
    keys, changes = secret_keys(db), []
    for number, was, text in rows:
        anew = keys.seal(text, purpose=one.purpose_of(number))
        changes.append({"number": number, "was": was, "anew": anew})
    column = one.column.property.columns[0]
    change = (
        update(column.table)
        .where(one.key == bindparam("number"), column == bindparam("was"))
        .values({column: bindparam("anew")})
    )
    db.connection().execute(change, changes)
