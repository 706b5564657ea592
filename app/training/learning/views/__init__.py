"""Pages of learning: the `syllabus`, the `lesson` player, the `quiz`. Opening a page writes
nothing.
"""

from app.training.learning.views import (
    beside,
    catalogue,
    lesson,
    offline,
    practice,
    pretest,
    quiz,
    statistics,
    syllabus,
)
from app.training.learning.views.door import bp

__all__ = [
    "beside",
    "bp",
    "catalogue",
    "lesson",
    "offline",
    "practice",
    "pretest",
    "quiz",
    "statistics",
    "syllabus",
]
