"""The only writers of learning: `publishing`, reading (`study`), `quiz`, and `completing`, which
they call.
"""

from app.training.learning.services.publishing import publish_edition
from app.training.learning.services.quiz import save_answer, start_attempt, submit_attempt
from app.training.learning.services.study import leave_screen, start_enrolment

__all__ = [
    "leave_screen",
    "publish_edition",
    "save_answer",
    "start_attempt",
    "start_enrolment",
    "submit_attempt",
]
