"""Lets go of data every night, and erases again who stands in a backup that was restored."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog
from obstore.exceptions import BaseError

from app.infra import clock
from app.infra.backups.places import BackupPlace, places_of
from app.infra.database import transaction
from app.infra.journal import JournalEntry
from app.infra.platform import platform
from app.kernel.actor import SYSTEM
from app.office.privacy.services import erase, expire, give_up_names, retention_periods
from app.office.privacy.values import CertificateNames, PersonalData
from app.people.directory.facts import NamesGivenUp, NamesTakenUp
from app.people.identity.rules import LastOrganizer
from config import replace_file

log = structlog.get_logger()
AGAIN = "erase-again.json"
"""In the data folder, from a restore until all of it is done: by person what becomes of the name on
certificates, by country GIVEN_UP.
"""
GIVEN_UP = "given-up"


def let_go(*, dry_run: bool = False) -> Mapping[str, int]:
    """Deletes rows by the retention settings of the installation; returns how many of each kind."""
    personal = platform().port(PersonalData)
    with transaction() as db:
        return expire(
            db,
            keep=retention_periods(platform().settings),
            personal=personal,
            now=clock.now(),
            dry_run=dry_run,
        )


def on_person_erased(entry: JournalEntry, *, now: datetime) -> None:
    """Notes the person's number beside the backups, which hold the name until they go."""
    _note(
        entry.subject_id, {"at": entry.at.isoformat(), "names": entry.payload["certificate_names"]}
    )


def on_names_chosen(entry: JournalEntry, *, now: datetime) -> None:
    """Notes that the country gives no names from now on, or gives them again. Each choice has a note
    of its own, because notes may come late.
    """
    _note(f"{entry.subject_id}.{entry.fact}", {"at": entry.at.isoformat()})


def _note(name: str, told: Mapping[str, str]) -> None:
    for place in places_of(platform().settings):
        place.note(name, json.dumps(told).encode())


@dataclass(frozen=True)
class Noted:
    """What was erased, by the names of the notes; `unread`: the places that did not answer."""

    notes: Mapping[str, Mapping[str, str]]
    unread: Collection[Path | str]


def noted_beside(place: BackupPlace) -> Noted:
    """Reads the notes beside the backup that is to be restored, and beside those of today. Raises as
    `place` does; what else does not answer may be lost for good, and stops nobody.
    """
    notes: dict[str, Mapping[str, str]] = {}
    unread = []
    for one in (*places_of(platform().settings), place):
        try:
            told = {name: json.loads(content) for name, content in one.notes().items()}
        except (BaseError, OSError):
            if one is place:
                raise
            unread.append(one.where)
            continue
        for name, note in told.items():
            if name not in notes or _at(notes[name]) < _at(note):
                notes[name] = note
    return Noted(notes, unread)


def keep_erased(noted: Noted, *, made_at: datetime, present: Collection[str]) -> Mapping[str, str]:
    """Writes down, and returns, what `erase_again` is to do of what was done since a backup was made
    that was just restored. `present`: the people and countries in it; a number that is not among them
    is given anew.
    """
    notes, again = noted.notes, {}
    for name, note in notes.items():
        who, _, fact = name.partition(".")
        if who not in present or _at(note) < made_at:
            continue
        if not fact:
            again[who] = note["names"]
        elif fact == NamesGivenUp.__name__:
            taken_up = notes.get(f"{who}.{NamesTakenUp.__name__}")
            if taken_up is None or _at(taken_up) < _at(note):
                again[who] = GIVEN_UP
    _write_again(again)
    return again


def _at(note: Mapping[str, str]) -> datetime:
    return datetime.fromisoformat(note["at"])


def erase_again() -> int:
    """Erases whom a restored backup brought back, and takes the names of countries that give none;
    returns how many were done. Each is struck off at once, so that a kill repeats one at most. Who may
    not be erased yet, as the last organizer, stays written down.
    """
    path = platform().settings.data / AGAIN
    if not path.exists():
        return 0
    left = json.loads(path.read_text(encoding="ascii"))
    again = dict(left)
    for who, names in again.items():
        try:
            _let_go_again(who, names)
        except LastOrganizer:
            log.warning("the last organizer is not erased again", person=who)
        else:
            del left[who]
            _write_again(left)
    return len(again) - len(left)


def _let_go_again(who: str, names: str) -> None:
    domains = platform().port(PersonalData).domains
    with transaction() as db:
        if names == GIVEN_UP:
            give_up_names(
                db,
                actor=SYSTEM,
                country_code=who,
                domains=domains,
                now=clock.now(),
            )
        else:
            erase(
                db,
                actor=SYSTEM,
                person_id=int(who),
                domains=domains,
                now=clock.now(),
                hides_names=names == CertificateNames.ERASED,
            )


def _write_again(again: Mapping[str, str]) -> None:
    """Writes it whole or not at all; an empty one is no file."""
    path = platform().settings.data / AGAIN
    if not again:
        path.unlink(missing_ok=True)
        return
    replace_file(path, json.dumps(again))
