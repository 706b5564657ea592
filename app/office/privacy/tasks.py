"""Lets go of data every night, and erases again who stands in a backup that was restored."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime

import structlog

from app.infra import clock
from app.infra.backups.places import BackupPlace, places_of
from app.infra.database import transaction
from app.infra.journal import JournalEntry
from app.infra.platform import platform
from app.kernel.actor import SYSTEM
from app.office.privacy.services import erase, expire, retention_periods
from app.office.privacy.values import CertificateNames, PersonalData
from app.people.identity.rules import LastOrganizer

log = structlog.get_logger()
AGAIN = "erase-again.json"
"""In the data folder, from a restore until all who are in it are erased: person to what becomes of
the name on certificates.
"""


def let_go(*, dry_run: bool = False) -> Mapping[str, int]:
    """Deletes rows by the retention settings of the installation; returns how many of each kind."""
    personal = platform().port(PersonalData)
    with transaction() as db:
        return expire(
            db,
            keep=retention_periods(platform().settings),
            domains=personal.domains,
            expire_letters=personal.expire_letters,
            now=clock.now(),
            dry_run=dry_run,
        )


def on_person_erased(entry: JournalEntry, *, now: datetime) -> None:
    """Notes the person's number beside the backups, which hold the name until they go."""
    told = {"at": entry.at.isoformat(), "names": entry.payload["certificate_names"]}
    for place in places_of(platform().settings):
        place.note(entry.subject_id, json.dumps(told).encode())


def keep_erased(place: BackupPlace, *, made_at: datetime, people: Collection[int]) -> int:
    """Writes down whom `erase_again` is to erase, of the people in a backup that was just restored:
    those erased since it was made. Returns how many. Numbers that are not in it are given anew.
    """
    again = {}
    for one in (place, *places_of(platform().settings)):
        for number, content in one.notes().items():
            told = json.loads(content)
            if int(number) in people and datetime.fromisoformat(told["at"]) >= made_at:
                again[number] = told["names"]
    if again:
        _write_again(again)
    return len(again)


def erase_again() -> int:
    """Erases whom a restored backup brought back; returns how many. Who may not be erased yet, as
    the last organizer, stays written down.
    """
    path = platform().settings.data / AGAIN
    if not path.exists():
        return 0
    left, again = {}, json.loads(path.read_text(encoding="ascii"))
    for number, names in again.items():
        hides_name = names == CertificateNames.ERASED
        try:
            with transaction() as db:
                erase(
                    db,
                    actor=SYSTEM,
                    person_id=int(number),
                    now=clock.now(),
                    domains=platform().port(PersonalData).domains,
                    name_secret=platform().settings.secret if hides_name else None,
                )
        except LastOrganizer:
            log.warning("the last organizer is not erased again", person=number)
            left[number] = names
    if left:
        _write_again(left)
    else:
        path.unlink()
    return len(again) - len(left)


def _write_again(again: Mapping[str, str]) -> None:
    path = platform().settings.data / AGAIN
    part = path.with_suffix(".part")
    part.write_text(json.dumps(again), encoding="ascii")
    part.replace(path)
