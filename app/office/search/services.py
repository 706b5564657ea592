"""Keeping the index of words true."""

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.office.search import rules
from app.office.search.models import SearchDocument
from app.office.search.queries.words import words_in
from app.office.search.values import INDEXED, HitKind, SearchWords

AT_ONCE = 500
"""Documents written by one statement."""


def refresh(db: Session, *, kind: HitKind, subject: str) -> None:
    """Writes the words of one thing anew; what is gone is taken out."""
    db.execute(
        delete(SearchDocument).where(
            SearchDocument.kind == kind.value, SearchDocument.subject == subject
        )
    )
    for words in words_in(db, kind, subject):
        db.execute(insert(SearchDocument), [_row(kind, words)])


def rebuild(db: Session) -> int:
    """Compares the index with the tables, writes what differs, and returns how many documents
    changed.
    """
    return sum(_rebuild(db, kind) for kind in INDEXED)


def _rebuild(db: Session, kind: HitKind) -> int:
    documents = select(
        SearchDocument.subject, SearchDocument.title, SearchDocument.body, SearchDocument.id
    ).where(SearchDocument.kind == kind.value)
    standing = {
        subject: (title, body, number) for subject, title, body, number in db.execute(documents)
    }
    fresh, stale = [], []
    for words in words_in(db, kind):
        row = _row(kind, words)
        before = standing.pop(words.subject, None)
        if before is not None and before[:2] == (row["title"], row["body"]):
            continue
        if before is not None:
            stale.append(before[2])
        fresh.append(row)
    stale += [number for _title, _body, number in standing.values()]
    for start in range(0, len(stale), AT_ONCE):
        part = stale[start : start + AT_ONCE]
        db.execute(delete(SearchDocument).where(SearchDocument.id.in_(part)))
    for start in range(0, len(fresh), AT_ONCE):
        db.execute(insert(SearchDocument), fresh[start : start + AT_ONCE])
    return len(fresh) + len(standing)


def _row(kind: HitKind, words: SearchWords) -> dict[str, str]:
    return {
        "kind": kind.value,
        "subject": words.subject,
        "title": rules.stored(words.title),
        "body": rules.stored(words.body),
    }
