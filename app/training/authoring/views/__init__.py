"""Pages of authoring: `drafts` from their beginning to their edition, `parts` of a draft with its
banks in files, `looking` at it as a learner. All work without a script.
"""

from app.training.authoring.views import drafts, looking, parts
from app.training.authoring.views.drafts import bp

__all__ = ["bp", "drafts", "looking", "parts"]
