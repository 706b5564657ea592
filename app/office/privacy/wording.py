"""Purposes in words."""

from app.kernel.text import N_

PURPOSES = {
    "attendance-list": N_("Attendance list"),
    "statistics": N_("Statistics"),
    "recording": N_("Recording"),
    "contact": N_("Further webinars and courses"),
}

RETENTION = {
    "attendance": (
        N_("Who was at an event, and for how long"),
        N_("%(days)s days after the event. The figures in its report stay."),
    ),
    "attendance-details": (
        N_("Times of joining and leaving, corrections and reports of the meeting program"),
        N_("%(days)s days after the event."),
    ),
    "quiz-answers": (
        N_("Answers in quizzes, by attempt"),
        N_("%(days)s days after they were handed in. Scores and certificates stay."),
    ),
    "sign-in-attempts": (
        N_("Tries to sign in, and sessions that are over"),
        N_("%(days)s days afterwards."),
    ),
    "access-requests": (N_("Requests for access"), N_("%(days)s days after they were made.")),
    "letters": (
        N_("Letters that left or were given up"),
        N_("%(days)s days after they were written."),
    ),
    "guests": (
        N_("Names and addresses of guests and outside speakers"),
        N_("%(days)s days after their event. That somebody was there stays as a number."),
    ),
}
"""By kind of row: what the retention run deletes, and the rule that says when."""
