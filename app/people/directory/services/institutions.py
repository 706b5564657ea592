"""Adds, renames and closes institutions, and joins two records of one. The only writer of them."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.body import current_body
from app.infra.database import lock_by_name
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, NotFound, Refusal, Sentence
from app.kernel.text import N_, LocalizedText, is_one_line, languages
from app.people.directory import policy
from app.people.directory.facts import (
    InstitutionAdded,
    InstitutionChanged,
    InstitutionClosed,
    InstitutionReopened,
    InstitutionsMerged,
)
from app.people.directory.models import (
    Country,
    DoubtfulInstitution,
    HeldNewcomer,
    Institution,
    Post,
)
from app.people.directory.rules import people as rules
from app.people.directory.rules.institutions import LONGEST_INSTITUTION, ReadLine, kind_of, name_key
from app.people.directory.services.protecting import withhold_staff
from app.people.directory.values import INSTITUTION_KINDS, Mandate

NAME = Sentence(N_("Write the name in at most 200 letters."))
ONE_OF = N_("Choose one of the answers.")
TWICE = N_("This institution is in the list already.")
NOT_IN_LIST = N_("Choose an institution from the list.")


class NameInUse(Refusal):
    """A closed institution cannot be opened beside an open one of the same name."""

    rule = "institution-name-in-use"
    msgid = N_("An open institution of this country has the same name. Join the two instead.")


def add_institution(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    name: LocalizedText,
    kind: str,
    now: datetime,
    mandate: str = "",
) -> int:
    """Adds an institution; returns its id. Refuses at "name", "kind", "mandate" and "country", also
    a name that the country has already. `mandate` "": what its kind says.
    """
    policy.require_may_keep_institutions(actor, country_code)
    _lock(db)
    errors = _defects(name, kind, mandate)
    if db.get(Country, country_code) is None:
        errors["country"] = Sentence(N_("Choose a country from the list."))
    if not errors and _same(db, country_code, name) is not None:
        errors["name"] = Sentence(TWICE)
    if errors:
        raise InvalidInput(errors)
    return _add(
        db, country_code, name.map(rules.tidy), kind=kind, mandate=mandate, actor=actor, now=now
    )


def add_written_institution(
    db: Session, *, actor: Actor, country_code: str, name: str, now: datetime
) -> int:
    """Adds an institution as somebody of the country writes its name, in the country's language and
    of the kind that the name tells; returns its id, or that of the one with exactly this name.
    """
    policy.require_may_keep_institutions(actor, country_code)
    country = db.get(Country, country_code)
    if country is None:
        raise NotFound
    named = LocalizedText({_tongue(country.language): rules.tidy(name)})
    known = _same(db, country_code, named)
    if known is not None:
        return known
    kind = kind_of(name)
    return add_institution(
        db, actor=actor, country_code=country_code, name=named, kind=kind, now=now
    )


def add_read_lines(db: Session, *, actor: Actor, lines: Sequence[ReadLine], now: datetime) -> int:
    """Adds the lines that were understood; returns how many were new. A name that the body's file
    suggests comes with its kind and its other language.
    """
    _lock(db)
    suggested = {
        (one.country, name_key(text)): one
        for one in current_body().suggested_institutions
        for text in one.name.values()
    }
    tongues = {row.code: row.language for row in db.scalars(select(Country))}
    added = 0
    for line in lines:
        policy.require_may_keep_institutions(actor, line.country_code)
        if line.country_code not in tongues:
            raise NotFound
        one = suggested.get((line.country_code, name_key(line.name)))
        if one and _exactly(db, line.country_code, one.name) is not None:
            one = None  # somebody said that this is another one
        tongue = tongues[line.country_code]
        name = one.name if one else LocalizedText({_tongue(tongue): rules.tidy(line.name)})
        if _exactly(db, line.country_code, name) is None:
            kind = one.kind if one else kind_of(line.name)
            _add(db, line.country_code, name, kind=kind, actor=actor, now=now)
            added += 1
    return added


def add_suggested(db: Session, *, actor: Actor, chosen: Iterable[int], now: datetime) -> int:
    """Adds institutions of the body's file by their place in it; returns how many were new."""
    policy.require_may_keep_reference(actor)
    _lock(db)
    there = set(db.scalars(select(Country.code)))
    suggested = current_body().suggested_institutions
    added = 0
    for place in sorted(set(chosen)):
        if not 0 <= place < len(suggested) or suggested[place].country not in there:
            continue
        one = suggested[place]
        if _same(db, one.country, one.name) is None:
            _add(db, one.country, one.name, kind=one.kind, actor=actor, now=now)
            added += 1
    return added


def change_institution(
    db: Session,
    *,
    actor: Actor,
    institution_id: int,
    name: LocalizedText,
    kind: str,
    now: datetime,
    mandate: str = "",
) -> bool:
    """Changes name, kind and mandate; returns whether they differ. Refuses at "name", "kind" and
    "mandate".
    """
    row = _locked(db, actor, institution_id)
    if errors := _defects(name, kind, mandate):
        raise InvalidInput(errors)
    same = _same(db, row.country_code, name)
    if same is not None and same != row.id:
        raise InvalidInput({"name": Sentence(TWICE)})
    name = name.map(rules.tidy)
    if (row.name, row.kind, row.mandate) == (name, kind, mandate):
        return False
    row.name, row.kind, row.mandate = name, kind, mandate
    db.flush()
    journal.record(db, InstitutionChanged(row.id, row.country_code), actor=actor, now=now)
    return True


def close_institution(
    db: Session, *, actor: Actor, institution_id: int, on: date, now: datetime
) -> None:
    """Closes the institution: it is offered nowhere any more; who served there stays on record.
    Again changes nothing.
    """
    row = _locked(db, actor, institution_id)
    if row.closed_on is None:
        _close(db, row, on, actor=actor, now=now)


def reopen_institution(db: Session, *, actor: Actor, institution_id: int, now: datetime) -> None:
    """Opens the institution again. Refuses with NameInUse. Again changes nothing."""
    row = _locked(db, actor, institution_id)
    if row.closed_on is not None:
        if _same(db, row.country_code, row.name) is not None:
            raise NameInUse
        row.closed_on = None
        db.flush()
        journal.record(db, InstitutionReopened(row.id, row.country_code), actor=actor, now=now)


def merge_institutions(
    db: Session, *, actor: Actor, keep_id: int, merged_id: int, on: date, now: datetime
) -> int:
    """Moves the posts of a second record to the first, and its mailbox where that has none, and
    closes the second; returns how many moved. Refuses at "other" what is not of the same country,
    and when the first was closed.
    """
    keep, merged = _locked(db, actor, keep_id), db.get(Institution, merged_id)
    if merged is None or merged.id == keep.id or merged.country_code != keep.country_code:
        raise InvalidInput({"other": Sentence(NOT_IN_LIST)})
    if keep.closed_on is not None:
        said = N_("This institution is closed. Open it again first, or join it to the other one.")
        raise InvalidInput({"other": Sentence(said)})
    count = func.count()
    posts = db.scalar(select(count).select_from(Post).where(Post.institution_id == merged.id)) or 0
    for table in (Post, HeldNewcomer):
        db.execute(
            update(table).where(table.institution_id == merged.id).values(institution_id=keep.id)
        )
    keep.contact_email = keep.contact_email or merged.contact_email
    if keep.is_sensitive or merged.is_sensitive:
        keep.is_sensitive = True
        db.flush()
        withhold_staff(db, keep.id, on)
    fact = InstitutionsMerged(keep.id, keep.country_code, merged.id, posts)
    journal.record(db, fact, actor=actor, now=now)
    if merged.closed_on is None:
        _close(db, merged, on, actor=actor, now=now)
    return posts


def keep_doubtful(
    db: Session,
    *,
    actor: Actor,
    lines: Sequence[ReadLine],
    shown: Collection[str] = (),
    now: datetime,
) -> None:
    """Stores the lines that wait for an answer, in place of the waiting lines in `shown`, by their
    text. Other waiting lines stay: they came from another page.
    """
    policy.require_may_keep_reference(actor)
    _lock(db)
    waiting = set()
    for row in db.scalars(select(DoubtfulInstitution)):
        if row.text in shown:
            db.delete(row)
        else:
            waiting.add((row.name, row.country_code))
    for line in lines:
        name = line.name if line.country_code else line.text
        if len(name) > LONGEST_INSTITUTION:
            name = line.name
        if (name, line.country_code) not in waiting:
            waiting.add((name, line.country_code))
            row = DoubtfulInstitution(name=name, country_code=line.country_code, added_at=now)
            db.add(row)
    db.flush()


def _lock(db: Session) -> None:
    """Locks institutions, so that of two who write the same name at the same time the second sees
    the first.
    """
    lock_by_name(db, "institutions")


def _tongue(language: str) -> str:
    return language if language in languages() else languages()[0]


def _defects(name: LocalizedText, kind: str, mandate: str) -> dict[str, Sentence]:
    errors = {}
    texts = [rules.tidy(text) for text in name.values()]
    if not texts or any(
        not text or len(text) > LONGEST_INSTITUTION or not text.isprintable() for text in texts
    ):
        errors["name"] = NAME
    if any(not is_one_line(text) for text in name.values()):
        errors["name"] = NAME
    if kind not in INSTITUTION_KINDS:
        errors["kind"] = Sentence(ONE_OF)
    if mandate not in ("", *Mandate):
        errors["mandate"] = Sentence(ONE_OF)
    return errors


def _same(db: Session, country_code: str, name: LocalizedText) -> int | None:
    """Returns the id of an open institution whose name differs in accents, case or short forms at
    most.
    """
    return _named(db, country_code, name, name_key)


def _exactly(db: Session, country_code: str, name: LocalizedText) -> int | None:
    return _named(db, country_code, name, str.casefold)


def _named(
    db: Session, country_code: str, name: LocalizedText, key: Callable[[str], str]
) -> int | None:
    keys = {key(text) for text in name.values()}
    there = select(Institution).where(
        Institution.country_code == country_code, Institution.closed_on.is_(None)
    )
    for row in db.scalars(there.order_by(Institution.id)):
        if keys & {key(text) for text in row.name.values()}:
            return row.id
    return None


def _add(
    db: Session,
    country_code: str,
    name: LocalizedText,
    *,
    kind: str,
    actor: Actor,
    now: datetime,
    mandate: str = "",
) -> int:
    row = Institution(country_code=country_code, name=name, kind=kind, mandate=mandate)
    db.add(row)
    db.flush()
    journal.record(db, InstitutionAdded(row.id, country_code), actor=actor, now=now)
    return row.id


def _close(db: Session, row: Institution, on: date, *, actor: Actor, now: datetime) -> None:
    row.closed_on = on
    db.flush()
    journal.record(db, InstitutionClosed(row.id, row.country_code, on), actor=actor, now=now)


def _locked(db: Session, actor: Actor, institution_id: int) -> Institution:
    _lock(db)
    row = db.scalar(select(Institution).where(Institution.id == institution_id).with_for_update())
    if row is None:
        raise NotFound
    policy.require_may_keep_institutions(actor, row.country_code)
    return row
