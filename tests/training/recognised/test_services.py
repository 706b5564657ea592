"""Accepted, declined, taken back: by whom, once, with history, and apart from certificates."""

from datetime import date, timedelta
from functools import partial

import pytest
from flask import Flask
from flask.ctx import AppContext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.infra.database import reading, transaction
from app.infra.files import files
from app.infra.journal import JournalEntry
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound
from app.people.directory.models import Person
from app.training.learning.values import GUIDELINES
from app.training.recognised import queries, services
from app.training.recognised.models import RecognisedTraining
from app.training.recognised.policy import OwnTraining
from app.training.recognised.queries import ListTerms
from app.training.recognised.rules import read_list
from app.training.recognised.services import AlreadySettled
from app.training.recognised.values import (
    CompletionList,
    CompletionOutcome,
    JudgedList,
    RecognisedSource,
    StoredUpload,
    TrainingClaim,
    TrainingState,
)
from app.training.turnover.queries import figures
from app.training.turnover.rules.coverage import in_public
from app.training.turnover.values import Coverage
from tests.security.test_races import together
from tests.training.recognised.builders import (
    NOW,
    TODAY,
    UPLOAD,
    claim,
    holder,
    keeper,
    person_named,
)
from tests.training.turnover.builders import (
    ORGANIZER,
    a_certificate,
    a_staff,
    an_edition,
    an_institution,
    an_official,
)

pytestmark = pytest.mark.both_databases
TERMS = ListTerms(GUIDELINES, RecognisedSource.ECAMPUS, "Género y fronteras")


def a_list(*rows: tuple[str, str, str]) -> CompletionList:
    return read_list([("Name", "Email address", "Course complete"), *rows])


def accept(db: Session, actor: object, completions: CompletionList, **said: object) -> JudgedList:
    terms = ListTerms(TERMS.course, TERMS.source, TERMS.title, people=said.get("people"))  # type: ignore[arg-type]
    return services.accept_list(
        db,
        actor=actor,  # type: ignore[arg-type]
        country_code="HN",
        completions=completions,
        terms=terms,
        now=NOW,
        today=TODAY,
    )


def bring(
    db: Session,
    actor: Actor,
    of: TrainingClaim,
    person_id: int | None = None,
    *,
    upload: StoredUpload = UPLOAD,
) -> int:
    return services.bring_certificate(
        db,
        actor=actor,
        person_id=person_id or actor.person_id,
        claim=of,
        upload=upload,
        now=NOW,
        today=TODAY,
    ).id


def outcomes(done: JudgedList) -> list[CompletionOutcome]:
    return [one.outcome for one in done.lines]


def rows_in(db: Session) -> int:
    return db.scalar(select(func.count()).select_from(RecognisedTraining)) or 0


def coverage(on: date = TODAY) -> Coverage:
    with reading() as db:
        shown = figures.country_coverage(db, actor=ORGANIZER, country_code="HN", on=on)
    assert shown is not None
    return shown


def test_r66_accepted_list_counts_as_recognised_apart_from_our_own(
    app_context: AppContext,
) -> None:
    """R66: a completion list, accepted by the focal point, counts as recognised, apart from our own,
    with source and date.
    """
    with transaction() as db:
        a_staff(db, serving=10, certified=4, name="Ana")
        edition = an_edition(db)
        focal = keeper(db)
        people = db.scalars(select(Person).order_by(Person.id)).all()
        free, certified = people[5], people[0]
    before = coverage()
    assert (before.certified, before.recognised) == (4, 0)
    listed = a_list(
        (free.full_name, free.email, "12/03/2026"),
        (certified.full_name, certified.email, "25/03/2026"),
    )
    with transaction() as db:
        done = accept(db, focal, listed)
    assert outcomes(done) == [CompletionOutcome.RECOGNISED] * 2
    after = coverage()
    assert (after.certified, after.recognised) == (4, 1), "who holds our certificate counts once"
    assert (after.share, after.low, after.high) == (before.share, before.low, before.high)
    assert coverage(date(2026, 3, 11)).recognised == 0
    with reading() as db:
        found = queries.trainings_of_country(db, actor=focal, country_code="HN", today=TODAY)
    shown = next(one for one in found.standing if one.person_id == free.id)
    assert (shown.source, shown.completed_on) == (RecognisedSource.ECAMPUS, date(2026, 3, 12))
    assert shown.last_valid_on == date(2028, 3, 12), "as long as a certificate of the edition"
    with transaction() as db:
        a_certificate(db, free.id, edition, on=date(2026, 5, 1), until=None)
    assert (coverage().certified, coverage().recognised) == (5, 0)


def test_second_import_creates_none_and_what_was_taken_back_stays_so(
    app_context: AppContext,
) -> None:
    with transaction() as db:
        a_staff(db, serving=3, certified=0, name="Ana")
        focal = keeper(db)
        people = db.scalars(select(Person).order_by(Person.id)).all()
    listed = a_list(*((one.full_name, one.email, "2026-03-12") for one in people))
    with transaction() as db:
        assert len(accept(db, focal, listed).recognised) == 3
    with transaction() as db:
        assert outcomes(accept(db, focal, listed)) == [CompletionOutcome.KNOWN] * 3
        assert rows_in(db) == 3
        row = db.scalars(select(RecognisedTraining).order_by(RecognisedTraining.id)).first()
        assert row is not None
        services.take_back(db, actor=focal, training_id=row.id, reason="Otra persona", now=NOW)
    assert coverage().recognised == 2
    with transaction() as db:
        assert outcomes(accept(db, focal, listed))[0] is CompletionOutcome.TAKEN_BACK
        assert rows_in(db) == 3, "nothing is deleted: the row stands with its reason"
        ended = db.scalars(
            select(RecognisedTraining).where(RecognisedTraining.ended_at.is_not(None))
        ).one()
        assert ended.end_reason == "Otra persona"
        facts = db.scalars(select(JournalEntry.fact).order_by(JournalEntry.id)).all()
    assert facts == ["TrainingRecognised"] * 3 + ["TrainingTakenBack"]


def test_people_of_other_countries_are_nobody_in_a_list(app_context: AppContext) -> None:
    with transaction() as db:
        a_staff(db, "GT", serving=2, certified=0, name="Xtzunun")
        a_staff(db, serving=2, certified=0, name="Ana")
        focal = keeper(db)
        theirs = db.scalars(select(Person).where(Person.country_code == "GT")).all()
        listed = a_list(*((one.full_name, one.email, "2026-03-12") for one in theirs))
        done = accept(db, focal, listed)
        assert outcomes(done) == [CompletionOutcome.NOBODY] * 2
        assert done.names == {}
        forced = accept(db, focal, listed, people={2: theirs[0].id})
        assert outcomes(forced)[0] is CompletionOutcome.NOBODY, "nor when their number is typed"
        with pytest.raises(NotFound):
            services.accept_list(
                db,
                actor=keeper(db, "GT"),
                country_code="HN",
                completions=listed,
                terms=TERMS,
                now=NOW,
                today=TODAY,
            )
        assert rows_in(db) == 0


def test_a_name_with_another_address_is_asked_about(app_context: AppContext) -> None:
    with transaction() as db:
        a_staff(db, serving=3, certified=0, name="Lourdes")
        focal = keeper(db)
        listed = a_list(
            ("Lourdes Apellido 1", "private@example.com", "2026-03-12"),
            ("Lourdes Apellido 2", "", "2026-03-12"),
            ("Nadie Conocido", "", "2026-03-12"),
        )
        first = accept(db, focal, listed)
        assert outcomes(first) == [
            CompletionOutcome.ASKED,
            CompletionOutcome.RECOGNISED,
            CompletionOutcome.NOBODY,
        ]
        who = person_named(db, "Lourdes Apellido 1")
        assert who in first.lines[0].people
        assert outcomes(accept(db, focal, listed, people={2: 0}))[0] is CompletionOutcome.LEFT_OUT
        assert (
            outcomes(accept(db, focal, listed, people={2: who}))[0] is CompletionOutcome.RECOGNISED
        )


def test_rows_that_cannot_count_give_their_reason(app_context: AppContext) -> None:
    with transaction() as db:
        a_staff(db, serving=5, certified=0, name="Ana")
        people = db.scalars(select(Person).order_by(Person.id)).all()
        focal = keeper(db, person_id=people[4].id)
        listed = a_list(
            (people[0].full_name, people[0].email, ""),
            (people[1].full_name, people[1].email, "2027-01-01"),
            (people[2].full_name, people[2].email, "2019-01-01"),
            (people[3].full_name, people[3].email, "2026-01-05"),
            (people[3].full_name, people[3].email, "2026-02-05"),
            (people[4].full_name, people[4].email, "2026-02-05"),
            (people[0].full_name, people[0].email, "someday"),
        )
        assert outcomes(accept(db, focal, listed)) == [
            CompletionOutcome.NOT_COMPLETED,
            CompletionOutcome.FUTURE,
            CompletionOutcome.OVER,
            CompletionOutcome.AGAIN,
            CompletionOutcome.RECOGNISED,
            CompletionOutcome.OWN,
            CompletionOutcome.NO_DAY,
        ]
        assert rows_in(db) == 1


def test_r66_brought_certificate_counts_once_the_focal_point_accepts_it(
    app_context: AppContext,
) -> None:
    """R66: one uploaded certificate, accepted by the focal point, counts as recognised, apart from
    our own, with source and date.
    """
    with transaction() as db:
        _appointment, person_id = an_official(db, an_institution(db), name="Lourdes Reyes")
        an_edition(db)
        her, focal = holder(db, person_id), keeper(db)
        number = bring(db, her, claim())
    assert coverage().recognised == 0
    with transaction() as db, pytest.raises(NotFound):
        services.accept_training(
            db, actor=keeper(db, "GT"), training_id=number, now=NOW, today=TODAY
        )
    with transaction() as db, pytest.raises(NotFound):
        services.accept_training(db, actor=her, training_id=number, now=NOW, today=TODAY)
    with transaction() as db:
        services.accept_training(db, actor=focal, training_id=number, now=NOW, today=TODAY)
    assert (coverage().certified, coverage().recognised) == (0, 1)
    with transaction() as db, pytest.raises(AlreadySettled):
        services.decline_training(db, actor=focal, training_id=number, reason="No", now=NOW)
    with reading() as db:
        (own,) = queries.own_trainings(db, actor=her, today=TODAY)
    assert (own.state, own.is_brought) == (TrainingState.ACCEPTED, True)
    assert (own.source, own.completed_on) == (RecognisedSource.ECAMPUS, date(2026, 3, 4))


def test_nobody_accepts_their_own(app_context: AppContext) -> None:
    with transaction() as db:
        _appointment, person_id = an_official(db, an_institution(db))
        an_edition(db)
        both = keeper(db, person_id=person_id)
        number = bring(db, both, claim())
        with pytest.raises(OwnTraining):
            services.accept_training(db, actor=both, training_id=number, now=NOW, today=TODAY)
    assert coverage().recognised == 0


def test_only_the_focal_point_of_a_country_brings_in_what_others_learnt(
    app_context: AppContext,
) -> None:
    with transaction() as db:
        _appointment, person_id = an_official(db, an_institution(db), name="Lourdes Reyes")
        an_edition(db)
        listed = a_list(("Lourdes Reyes", "", "2026-03-12"))
        for actor, refusal in ((keeper(db, "GT"), NotFound), (ORGANIZER, NotAllowed)):
            with pytest.raises(refusal):
                bring(db, actor, claim(), person_id)
            with pytest.raises(refusal):
                accept(db, actor, listed)
        assert rows_in(db) == 0
        bring(db, keeper(db), claim(), person_id)
    assert coverage().recognised == 1


def test_the_same_certificate_twice_a_future_day_and_no_reason_are_refused(
    app_context: AppContext,
) -> None:
    with transaction() as db:
        _appointment, person_id = an_official(db, an_institution(db))
        an_edition(db)
        her, focal = holder(db, person_id), keeper(db)

        number = bring(db, her, claim(date(2026, 3, 4)))
        for day in (date(2026, 3, 4), TODAY + timedelta(days=1), date(2015, 1, 1)):
            with pytest.raises(InvalidInput) as refusal:
                bring(db, her, claim(day))
            assert set(refusal.value.errors) == {"completed_on"}
        with pytest.raises(InvalidInput):
            services.decline_training(db, actor=focal, training_id=number, reason=" ", now=NOW)


def test_a_declined_one_may_be_brought_again_and_a_waiting_one_withdrawn(
    app_context: AppContext,
) -> None:
    with transaction() as db:
        _appointment, person_id = an_official(db, an_institution(db))
        an_edition(db)
        her, focal = holder(db, person_id), keeper(db)
        number = bring(db, her, claim())
        services.decline_training(db, actor=focal, training_id=number, reason="No se lee", now=NOW)
        again = bring(db, her, claim())
        with pytest.raises(NotFound):
            services.withdraw_certificate(db, actor=focal, training_id=again, now=NOW)
        services.withdraw_certificate(db, actor=her, training_id=again, now=NOW)
        assert rows_in(db) == 1


def test_two_who_accept_a_list_at_once_write_each_row_once(app: Flask) -> None:
    with app.app_context(), transaction() as db:
        a_staff(db, serving=20, certified=0, name="Ana")
        focal, other = keeper(db), keeper(db)
        people = db.scalars(select(Person).order_by(Person.id)).all()
    listed = a_list(*((one.full_name, one.email, "2026-03-12") for one in people))

    def press(actor: object) -> int:
        with transaction() as db:
            return len(accept(db, actor, listed).recognised)

    written = together(app, [partial(press, actor) for actor in (focal, other)])
    assert sorted(map(str, written)) == ["0", "20"]
    with app.app_context(), reading() as db:
        assert rows_in(db) == 20


def test_small_numbers_of_recognised_stay_inside_the_country() -> None:
    def told(recognised: int, serving: int = 30) -> int | None:
        shown = in_public(Coverage(TODAY, serving, 10, 10, 0, recognised))
        assert shown is not None
        return shown.recognised

    assert [told(n) for n in (0, 1, 4, 5, 15)] == [0, None, None, 5, 15]
    assert told(16) is None, "four who are neither could be told from it"
    assert told(20) == 20


def test_erasing_deletes_the_file_and_the_words(app: Flask) -> None:
    with app.app_context():
        key = files().put(b"%PDF-1.7 her certificate")
        with transaction() as db:
            _appointment, person_id = an_official(db, an_institution(db))
            an_edition(db)
            her, focal = holder(db, person_id), keeper(db)
            upload = StoredUpload(key, "application/pdf")
            for day in (date(2026, 3, 4), date(2026, 4, 4)):
                number = bring(db, her, claim(day), upload=upload)
            services.accept_training(db, actor=focal, training_id=number, now=NOW, today=TODAY)
            data = queries.personal_data(db, person_id)["recognised_training"]
            assert [one["has_file"] for one in data] == [True, True]
        with transaction() as db:
            services.erase_person(db, person_id=person_id, now=NOW)
        with reading() as db:
            (row,) = db.scalars(select(RecognisedTraining))
            assert (row.file_key, row.source_title, row.end_reason) == ("", "", "")
        services.drop_file(key)
        with pytest.raises(FileNotFoundError):
            files().get(key)
