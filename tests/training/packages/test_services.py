"""Issue 12: versions, visits and what they record."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import SYSTEM, Actor
from app.kernel.refusal import NotAllowed, NotFound
from app.training.packages import services
from app.training.packages.models import (
    PackageEnrolment,
    PackageResult,
    PackageSession,
    PackageUpload,
)
from app.training.packages.queries import (
    file_of,
    keys_in_use,
    learners_of,
    package_page,
    play_of,
    upload_of,
)
from app.training.packages.rules import words as rules
from app.training.packages.services import LASTS
from app.training.packages.values import PackagePage, Play, PlayStatus, Saved, VisitEntry, VisitMode
from tests.support.actors import actor_of
from tests.training.packages.builders import (
    archive,
    imported,
    manifest,
    manifest_2004,
    package,
    resource,
    uploaded,
)

SUSPEND = {"cmi.suspend_data": "ñ" * 9, "cmi.core.lesson_location": "3", "cmi.core.exit": "suspend"}


class Learner:
    """An official of Honduras in front of a package; hours pass as told."""

    def __init__(self, app: Flask, slug: str, who: str = "official-hn") -> None:
        self.app, self.slug = app, slug
        self.actor: Actor = actor_of(app, who)
        self.now: datetime = clock.now()
        self.sequence = 0
        self.visit: UUID = uuid4()

    def begins(self) -> UUID:
        with self.app.app_context(), transaction() as db:
            return services.enrol(db, actor=self.actor, slug=self.slug, now=self.now)

    def opens(self, item: str = "I1", *, is_anew: bool = False) -> UUID:
        enrolment_id = self.begins() if self.page().enrolment_id is None else None
        with self.app.app_context(), transaction() as db:
            self.visit = services.open_session(
                db,
                actor=self.actor,
                enrolment_id=enrolment_id or self.page().enrolment_id or uuid4(),
                item_key=item,
                is_anew=is_anew,
                now=self.now,
            )
        self.sequence = 0
        return self.visit

    def says(
        self, *, ended: bool = False, visit: UUID | None = None, minutes: int = 5, **core: str
    ) -> Saved:
        values = {
            f"cmi.core.{'score.raw' if name == 'raw' else name}": value
            for name, value in core.items()
        }
        return self.sends(values, ended=ended, visit=visit, minutes=minutes)

    def sends(
        self,
        values: dict[str, str],
        *,
        ended: bool = False,
        visit: UUID | None = None,
        minutes: int = 5,
        sequence: int | None = None,
    ) -> Saved:
        self.now += timedelta(minutes=minutes)
        self.sequence += 1
        with self.app.app_context(), transaction() as db:
            return services.save_commit(
                db,
                session_id=visit or self.visit,
                sequence=sequence or self.sequence,
                sent=values,
                ended=ended,
                now=self.now,
            )

    def page(self) -> PackagePage:
        with self.app.app_context(), reading() as db:
            return package_page(db, actor=self.actor, slug=self.slug)

    def play(self) -> Play:
        with self.app.app_context(), reading() as db:
            return play_of(db, session_id=self.visit, now=self.now)


@pytest.fixture
def learner(app: Flask) -> Learner:
    actor_of(app, "official-hn")
    with app.app_context(), transaction() as db:
        slug = imported(db, now=clock.now())
    return Learner(app, slug)


@pytest.mark.both_databases
def test_suspended_visit_is_resumed_with_equal_state_and_its_time_counts_once(
    learner: Learner,
) -> None:
    """What others got wrong: status and score alone are kept, so a package begins anew (the XBlock
    of Open edX, Frappe).
    """
    learner.opens()
    assert (learner.play().entry, learner.play().mode) == (VisitEntry.FIRST, VisitMode.NORMAL)
    learner.sends({"cmi.suspend_data": "one", "cmi.core.session_time": "00:04:00"})
    learner.sends({**SUSPEND, "cmi.core.session_time": "00:07:30"}, ended=True)
    assert learner.page().standings["I1"].seconds == 450
    learner.opens()
    state = learner.play().state
    assert (state["cmi.core.entry"], state["cmi.core.total_time"]) == ("resume", "0000:07:30.00")
    assert state["cmi.suspend_data"] == "ñ" * 9
    assert state["cmi.core.lesson_location"] == "3"
    learner.says(lesson_status="completed", session_time="00:01:00", ended=True)
    assert learner.page().standings["I1"].seconds == 510
    assert learner.page().completed_at == learner.now


@pytest.mark.both_databases
def test_a_visit_is_one_row_however_many_elements_it_has(learner: Learner) -> None:
    """What others got wrong: a row for each element of each visit, which had to be migrated away
    (`scorm_scoes_track` of Moodle).
    """
    learner.opens()
    many = {f"cmi.interactions.{n}.id": f"q{n}" for n in range(40)}
    learner.sends({**many, "cmi.core.lesson_location": "4"})
    learner.sends({"cmi.core.lesson_location": "5"})
    with learner.app.app_context(), reading() as db:
        visits = db.scalars(select(PackageSession)).all()
        results = db.scalars(select(PackageResult)).all()
    assert len(visits) == len(results) == 1
    assert len([name for name in visits[0].state if name.startswith("cmi.interactions.")]) == 40
    assert visits[0].state["cmi.core.lesson_location"] == "5"


def test_pass_is_not_lost_by_looking_again(learner: Learner) -> None:
    """What others got wrong: a part that was passed is incomplete again once it is opened (IOMAD,
    issue 1685).
    """
    learner.opens()
    assert learner.sends({}, ended=True).status is PlayStatus.COMPLETED
    first = learner.page().completed_at
    learner.opens()
    assert learner.play().mode is VisitMode.REVIEW
    learner.says(lesson_status="failed", ended=True, raw="1")
    page = learner.page()
    assert (page.standings["I1"].status, page.completed_at) == (PlayStatus.COMPLETED, first)
    assert page.standings["I1"].score is None


def test_package_that_completes_on_its_last_page_can_be_tried_once_more(learner: Learner) -> None:
    """The first try counts until it is over, and another one until it is; the best result stays."""
    learner.opens()
    learner.says(lesson_status="completed", exit="suspend", ended=True)
    learner.opens()
    assert (learner.play().mode, learner.play().entry) == (VisitMode.NORMAL, VisitEntry.RESUME)
    learner.says(raw="40", ended=True)
    assert learner.page().standings["I1"].score == 40
    learner.opens(is_anew=True)
    assert (learner.play().mode, learner.play().entry) == (VisitMode.NORMAL, VisitEntry.FIRST)
    assert "cmi.core.score.raw" not in learner.play().state
    learner.says(lesson_status="passed", raw="90", ended=True)
    learner.opens(is_anew=True)
    learner.says(lesson_status="failed", raw="10", ended=True)
    standing = learner.page().standings["I1"]
    assert (standing.status, standing.score) == (PlayStatus.PASSED, 90)


HIDDEN = (
    '<item identifier="I1" identifierref="R1"><title>Uno</title>'
    "<adlcp:prerequisites>I2</adlcp:prerequisites></item>"
    '<item identifier="I2" identifierref="R1" isvisible="false"><title>Ayuda</title></item>'
)


def test_item_that_the_manifest_hides_does_not_block_completion(app: Flask) -> None:
    """Nor does it keep closed what is to come after it, because nobody can open it."""
    actor_of(app, "official-hn")
    with app.app_context(), transaction() as db:
        slug = imported(db, package(manifest(HIDDEN)), now=clock.now())
    learner = Learner(app, slug)
    learner.opens()
    learner.says(lesson_status="completed", ended=True)
    assert learner.page().completed_at is not None


OBJECTIVES = (
    '<imsss:sequencing><imsss:objectives><imsss:primaryObjective objectiveID="whole"/>'
    '<imsss:objective objectiveID="rights"/><imsss:objective objectiveID="duties"/>'
    "</imsss:objectives></imsss:sequencing>"
)


def test_objectives_of_a_manifest_stand_when_an_attempt_begins(app: Flask) -> None:
    actor_of(app, "official-hn")
    with app.app_context(), transaction() as db:
        slug = imported(db, package(manifest_2004(sequencing=OBJECTIVES)), now=clock.now())
    learner = Learner(app, slug)
    learner.opens()
    ids = [f"cmi.objectives.{number}.id" for number in range(3)]
    assert [learner.play().state[element] for element in ids] == ["whole", "rights", "duties"]
    learner.sends(
        {ids[0]: "rights", "cmi.objectives.0.success_status": "passed", "cmi.exit": "suspend"}
    )
    learner.opens()
    kept = {e: value for e, value in learner.play().state.items() if ".objectives." in e}
    assert kept == {ids[0]: "rights", "cmi.objectives.0.success_status": "passed"}


@pytest.mark.both_databases
def test_closed_visit_takes_nothing_and_a_repeated_commit_changes_nothing(
    learner: Learner,
) -> None:
    learner.opens()
    learner.says(lesson_status="incomplete", raw="40")
    again = learner.sends({"cmi.core.score.raw": "99"}, sequence=1)
    assert (again.sequence, learner.page().standings["I1"].score) == (1, 40)
    learner.sends(SUSPEND, ended=True, sequence=5)
    assert learner.sends(SUSPEND, ended=True, sequence=5).is_closed
    with pytest.raises(rules.SessionIsOver):
        learner.sends({"cmi.core.lesson_status": "passed"}, sequence=6)
    assert learner.page().standings["I1"].status is PlayStatus.INCOMPLETE


def test_second_tab_and_the_end_of_the_day_close_a_visit(learner: Learner) -> None:
    first = learner.opens()
    learner.opens()
    with pytest.raises(rules.SessionIsOver):
        learner.says(lesson_status="passed", visit=first)
    learner.now += LASTS
    with pytest.raises(rules.SessionIsOver):
        learner.says(lesson_status="passed")
    with pytest.raises(NotFound):
        learner.play()
    with pytest.raises(NotFound):
        learner.says(visit=uuid4())


def test_package_that_keeps_too_much_is_refused(learner: Learner) -> None:
    learner.opens()
    with pytest.raises(rules.StateTooLarge):
        learner.sends({"cmi.suspend_data": "x" * 64_001})
    for first in range(0, 200, 10):
        parts = range(first, first + 10)
        many = {f"cmi.interactions.{part}.student_response": "x" * 4_000 for part in parts}
        try:
            learner.sends(many)
        except rules.StateTooLarge:
            break
    else:
        pytest.fail("a session grew without end")


def test_parts_open_in_turn_and_the_last_one_completes_the_package(app: Flask) -> None:
    items = """<item identifier="A" identifierref="R2"><title>A</title></item>
      <item identifier="B" identifierref="R1"><title>B</title>
      <adlcp:masteryscore>80</adlcp:masteryscore><adlcp:prerequisites>A</adlcp:prerequisites></item>"""
    xml = manifest(items, resource("R1", "index.html") + resource("R2", "doc.html", "asset"))
    actor_of(app, "official-hn")
    with app.app_context(), transaction() as db:
        slug = imported(db, package(xml, **{"doc.html": "x"}), now=clock.now())
    learner = Learner(app, slug)
    learner.begins()
    with pytest.raises(rules.PartNotOpen):
        learner.opens("B")
    with pytest.raises(NotFound):
        learner.opens("C")
    learner.opens("A")
    assert learner.page().standings["A"].status is PlayStatus.COMPLETED
    assert learner.page().completed_at is None
    learner.opens("B")
    assert learner.says(ended=True, raw="60").status is PlayStatus.FAILED
    learner.opens("B")
    assert learner.says(ended=True, raw="81").status is PlayStatus.PASSED
    assert learner.page().completed_at == learner.now
    with app.app_context(), reading() as db:
        facts = db.scalars(select(JournalEntry.fact).order_by(JournalEntry.id)).all()
    assert [fact for fact in facts if fact.startswith("Package")] == [
        "PackageAccepted",
        "PackageStarted",
        "PackageCompleted",
    ]


def test_learner_finishes_on_the_version_that_was_begun(learner: Learner) -> None:
    """What others got wrong: the old package is overwritten on upload (the XBlock of Open edX,
    Frappe).
    """
    old = learner.begins()
    app = learner.app
    newer = package(manifest().replace("Lección", "Lección 2"), **{"extra.html": "x"})
    with app.app_context(), transaction() as db:
        assert imported(db, newer, now=learner.now, slug=learner.slug) == learner.slug
    page = learner.page()
    assert (page.version_number, page.newest_number, page.enrolment_id) == (1, 2, old)
    learner.opens()
    with app.app_context(), reading() as db:
        asked = {"now": learner.now, "enrolment_id": old}
        assert file_of(db, path="index.html", **asked).media_type == "text/html"  # type: ignore[arg-type]
        with pytest.raises(NotFound):
            file_of(db, path="extra.html", **asked)  # type: ignore[arg-type]
    learner.sends({}, ended=True)
    assert learner.page().completed_at is not None
    assert learner.begins() != old
    assert (learner.page().version_number, learner.page().completed_at) == (2, None)


def test_same_bytes_are_no_new_version_and_discarded_ones_leave_nothing(
    learner: Learner,
) -> None:
    organizer = actor_of(learner.app, "organizer")
    with learner.app.app_context(), transaction() as db:
        with pytest.raises(rules.SamePackage):
            uploaded(db, now=learner.now, slug=learner.slug)
        with pytest.raises(NotAllowed):
            uploaded(db, now=learner.now, actor=learner.actor)
        blocked = package(manifest("", resource("R1", "gone.html")))
        with pytest.raises(rules.BlockedPackage):
            uploaded(db, blocked, now=learner.now)
        other = archive({"imsmanifest.xml": manifest(), "index.html": "other"})
        upload_id = uploaded(db, other, now=learner.now, actor=organizer)
        with pytest.raises(NotFound):
            upload_of(db, actor=SYSTEM, upload_id=upload_id)
        kept = upload_of(db, actor=organizer, upload_id=upload_id)
        keys = services.discard_upload(db, actor=organizer, upload_id=upload_id)
        assert keys == {kept.file_key}
        assert not keys_in_use(db, keys)
        uploaded(db, package(**{"third.html": "x"}), now=learner.now)
        assert not services.let_go_of_old_uploads(db, actor=organizer, now=learner.now)
        tomorrow = learner.now + timedelta(days=1, seconds=1)
        assert services.let_go_of_old_uploads(db, actor=organizer, now=tomorrow)
        assert db.scalars(select(PackageUpload.id)).all() == []


def test_withdrawn_package_is_finished_and_not_begun(learner: Learner) -> None:
    learner.opens()
    other = Learner(learner.app, learner.slug, "official-gt")
    with learner.app.app_context(), transaction() as db:
        services.withdraw_package(db, actor=SYSTEM, slug=learner.slug, now=learner.now)
        services.withdraw_package(db, actor=SYSTEM, slug=learner.slug, now=learner.now)
    with pytest.raises(rules.PackageIsWithdrawn):
        other.begins()
    with pytest.raises(NotFound):
        other.page()
    assert learner.sends({}, ended=True).status is PlayStatus.COMPLETED


def test_lists_show_ones_own_country_and_nothing_beyond(learner: Learner) -> None:
    learner.opens()
    learner.says(ended=True, raw="70")
    Learner(learner.app, learner.slug, "official-gt").begins()
    package_id = learner.page().id
    seen = {}
    for who in ("organizer", "focal-point-hn", "focal-point-gt"):
        actor = actor_of(learner.app, who)
        with learner.app.app_context(), reading() as db:
            lines = learners_of(db, actor=actor, package_id=package_id)
        seen[who] = [(line.country, line.score, line.completed_at is not None) for line in lines]
    honduras, guatemala = ("HN", 70.0, True), ("GT", None, False)
    assert sorted(seen["organizer"]) == [guatemala, honduras]
    assert (seen["focal-point-hn"], seen["focal-point-gt"]) == ([honduras], [guatemala])
    with learner.app.app_context(), reading() as db:
        with pytest.raises(NotAllowed):
            learners_of(db, actor=learner.actor, package_id=package_id)
        assert db.scalars(select(PackageEnrolment.id)).all()
