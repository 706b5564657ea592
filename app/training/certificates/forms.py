"""What is typed about certificates: text in, values out. No database."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.training.certificates.queries.listing import LONGEST_SEARCH, RegisterFilters
from app.training.certificates.values import CertificateKind, ListedState, RevocationReason
from app.training.certificates.wording import REASONS
from app.web.fields import SelectField, Typed, day_in, text_field
from app.web.forms import Form

LONGEST_SLUG = 60
LONGEST_NOTE = 1000


class RevocationForm(Form):
    """Why a certificate is to be revoked. The reason is public afterwards, the note stays inside."""

    reason = SelectField(_l("Reason, which whoever verifies reads"))
    note = text_field(_l("Private note"), LONGEST_NOTE)

    def offer(self, key: str = "") -> "RevocationForm":
        """Offers the reasons; `key` makes the ids of several on a page differ."""
        self.reason.choices = [(one.value, _(REASONS[one])) for one in RevocationReason]
        for field in self:
            field.id = f"{field.name}-{key}" if key else field.name
        return self


def read_filters(args: Typed, *, country: str | None = None) -> RegisterFilters:
    """Returns the filters of an address; values that mean nothing are left out. `country`: the one
    whose list it is, whatever the address says.
    """
    kind, state = args.get("kind", ""), args.get("state", "")
    return RegisterFilters(
        text=args.get("text", "")[:LONGEST_SEARCH],
        kind=CertificateKind(kind) if kind in {one.value for one in CertificateKind} else None,
        course=args.get("course", "")[:LONGEST_SLUG],
        country=args.get("country", "")[:2].upper() if country is None else country,
        state=ListedState(state) if state in {one.value for one in ListedState} else None,
        month=day_in(f"{args.get('month', '')}-01"),
    )


def written_filters(filters: RegisterFilters) -> Mapping[str, str]:
    """Returns the filters as an address and a form send them, without those that are empty."""
    sent = {
        "text": filters.text,
        "kind": filters.kind.value if filters.kind else "",
        "course": filters.course,
        "country": filters.country,
        "state": filters.state.value if filters.state else "",
        "month": f"{filters.month:%Y-%m}" if filters.month else "",
    }
    return {name: text for name, text in sent.items() if text}
