"""Purposes in words, and for how long things are kept."""

from app.infra.language import span_text, translate
from app.kernel.text import N_, Language

PURPOSES = {
    "attendance-list": N_("Attendance list"),
    "statistics": N_("Statistics"),
    "recording": N_("Recording"),
    "contact": N_("Further webinars and courses"),
}

RETENTION = {
    "attendance": (
        N_("Who was at an event, and for how long"),
        N_("%(span)s after the event. The figures in its report stay."),
    ),
    "attendance-details": (
        N_("Times of joining and leaving, corrections and reports of the meeting program"),
        N_("%(span)s after the event."),
    ),
    "quiz-answers": (
        N_("Answers in quizzes, by attempt"),
        N_("%(span)s after they were handed in. Scores and certificates stay."),
    ),
    "sign-in-attempts": (
        N_("Tries to sign in, and sessions that are over"),
        N_("%(span)s afterwards."),
    ),
    "access-requests": (N_("Requests for access"), N_("%(span)s after they were made.")),
    "letters": (
        N_("Letters that left or were given up"),
        N_("%(span)s after they were written."),
    ),
    "guests": (
        N_("Names and addresses of guests and outside speakers"),
        N_("%(span)s after their event. That somebody was there stays as a number."),
    ),
}
"""By kind of row: what the retention run deletes, and the rule that says when."""


def kept_text(language: Language, kind: str, days: int) -> tuple[str, str]:
    """Returns what a kind of rows holds, and until when, such as "three years after the event."."""
    what, rule = RETENTION[kind]
    return translate(language, what), translate(language, rule, span=span_text(language, days))
