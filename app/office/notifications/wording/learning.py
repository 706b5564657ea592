"""Letters about the course."""

from app.infra.language import translate
from app.office.notifications.values import Recipient
from app.office.notifications.wording.letters import letter
from app.office.outbox.values import Letter


def official_enrolled(to: Recipient, *, course: str, url: str) -> Letter:
    lang = to.language
    return letter(
        lang,
        translate(lang, "You are enrolled in the course"),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(
            lang,
            "Your country's focal point enrolled you in “%(course)s”.",
            course=course,
        ),
        translate(
            lang,
            "Begin on any day and at your own pace; what you have done is kept: %(url)s",
            url=url,
        ),
        kind="course-enrolled",
        values={"name": to.name, "course": course},
    )
