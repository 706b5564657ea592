"""The figures of each country as they were worked out last, kept in this process until a fact
concerns them.

What is kept is never older than the last fact: each reading first asks the journal what came since,
and forgets the countries that it names. Nothing kept is scoped by actor; `figures` hides what must
be hidden.
"""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import (
    CompoundSelect,
    Engine,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session
from sqlalchemy.pool import Pool

from app.infra.database import WRITE
from app.infra.journal import JournalEntry
from app.infra.orm import BigId
from app.people.directory.models import Appointment, Institution, Post
from app.training.certificates.models import Certificate, Revocation
from app.training.recognised.models import RecognisedTraining
from app.training.turnover.rules.spans import CountryTraining
from app.training.turnover.values import TurnoverFigures

KEPT = 8
"""Days and courses of which the figures are kept."""
TRAINING_KEPT = 16
"""Countries of which the certificates are kept, some 500 kB each where a thousand serve."""

OVERLAP = 50
"""How many facts before the last are looked at again at least."""
OVERLAP_AT_FIRST = 1000
"""The same in the first reading of a process, which knows of no gaps."""
GAP_LASTS = 600.0
"""Seconds for which a missing number is looked for. On PostgreSQL the earlier of two numbers may be
committed later, and one transaction between them may have taken hundreds; what was rolled back never
comes.
"""

FACT = 9
"""Marks the number of a fact among what `_NEWEST` returns."""

UNCONCERNED = frozenset(
    {
        "access-request",
        "account",
        "addressees",
        "agreement",
        "annual-plan",
        "calendar",
        "conflict-case",
        "country-notice",
        "course_draft",
        "course_due",
        "enrolment",
        "event",
        "export",
        "feed-token",
        "focal-point",
        "good-practice",
        "group-pair",
        "guidelines_review",
        "handover",
        "holiday",
        "letter",
        "letter-text",
        "licence",
        "lookup",
        "matrix_period",
        "matrix_row",
        "membership",
        "message",
        "national-page",
        "presidency",
        "rule",
        "season",
        "series",
        "work_plan",
        "work_table",
    }
)
"""What facts may be about without changing who serves or is certified. A fact about anything else
concerns the country or the people that it names, and all countries where it names none.
"""
OF_SERVICE = frozenset({"appointment", "confirmation_round", "institution", "post"})
"""What facts may be about without changing what anybody holds: most are such, and the certificates
of a country need not be read again after them.
"""
READ_ALONE = frozenset({"RosterRead", "RosterExported", "SharingChanged"})

_FACTS = select(
    JournalEntry.id, JournalEntry.fact, JournalEntry.subject_kind, JournalEntry.payload
).where(JournalEntry.id >= bindparam("first"))
_LAST_FACT = select(func.max(JournalEntry.id)).scalar_subquery()
_NEWEST: CompoundSelect[int, int] = union_all(
    *(
        select(literal_column(str(place)), number)
        for place, number in enumerate(
            (
                func.max(JournalEntry.id),
                func.max(Appointment.id),
                func.max(Certificate.id),
                func.max(RecognisedTraining.id),
                func.count(Revocation.certificate_id),
            )
        )
    ),
    select(literal_column(str(FACT)), JournalEntry.id).where(
        JournalEntry.id
        > func.coalesce(bindparam("since", type_=BigId), _LAST_FACT - OVERLAP_AT_FIRST)
    ),
)
"""The newest numbers of the tables, and the numbers of the last facts. Rows that came without a fact,
as the demonstration and a restored copy bring them, are noticed by theirs.
"""
TABLES = ("appointment", "certificate", "recognised_training", "certificate")
"""What facts about the rows of these tables, in the same order, are about."""

_COUNTRIES_OF = (
    select(Institution.country_code)
    .distinct()
    .join(Post, Post.institution_id == Institution.id)
    .join(Appointment, Appointment.post_id == Post.id)
    .where(
        or_(
            Appointment.person_id.in_(bindparam("people", expanding=True)),
            Appointment.person_id.in_(
                select(Certificate.person_id).where(
                    Certificate.code.in_(bindparam("codes", expanding=True))
                )
            ),
        )
    )
)


@dataclass
class _Keep:
    """What is kept of one database. `gaps`: numbers of facts that were missing among those seen, and
    since when, in seconds of `monotonic`; also when they have come, for whoever reads an older
    snapshot. `touched` is the number of the reading that last saw a fact about a country, `trained`
    one about what its people hold; `figures` and `training` are worth what they were read with, if
    that reading was not earlier.
    """

    lock: Lock = field(default_factory=Lock)
    readings: int = 0
    newest: tuple[int, ...] = ()
    seen: frozenset[int] = frozenset()
    gaps: dict[int, float] = field(default_factory=dict)
    touched: dict[str, int] = field(default_factory=dict)
    trained: dict[str, int] = field(default_factory=dict)
    all_touched: int = 0
    figures: OrderedDict[tuple[date, str], dict[str, tuple[int, TurnoverFigures]]] = field(
        default_factory=OrderedDict
    )
    training: OrderedDict[tuple[date, str, str], tuple[int, CountryTraining]] = field(
        default_factory=OrderedDict
    )

    def since(self, at: float) -> int | None:
        """Returns the number behind which facts may still come; None before the first reading."""
        if not self.newest:
            return None
        gaps = (gap - 1 for gap, missed in self.gaps.items() if at - missed < GAP_LASTS)
        return min([self.newest[0] - OVERLAP, *gaps])

    def note_gaps(self, numbers: Collection[int], *, since: int, at: float) -> None:
        """Remembers which numbers are missing among those that were read, all behind `since`."""
        last = max(numbers, default=0)
        numbered = range(max(since + 1, last - OVERLAP_AT_FIRST, 1), last)
        self.gaps = {
            one: self.gaps.get(one, at)
            for one in numbered
            if one not in numbers or one in self.gaps
        }


_KEEPS: WeakKeyDictionary[Pool, _Keep] = WeakKeyDictionary()
"""By the pool of connections: one that is opened anew may lead to another database."""


@dataclass(frozen=True)
class Reading:
    """What stands for one reading of the database: the figures and the training that hold, by
    country, and where to keep others.
    """

    figures: Mapping[str, TurnoverFigures]
    training: Mapping[str, CountryTraining]
    keep: _Keep
    number: int
    on: date
    course: str

    def put(self, worked_out: Mapping[str, TurnoverFigures]) -> None:
        with self.keep.lock:
            kept = self.keep.figures.setdefault((self.on, self.course), {})
            self.keep.figures.move_to_end((self.on, self.course))
            for code, figures in worked_out.items():
                kept[code] = (self.number, figures)
            while len(self.keep.figures) > KEPT:
                self.keep.figures.popitem(last=False)

    def put_training(self, code: str, training: CountryTraining) -> None:
        key = (self.on, self.course, code)
        with self.keep.lock:
            self.keep.training[key] = (self.number, training)
            self.keep.training.move_to_end(key)
            while len(self.keep.training) > TRAINING_KEPT:
                self.keep.training.popitem(last=False)


def kept_figures(db: Session, on: date, course: str) -> Reading:
    """Returns the figures that no fact has concerned since they were worked out. A session that
    writes sees what nobody else does: for it nothing is kept.
    """
    bind = db.get_bind()
    engine = bind if isinstance(bind, Engine) else bind.engine
    if engine.get_execution_options().get(WRITE):
        return Reading({}, {}, _Keep(), 0, on, course)
    keep = _KEEPS.setdefault(engine.pool, _Keep())
    at = monotonic()
    with keep.lock:
        since = keep.since(at)
    rows = db.execute(_NEWEST, {"since": since}).all()
    newest = tuple(number or 0 for place, number in sorted(rows) if place != FACT)
    numbers = frozenset(number for place, number in rows if place == FACT)
    since = newest[0] - OVERLAP_AT_FIRST if since is None else since
    new = numbers - keep.seen
    facts = db.execute(_FACTS, {"first": min(new)}) if new else ()
    fresh = [fact for fact in facts if fact.id in new]
    concerned = _codes_concerned(db, fresh)
    if concerned is not None and _came_without_a_fact(keep.newest, newest, fresh):
        concerned = None
    with keep.lock:
        if newest < keep.newest or any(one > since and one not in numbers for one in keep.seen):
            return Reading({}, {}, _Keep(), 0, on, course)  # others know more than this snapshot
        keep.readings += 1
        if concerned is None:
            keep.all_touched = keep.readings
        else:
            codes, trained = concerned
            keep.touched.update(dict.fromkeys(codes, keep.readings))
            keep.trained.update(dict.fromkeys(trained, keep.readings))
        keep.newest, keep.seen = newest, numbers
        keep.note_gaps(numbers, since=since, at=at)
        holding = {
            code: figures
            for code, (worked_out, figures) in keep.figures.get((on, course), {}).items()
            if worked_out >= max(keep.all_touched, keep.touched.get(code, 0))
        }
        training = {
            code: training
            for (day, slug, code), (read, training) in keep.training.items()
            if (day, slug) == (on, course)
            and read >= max(keep.all_touched, keep.trained.get(code, 0))
        }
        return Reading(holding, training, keep, keep.readings, on, course)


def _came_without_a_fact(
    before: Sequence[int], newest: Sequence[int], fresh: Iterable[Any]
) -> bool:
    """Returns True where rows of a table came and no fact about such rows did."""
    about = {entry.subject_kind for entry in fresh}
    return not before or any(
        was != now and kind not in about
        for was, now, kind in zip(before[1:], newest[1:], TABLES, strict=True)
    )


def _codes_concerned(
    db: Session, entries: Iterable[Any]
) -> tuple[Collection[str], Collection[str]] | None:
    """Returns the codes of the countries that the facts concern, and of those among them of which
    they concern more than who serves; None for all.
    """
    codes: set[str] = set()
    trained: set[str] = set()
    people: set[int] = set()
    certificates: set[str] = set()
    for entry in entries:
        if entry.subject_kind in UNCONCERNED or entry.fact in READ_ALONE:
            continue
        country, person = entry.payload.get("country_code"), entry.payload.get("person_id")
        if country:
            codes.add(country)
            if entry.subject_kind not in OF_SERVICE:
                trained.add(country)
        if person and entry.subject_kind != "appointment":
            people.add(person)
        elif entry.subject_kind == "certificate":
            certificates.add(entry.payload["code"])
        elif not country:
            return None
    if people or certificates:
        given = {"people": sorted(people), "codes": sorted(certificates)}
        trained.update(db.scalars(_COUNTRIES_OF, given))
    return codes | trained, trained
