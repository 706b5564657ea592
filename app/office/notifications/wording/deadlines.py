"""Letters about the day by which a course is to be finished."""

from collections.abc import Sequence
from datetime import date

from app.infra.language import ntranslate, translate
from app.kernel.text import N_, LocalizedText
from app.office.notifications.values import Recipient
from app.office.notifications.wording.letters import letter
from app.office.outbox.values import Letter
from app.training.deadlines.values import DeadlineStep, DueLine
from app.web.render import day_text

OPEN_IT = N_("Start or go on here; you can stop at any screen: %(url)s")


def course_due(
    to: Recipient, *, step: DeadlineStep, course: LocalizedText, due_on: date, url: str
) -> Letter:
    """As they enter the post, before the day and after it."""
    lang = to.language
    title, day = course.in_(lang), day_text(due_on, lang)
    if step is DeadlineStep.START:
        subject = translate(lang, "Your course: %(course)s, by %(day)s", course=title, day=day)
        lead = translate(
            lang,
            "The post you entered asks for the course “%(course)s”. Please finish it by %(day)s.",
            course=title,
            day=day,
        )
    elif step is DeadlineStep.PASSED_7:
        subject = translate(lang, "You can still finish the course: %(course)s", course=title)
        lead = translate(
            lang,
            "The course “%(course)s” was to be finished by %(day)s. You can still finish it, and your "
            "certificate is worth the same.",
            course=title,
            day=day,
        )
    else:
        subject = translate(lang, "Until %(day)s: %(course)s", course=title, day=day)
        lead = translate(
            lang,
            "The course “%(course)s” is to be finished by %(day)s, and you have not finished it yet.",
            course=title,
            day=day,
        )
    return letter(
        lang,
        subject,
        translate(lang, "Hello, %(name)s:", name=to.name),
        lead,
        translate(lang, OPEN_IT, url=url),
        kind=(
            "course-due"
            if step is DeadlineStep.START
            else "course-due-passed"
            if step is DeadlineStep.PASSED_7
            else "course-due-soon"
        ),
        values={"name": to.name, "course": title, "day": day},
    )


def deadlines_passed(to: Recipient, lines: Sequence[DueLine], *, url: str) -> Letter:
    """To a focal point: who passed the day since the last of these letters, a line each."""
    lang, count = to.language, len(lines)
    listed = "\n".join(
        f"– {line.name}: {line.course_title.in_(lang)}, {day_text(line.due_on, lang)}"
        for line in lines
    )
    return letter(
        lang,
        ntranslate(
            lang,
            "%(num)d official has not finished a course in time",
            "%(num)d officials have not finished a course in time",
            count,
            num=count,
        ),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(
            lang,
            "The day by which these officials of your country were to finish a course has passed. "
            "They were reminded and can still finish it.",
        ),
        listed,
        translate(lang, "Everybody with a day and how they stand: %(url)s", url=url),
        kind="course-due-digest",
        values={"name": to.name},
    )
