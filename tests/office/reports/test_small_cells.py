"""Small cells: nothing hidden comes out of totals, of other reports, or of knowing how it was
hidden.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import timedelta
from itertools import product
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update

from app.infra.database import reading, transaction
from app.kernel.actor import SYSTEM
from app.kernel.small_numbers import hidden, hidden_over, may_name
from app.kernel.text import LocalizedText
from app.office.privacy.models import Consent
from app.office.reports.queries import _came, by_sex, donor_report, event_report
from app.office.reports.values import Audience, Cell
from app.participation.registrations.models import Registration, RegistrationConsent
from app.people.directory.models import Country, Person
from app.planning.events.models import Attendance, EventFunding, FundingSource
from tests.planning.events.rows import NOW, an_event

pytestmark = pytest.mark.at(NOW)
ENDED = NOW - timedelta(hours=3)


@pytest.mark.parametrize(("cells", "most"), [(2, 12), (3, 13), (5, 5)])
def test_whoever_knows_the_rule_and_the_total_learns_no_hidden_number(
    cells: int, most: int
) -> None:
    """All tables that look alike when they are told: no hidden cell may be the same in all of
    them.
    """
    alike = defaultdict(list)
    for numbers in product(range(most + 1), repeat=cells):
        counts = dict(zip("abcde", numbers, strict=False))
        kept_back = hidden(counts)
        alike[told(counts, kept_back)].append(counts)
    for (_shown, names, people), tables in alike.items():
        if people <= most:  # what is larger was not tried to the end
            assert all(len({table[key] for table in tables}) > 1 for key in names)


def told(
    counts: Mapping[str, int], kept_back: Collection[str]
) -> tuple[object, tuple[str, ...], int]:
    """What is shown, whose numbers are hidden, the total."""
    if not may_name(counts, kept_back):
        return "nothing", (), sum(counts.values())
    shown = tuple((key, count) for key, count in counts.items() if key not in kept_back)
    return shown, tuple(sorted(kept_back)), sum(counts.values())


@pytest.mark.parametrize(
    "counts", [{"F": 3}, {"F": 1, "M": 1}, {"F": 1, "M": 4, "": 0}, {"F": 2, "M": 1, "": 1}]
)
def test_where_the_total_would_tell_all_not_even_the_cells_are_named(
    counts: dict[str, int],
) -> None:
    told = by_sex(counts)
    assert all(cell.count is None for cell in told)
    assert (len(told) == 1) is (sum(counts.values()) < 5)


def test_a_sum_of_reports_does_not_give_away_what_one_of_them_hides() -> None:
    first, second = {"HN": 10, "GT": 9, "MX": 8}, {"HN": 1, "GT": 12, "MX": 11}
    assert hidden(second) == {"HN", "MX"}
    assert "HN" not in hidden(
        {key: first[key] + second[key] for key in first}
    )  # by itself it would be told: 11
    assert {"HN", "MX"} <= hidden_over([first, second])
    assert (
        hidden_over([first, {"HN": 3, "GT": 12, "MX": 2}, {"HN": 2, "GT": 12, "MX": 4}])
        == frozenset()
    )


def people(app: Flask, event_id: UUID, **counts: int) -> list[int]:
    """Who came, without having been asked whether they may be counted. Their ids."""
    found = []
    with app.app_context(), transaction() as db:
        for country, count in counts.items():
            for number in range(count):
                person = Person(
                    full_name=f"X {country} {number}",
                    sort_key=f"x {country} {number}",
                    country_code=country,
                    sex="F",
                    timezone="America/Guatemala",
                )
                db.add(person)
                db.flush()
                db.add(
                    Attendance(
                        event_id=event_id,
                        person_id=person.id,
                        minutes=80,
                        source="import",
                        recorded_at=NOW,
                    )
                )
                found.append(person.id)
    return found


def numbers(cells: Collection[Cell]) -> dict[str, int | None]:
    return {cell.key: cell.count for cell in cells}


@pytest.mark.both_databases
def test_r28_a_donor_s_year_less_an_event_s_report_tells_no_hidden_country(app: Flask) -> None:
    one, two = an_event(app, starts_at=ENDED), an_event(app, starts_at=ENDED - timedelta(days=1))
    people(app, one, HN=10, GT=9, MX=8)
    people(app, two, HN=1, GT=12, MX=11)
    with app.app_context(), transaction() as db:
        source = FundingSource(slug="fondo", name=LocalizedText(es="Fondo", en="Fund"))
        db.add(source)
        db.flush()
        db.add_all(
            EventFunding(event_id=event_id, funding_source_id=source.id) for event_id in (one, two)
        )
        db.flush()
        year = donor_report(db, actor=SYSTEM, slug="fondo", year=NOW.year)
        reports = [
            event_report(db, actor=SYSTEM, event_id=event_id, today=NOW.date())
            for event_id in (one, two)
        ]
    assert numbers(year.countries) == {"HN": None, "GT": 21, "MX": None}
    assert year.came == sum(report.came for report in reports) == 51
    assert numbers(reports[0].countries)["HN"] == 10


def test_country_that_shares_no_figures_is_in_no_report_that_is_handed_on(app: Flask) -> None:
    """And its number cannot be worked out: in each event the next smallest is hidden with it, and so
    are their totals.
    """
    one, two = an_event(app, starts_at=ENDED), an_event(app, starts_at=ENDED - timedelta(days=1))
    people(app, one, HN=10, GT=9, MX=18)
    people(app, two, HN=11, GT=22, MX=12)
    with app.app_context(), transaction() as db:
        db.execute(update(Country).where(Country.code == "HN").values(shares_figures="nothing"))
        source = FundingSource(slug="fondo", name=LocalizedText(es="Fondo", en="Fund"))
        db.add(source)
        db.flush()
        for event_id in (one, two):
            db.add(EventFunding(event_id=event_id, funding_source_id=source.id))
        db.flush()
        reports = [
            numbers(event_report(db, actor=SYSTEM, event_id=event_id, today=NOW.date()).countries)
            for event_id in (one, two)
        ]
        year = donor_report(db, actor=SYSTEM, slug="fondo", year=NOW.year)
        whole = event_report(
            db, actor=SYSTEM, event_id=one, today=NOW.date(), audience=Audience.OFFICE
        )
    assert reports == [{"HN": None, "GT": None, "MX": 18}, {"HN": None, "GT": 22, "MX": None}]
    assert numbers(year.countries) == {"HN": None, "GT": None, "MX": None}
    assert numbers(whole.countries)["HN"] == 10, "who runs the event holds the names"


def test_r55_who_did_not_agree_to_figures_stands_in_none(app: Flask) -> None:
    """Asked and not agreed, agreed and taken back, taken back for all of Convoca: three of six."""
    event_id = an_event(app, starts_at=ENDED)
    ids = people(app, event_id, HN=11)
    said: list[tuple[bool, bool]] = [(False, False), (True, True), (True, False)]
    with app.app_context(), transaction() as db:
        for person_id, (agreed, taken_back) in zip(ids, said, strict=False):
            row = Registration(
                event_id=event_id,
                person_id=person_id,
                status="registered",
                consent_version="2026-1",
                created_at=NOW,
                changed_at=NOW,
            )
            db.add(row)
            db.flush()
            if agreed:
                db.add(
                    RegistrationConsent(
                        registration_id=row.id,
                        purpose="statistics",
                        version="2026-1",
                        given_at=ENDED,
                        withdrawn_at=NOW if taken_back else None,
                    )
                )
        for person_id, given_again in ((ids[2], True), (ids[3], False), (ids[4], True)):
            db.add(
                Consent(
                    person_id=person_id,
                    purpose="statistics",
                    version="2026-1",
                    given_at=ENDED,
                    withdrawn_at=NOW,
                )
            )
            if given_again:
                db.add(
                    Consent(
                        person_id=person_id, purpose="statistics", version="2026-1", given_at=NOW
                    )
                )
    with app.app_context(), reading() as db:
        report = event_report(db, actor=SYSTEM, event_id=event_id, today=NOW.date())
    assert report.came == 11
    assert numbers(report.countries) == {"HN": None, "": None}  # eight and three
    assert numbers(report.sexes) == {"F": None, "": None}
    people(app, event_id, **{"GT": 20})
    with app.app_context(), transaction() as db:
        counted = Counter(who for _minutes, who, _sex in _came(db, event_id))
    assert counted == {"HN": 8, "": 3, "GT": 20}
