"""Pages of packages: the `catalogue` with importing, and the `content` that runs on the second origin."""

from app.training.packages.views import catalogue
from app.training.packages.views.catalogue import bp
from app.training.packages.views.content import bp as content

__all__ = ["bp", "catalogue", "content"]
