"""What is typed about certificates: text in, values out. No database."""

from collections.abc import Mapping

from app.training.certificates.queries.listing import LONGEST_SEARCH, RegisterFilters
from app.training.certificates.values import CertificateKind, ListedState
from app.web.fields import Typed, day_in

LONGEST_SLUG = 60


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
