"""Pages of packages: the `catalogue`, `importing`, and the `content` that runs on the second origin."""

from app.training.packages.views import catalogue, importing
from app.training.packages.views.content import bp as content
from app.training.packages.views.door import bp

__all__ = ["bp", "catalogue", "content", "importing"]
