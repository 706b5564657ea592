"""What a planner types: the season with its table of wishes, and another place for one of them."""

from app.planning.seasons.forms.season import PlaceForm, SeasonForm, row_words
from app.planning.seasons.forms.table import COLUMNS, rows_in

__all__ = ["COLUMNS", "PlaceForm", "SeasonForm", "row_words", "rows_in"]
