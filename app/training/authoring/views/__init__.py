"""Pages of authoring: `drafts` to begin and end one, `writing` its parts, `looking` at it as a
learner, the `bank` of a module in a file, `publishing` it, `reviews` of courses. All work without a script.
"""

from app.training.authoring.views import bank, drafts, looking, publishing, reviews, writing
from app.training.authoring.views.door import bp

__all__ = ["bank", "bp", "drafts", "looking", "publishing", "reviews", "writing"]
