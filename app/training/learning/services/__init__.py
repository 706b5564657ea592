"""The only writers of learning: `publishing`, reading (`study`), `practice`, `quiz`, and
`completing`, which they call.
"""

from app.training.learning.services.crediting import Credit, credit_editions, credit_modules
from app.training.learning.services.practice import answer_check, write_note
from app.training.learning.services.pretest import (
    save_pretest_answer,
    start_pretest,
    submit_pretest,
)
from app.training.learning.services.publishing import publish_edition
from app.training.learning.services.quiz import save_answer, start_attempt, submit_attempt
from app.training.learning.services.study import (
    enrol_again,
    enrol_official,
    leave_screen,
    start_enrolment,
)

__all__ = [
    "Credit",
    "answer_check",
    "credit_editions",
    "credit_modules",
    "enrol_again",
    "enrol_official",
    "leave_screen",
    "publish_edition",
    "save_answer",
    "save_pretest_answer",
    "start_attempt",
    "start_enrolment",
    "start_pretest",
    "submit_attempt",
    "submit_pretest",
    "write_note",
]
