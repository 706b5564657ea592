"""Letters of the quarter: whether everybody on a country's list still serves, or how many."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import transaction
from app.infra.installation import site_address
from app.kernel.actor import Role
from app.kernel.text import LocalizedText
from app.office.notifications.queries import focal_points, holders
from app.office.notifications.tasks.letters import draft
from app.office.notifications.wording.letters import compose
from app.office.outbox.services import queue_messages
from app.office.outbox.values import LetterDraft
from app.people.directory.queries.roster import countries, countries_keeping
from app.people.directory.rules.confirming import REMINDED_AFTER, QuarterRound, RoundStep
from app.people.directory.services.confirming import ask_countries
from app.people.directory.values import SharedFigures
from app.training.turnover.queries.declared import countries_to_declare

CONFIRM, DECLARE = "roster-confirm", "counts-declare"
REMINDERS = {CONFIRM: "roster-reminder", DECLARE: "counts-reminder"}
TO_WRITE = "/letters/new?to=unconfirmed"
"""The page above this package that writes to the focal points of countries with people to confirm."""


def ask_who_serves() -> int:
    """Asks the countries of which the day has come who serves, or for their counts; reminds them and
    tells of those that are silent, once a day. Returns how many letters there are.

    All of a day is one transaction: whoever is killed in it wrote nothing, and whoever runs it again
    finds what was done. Whoever takes office during a round is asked the day after.
    """
    today, now = clock.today(), clock.now()
    with transaction() as db:
        known = countries(db)
        to_declare = countries_to_declare(db, today, among=known)
        rounds = ask_countries(db, today=today, now=now, to_declare=to_declare)
        names = {country.code: country.name for country in known}
        drafts = []
        for one, step in rounds:
            page = "declaration" if one.is_to_declare else "roster"
            kinds = [DECLARE if one.is_to_declare else CONFIRM]
            if step is RoundStep.REMIND:
                kinds.append(REMINDERS[kinds[0]])
            for to in focal_points(db, [one.country_code], on=today):
                about = {
                    "country": names[one.country_code],
                    "people": one.waiting,
                    "until": today + REMINDED_AFTER,  # whoever comes late has as long
                    "url": f"{site_address()}/countries/{one.country_code}/{page}",
                }
                for kind in kinds:
                    letter = compose(kind, to, **about)
                    drafts.append(draft(f"{kind}.{one.id}.{to.person_id}", to, letter))
        drafts += _to_the_secretariat(
            db, [one for one, step in rounds if step is RoundStep.TELL], names, today=today
        )
        return queue_messages(db, drafts, now=now)


def _to_the_secretariat(
    db: Session, silent: Sequence[QuarterRound], names: Mapping[str, LocalizedText], *, today: date
) -> list[LetterDraft]:
    """Returns one letter to each organizer about the countries that have not answered; none where
    there is no such country.
    """
    if not silent:
        return []
    key = ".".join(str(one.id) for one in silent)
    kept_back = countries_keeping(countries(db), actor=None, figures=SharedFigures.ALL)
    lines = [
        (names[one.country_code], replace(one, waiting=0) if one.country_code in kept_back else one)
        for one in silent
    ]
    drafts = []
    for to in holders(db, Role.ORGANIZER, on=today):
        letter = compose(
            "roster-silent",
            to,
            lines=lines,
            url=f"{site_address()}{TO_WRITE}",
        )
        drafts.append(draft(f"roster-silent.{key}.{to.person_id}", to, letter))
    return drafts
