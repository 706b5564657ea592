"""What a planner types: the season with its table of wishes, and another place for one of them."""

from app.planning.seasons.forms.season import AcceptForm, PlaceForm, SeasonForm, row_words
from app.planning.seasons.forms.table import columns, heading, rows_in

__all__ = ["AcceptForm", "PlaceForm", "SeasonForm", "columns", "heading", "row_words", "rows_in"]
