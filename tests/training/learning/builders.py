"""A small course for tests: two open modules and one in preparation; each open one has a lesson of
two screens and a quiz of three questions out of five, two of which are needed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any
from uuid import UUID

import yaml
from flask import Flask
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import SYSTEM, Actor
from app.people.directory.models import Person
from app.training.learning.forms.folder import parse_course
from app.training.learning.models import Attempt, AttemptItem, Item, ItemOption
from app.training.learning.rules.quiz import Given
from app.training.learning.services import publishing, quiz, study
from app.training.learning.values import CourseContent, CoursePosition, Press

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
LESSON_1, LESSON_2 = CoursePosition("one", "A-L1"), CoursePosition("two", "B-L1")
QUIZ_1, QUIZ_2 = (
    CoursePosition("one", "A-Q", is_quiz=True),
    CoursePosition("two", "B-Q", is_quiz=True),
)


LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same in C takes a tenth of the time
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def _read(text: str) -> Any:
    return yaml.load(text, Loader=LOADER)


def _written(document: object) -> str:
    text: str = yaml.dump(document, Dumper=DUMPER)
    return text


def both(text: str) -> dict[str, str]:
    return {"es": f"{text} (es)", "en": f"{text} (en)"}


def an_item(prefix: str, number: int, kind: str = "single") -> dict[str, object]:
    right = {"single": (1,), "multiple": (0, 2), "truefalse": (0,)}[kind]
    return {
        "code": f"{prefix}-{number:03d}",
        "objective": f"{prefix}-O1" if number % 2 else f"{prefix}-O2",
        "kind": kind,
        "section": "I",
        "stem": both(f"Stem {prefix}{number}"),
        "options": [
            {
                "correct": index in right,
                "text": both(f"Option {prefix}{number}.{index}"),
                "feedback": both(f"Feedback {prefix}{number}.{index}"),
            }
            for index in range(2 if kind == "truefalse" else 3)
        ],
    }


def a_module(prefix: str, slug: str) -> dict[str, str]:
    module = {
        "objectives": [
            {"code": f"{prefix}-O{n}", "text": both(f"Objective {n}"), "sections": ["I"]}
            for n in (1, 2)
        ],
        "units": [
            {
                "code": f"{prefix}-L1",
                "kind": "page",
                "title": both(f"Lesson {prefix}"),
            },
            {
                "code": f"{prefix}-Q",
                "kind": "quiz",
                "title": both(f"Quiz {prefix}"),
                "draw": {f"{prefix}-O1": 2, f"{prefix}-O2": 1},
                "pass_mark": 0.5,
                "pause_minutes": 10,
            },
        ],
    }
    kinds = ("single", "single", "multiple", "truefalse", "single")
    items = [an_item(prefix, number, kind) for number, kind in enumerate(kinds, start=1)]
    return {
        f"{slug}/module.yaml": _written(module),
        f"{slug}/bank.yaml": _written({"items": items}),
        f"{slug}/{prefix}-L1.es.md": f"## Primera {prefix}\n\nHola.\n\n---\n\n## Segunda {prefix}\n\nAdiós.",
        f"{slug}/{prefix}-L1.en.md": f"## First {prefix}\n\nHello.\n\n---\n\n## Second {prefix}\n\nBye.",
    }


def some_files(edition: str = "2026.1") -> dict[str, str]:
    return dict(_files_of(edition))


@cache
def _files_of(edition: str) -> dict[str, str]:
    modules = [
        {
            "number": number,
            "slug": slug,
            "title": both(f"Module {slug}"),
            "outcome": both(f"Can {slug}"),
            "published": number < 3,
            **({} if number < 3 else {"minutes": 15}),
        }
        for number, slug in enumerate(("one", "two", "three"), start=1)
    ]
    course = {
        "slug": "guidelines",
        "title": both("Course"),
        "summary": both("Summary"),
        "edition": edition,
        "modules": modules,
    }
    sections = {
        "version": "2019",
        "title": both("Guidelines"),
        "source_note": both("Note"),
        "sections": [{"code": "I", "title": both("Introduction")}],
    }
    return {
        "course.yaml": _written(course),
        "sections.yaml": _written(sections),
        **a_module("A", "one"),
        **a_module("B", "two"),
    }


DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360" role="img"><title>{}</title>'
    '<rect width="640" height="360" fill="#fffefb"/></svg>'
)


def practised_files(edition: str = "2026.2") -> dict[str, str]:
    """The small course with all that a module may hold: in the first one a figure and an invitation
    to think on screen 1, a check under it, a vignette, a critical question and one to order, terms
    and sources.
    """
    files = some_files(edition)
    bank = _read(files["one/bank.yaml"])
    bank["cases"] = [{"code": "A-K1", "text": both("Vignette A")}]
    for item in bank["items"]:
        item |= {"screen": "A-L1#2", "critical": item["code"] == "A-002"}
    bank["items"][0]["case"] = "A-K1"
    bank["items"][3] |= {
        "kind": "ordering",
        "feedback": both("Explanation A4"),
        "options": [{"text": both(f"Step {number}")} for number in (1, 2, 3)],
    }
    check = {
        "code": "A-L1-K1",
        "unit": "A-L1",
        "after": 1,
        "kind": "single",
        "stem": both("Check A"),
        "options": [
            {
                "text": both(f"Answer {number}"),
                "correct": number == 2,
                "feedback": both(f"Because {number}"),
            }
            for number in (1, 2, 3)
        ],
    }
    source = {
        "title": both("Convention"),
        "body": both("United Nations"),
        "year": 1951,
        "kind": "treaty",
        "url": "https://www.example.org/convention",
        "note": both("For refuge"),
    }
    files |= {
        "one/bank.yaml": _written(bank),
        "one/checks.yaml": _written({"checks": [check]}),
        "one/glossary.yaml": _written(
            {"terms": [{"term": both("Refuge"), "meaning": both("A safe place")}]}
        ),
        "one/sources.yaml": _written({"sources": [source]}),
    }
    for language, think in (("es", "Piense un momento"), ("en", "Think for a moment")):
        name = f"one/A-L1.{language}.md"
        head, rest = files[name].split("\n\n---", 1)
        files[name] = f"{head}\n\n![A map](A-F1)\n\n**{think}:** ¿what?\n\n---{rest}"
        files[f"one/figures/A-F1.{language}.svg"] = DRAWING.format(language)
    return files


def another_course(slug: str = "conduct", *, modules: int = 1) -> CourseContent:
    """A course of one module or two that rests on a document of its own."""
    files = some_files("1")
    course, sections = _read(files["course.yaml"]), _read(files["sections.yaml"])
    course |= {"slug": slug, "title": both(slug), "modules": course["modules"][:modules]}
    sections["version"] = slug
    return parse_course(
        files | {"course.yaml": _written(course), "sections.yaml": _written(sections)}
    )


@cache
def some_content(edition: str = "2026.1") -> CourseContent:
    return parse_course(some_files(edition))


@cache
def practised_content(edition: str = "2026.2") -> CourseContent:
    return parse_course(practised_files(edition))


@dataclass
class Classroom:
    """The small course published in an application, and what learners do in it. Every call is its
    own transaction.
    """

    app: Flask
    now: datetime = NOW
    course: str = "guidelines"

    def publish(self, content: CourseContent | None = None, now: datetime | None = None) -> int:
        with self.app.app_context(), transaction() as db:
            given = content or some_content()
            return publishing.publish_edition(db, actor=SYSTEM, content=given, now=now or self.now)

    def learner(self, name: str = "María José Ñáñez") -> Actor:
        with self.app.app_context(), transaction() as db:
            person = Person(
                full_name=name, sort_key=name, timezone="America/Tegucigalpa", country_code=None
            )
            db.add(person)
            db.flush()
            return Actor(
                account_id=0 + person.id, person_id=person.id, name=name, timezone=person.timezone
            )

    def enrol(self, actor: Actor) -> UUID:
        with self.app.app_context(), transaction() as db:
            return study.start_enrolment(
                db, actor=actor, course_slug=self.course, language="es", now=self.now
            )

    def leave(
        self, actor: Actor, place: CoursePosition, screen: int, press: Press | None = None
    ) -> CoursePosition | None:
        at = CoursePosition(place.module_slug, place.unit_code, screen)
        with self.app.app_context(), transaction() as db:
            return study.leave_screen(
                db,
                actor=actor,
                course_slug=self.course,
                place=at,
                language="es",
                press=press,
                now=self.now,
            )

    def read(self, actor: Actor, place: CoursePosition) -> None:
        for screen in (1, 2):
            self.leave(actor, place, screen)

    def start(
        self, actor: Actor, place: CoursePosition, seed: int = 1, press: Press | None = None
    ) -> UUID:
        with self.app.app_context(), transaction() as db:
            return quiz.start_attempt(
                db,
                actor=actor,
                course_slug=self.course,
                place=place,
                language="es",
                rng=Random(seed),
                press=press,
                now=self.now,
            )

    def save(
        self,
        actor: Actor,
        attempt_id: UUID,
        position: int,
        options: Iterable[int],
        press: Press | None = None,
    ) -> None:
        with self.app.app_context(), transaction() as db:
            quiz.save_answer(
                db,
                actor=actor,
                attempt_id=attempt_id,
                position=position,
                given=Given(frozenset(options)),
                press=press,
                now=self.now,
            )

    def order(self, actor: Actor, attempt_id: UUID, position: int, rows: Iterable[int]) -> None:
        with self.app.app_context(), transaction() as db:
            quiz.save_answer(
                db,
                actor=actor,
                attempt_id=attempt_id,
                position=position,
                given=Given(rows=tuple(rows)),
                now=self.now,
            )

    def submit(self, actor: Actor, attempt_id: UUID, press: Press | None = None) -> bool:
        with self.app.app_context(), transaction() as db:
            return quiz.submit_attempt(
                db, actor=actor, attempt_id=attempt_id, press=press, now=self.now
            )

    def answer_all(self, actor: Actor, attempt_id: UUID, *, right: int) -> None:
        """The first `right` questions as they should be, the others with one wrong option."""
        for position, (good, bad) in enumerate(self.key(attempt_id), start=1):
            self.save(actor, attempt_id, position, good if position <= right else bad[:1])

    def sit(self, actor: Actor, place: CoursePosition, *, right: int = 3, seed: int = 1) -> UUID:
        """A whole quiz; the next one is possible at once."""
        attempt_id = self.start(actor, place, seed)
        self.answer_all(actor, attempt_id, right=right)
        self.submit(actor, attempt_id)
        self.now += timedelta(minutes=10)
        return attempt_id

    def key(self, attempt_id: UUID) -> list[tuple[list[int], list[int]]]:
        """For each question the ids of the right and of the wrong options, read past the
        application's queries.
        """
        with self.app.app_context(), reading() as db:
            asked = db.scalars(
                select(AttemptItem).where(AttemptItem.attempt_id == attempt_id)
            ).all()
            options = {option.id: option.is_correct for option in db.scalars(select(ItemOption))}
        return [
            (
                [id_ for id_ in item.option_order if options[id_]],
                [id_ for id_ in item.option_order if not options[id_]],
            )
            for item in sorted(asked, key=lambda item: item.position)
        ]

    def facts(self, name: str) -> list[JournalEntry]:
        with self.app.app_context(), reading() as db:
            return list(db.scalars(select(JournalEntry).where(JournalEntry.fact == name)))

    def attempts(self) -> list[Attempt]:
        with self.app.app_context(), reading() as db:
            return list(db.scalars(select(Attempt).order_by(Attempt.number)))

    def items(self, attempt_id: UUID) -> list[tuple[AttemptItem, Item]]:
        with self.app.app_context(), reading() as db:
            rows = select(AttemptItem, Item).join(Item, Item.id == AttemptItem.item_id)
            found = db.execute(
                rows.where(AttemptItem.attempt_id == attempt_id).order_by(AttemptItem.position)
            )
            return [(asked, item) for asked, item in found]
