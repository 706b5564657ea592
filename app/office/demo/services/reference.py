"""Reference data of every installation: the body's countries, groups and limits, national holidays,
the published courses.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

from sqlalchemy.orm import Session

from app.infra.body import BodyInvalid, current_body
from app.kernel.actor import SYSTEM
from app.kernel.reference import reference_day
from app.kernel.text import Language, languages
from app.people.directory.services.reference import seed_reference
from app.planning.holidays.services.official import load_official_holidays
from app.planning.scheduling.queries.settings import decisions_of
from app.planning.scheduling.rules.book import names, spec_of
from app.planning.scheduling.services.settings import set_rule
from app.training.learning.forms.folder import COURSE_FILES, parse_course
from app.training.learning.services.publishing import EditionIsPublished, publish_edition
from app.training.learning.values import CourseContent

COURSES = Path(__file__).parents[4] / "courses"
REASON = "Con este límite empieza el organismo. / The body begins with this limit."


def load_reference(db: Session, *, now: datetime) -> tuple[str, ...]:
    """Adds what is missing of the reference data and changes nothing that users keep, so that it
    can run at every start.

    Returns, as "course label", the editions that were left out because another text stands under
    their label here: an edition that was published never changes (decision 101).
    """
    body = current_body()
    seed_reference(db, body)
    _seed_limits(db, body.limits, now=now)
    load_official_holidays(db, years=range(now.year - 1, now.year + 3))
    left_out = []
    for content in shipped_courses():
        try:
            publish_edition(db, actor=SYSTEM, content=content, now=now)
        except EditionIsPublished:
            left_out.append(f"{content.slug} {content.edition}")
    return tuple(left_out)


def _seed_limits(db: Session, limits: Mapping[str, int], *, now: datetime) -> None:
    """Decides the thresholds that differ from the rule book as it is written, if nobody has
    decided about the rule yet. Raises BodyInvalid for a limit that cannot be.
    """
    for rule, threshold in limits.items():
        if rule not in names():
            raise BodyInvalid(f"limits.{rule}: the rule book has no such rule")
        default, bounds = spec_of(rule).setting, spec_of(rule).limits
        if not bounds.allow(default.severity, threshold):
            raise BodyInvalid(
                f"limits.{rule}: must be a whole number from {bounds.lowest} to {bounds.highest}"
                if bounds.counts
                else f"limits.{rule}: this rule has no limit"
            )
        if default.threshold != threshold and not decisions_of(db, actor=SYSTEM, rule=rule):
            set_rule(
                db,
                actor=SYSTEM,
                rule=rule,
                severity=default.severity,
                threshold=threshold,
                valid_from=reference_day(now),
                valid_until=None,
                reason=REASON,
                now=now,
            )


def guidelines_course() -> CourseContent:
    """Returns the Guidelines course as its authors wrote it under courses/guidelines."""
    return _course_in(COURSES / "guidelines", languages())


def shipped_courses() -> tuple[CourseContent, ...]:
    """Returns the courses of the body under courses/, as their authors wrote them.

    Raises BodyInvalid for one that is not there.
    """
    named = current_body().courses
    for name in named:
        if not (COURSES / name / "course.yaml").is_file():
            raise BodyInvalid(f"courses: there is no {name} under courses/")
    return tuple(_course_in(COURSES / name, languages()) for name in sorted(named))


@cache
def _course_in(folder: Path, _languages: tuple[Language, ...]) -> CourseContent:
    """Reads the files once for each set of languages: they are a part of the program, and a course
    is read in the languages of the installation.
    """
    files = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*.*"))
        if path.suffix in COURSE_FILES
    }
    return parse_course(files)
