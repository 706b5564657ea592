"""Use cases of authoring: `starting` and closing a draft, `parts` of it, `publishing` it, and
`reviewing` a course.
"""

from app.training.authoring.services.parts import (
    add_part,
    confirm_translation,
    import_questions,
    move_part,
    remove_part,
    restore_part,
    save_part,
)
from app.training.authoring.services.publishing import content_of_draft, publish_draft, readiness
from app.training.authoring.services.reviewing import open_review, set_review
from app.training.authoring.services.starting import (
    discard_draft,
    draft_from_edition,
    rest_on,
    start_course,
)

__all__ = [
    "add_part",
    "confirm_translation",
    "content_of_draft",
    "discard_draft",
    "draft_from_edition",
    "import_questions",
    "move_part",
    "open_review",
    "publish_draft",
    "readiness",
    "remove_part",
    "rest_on",
    "restore_part",
    "save_part",
    "set_review",
    "start_course",
]
