"""The table of counts that a focal point declares. Text in, values or errors out."""

from collections.abc import Sequence

from app.training.turnover.rules.declared import FIGURES, MOST
from app.training.turnover.values import InstitutionCount, TaggedInstitution
from app.web.fields import IntegerField, Typed
from app.web.forms import FieldsForm


class CountsForm(FieldsForm):
    """Three numbers for each institution, named `posts-<id>`, `serving-<id>` and `trained-<id>`."""

    def __init__(self, institutions: Sequence[TaggedInstitution]) -> None:
        self.institutions = institutions
        super().__init__(
            {
                f"{figure}-{one.id}": IntegerField(
                    "", render_kw={"inputmode": "numeric", "autocomplete": "off", "size": 4}
                )
                for one in institutions
                for figure in FIGURES
            }
        )

    def read(self, sent: Typed) -> "CountsForm":
        self.process(sent)
        return self

    def show(self, counts: Sequence[InstitutionCount]) -> "CountsForm":
        """Fills the table with what was declared last."""
        self.process(
            data={
                f"{figure}-{one.institution.id}": getattr(one, figure)
                for one in counts
                for figure in FIGURES
            }
        )
        return self

    def counts(self) -> dict[int, dict[str, int | None]]:
        """Returns the numbers by institution; None for what is no number within bounds."""
        return {
            one.id: {figure: self._number(f"{figure}-{one.id}") for figure in FIGURES}
            for one in self.institutions
        }

    def _number(self, name: str) -> int | None:
        typed = self[name].data
        return typed if isinstance(typed, int) and 0 <= typed <= MOST else None
