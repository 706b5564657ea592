"""What was typed, as values. Each reader refuses with InvalidInput, field by field, what it cannot
read.
"""

from collections.abc import Iterable

from app.followup.agreements.queries.agreements import OPEN, WHICH, AgreementFilters
from app.followup.agreements.rules.recording import LONGEST_NAME, NOT_A_PARAGRAPH, paragraph_of
from app.followup.agreements.values import (
    AgreementDraft,
    AgreementView,
    FindingDraft,
    FindingKind,
    IssueDraft,
    IssueKind,
    Paragraph,
    Responsible,
    ResponsibleKind,
    Status,
    StatusReport,
    Verb,
)
from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.seen import mark_of
from app.kernel.text import N_, LocalizedText, field_in, fields_of, in_every_language
from app.web.fields import NOT_A_DAY, Typed, day_in, number_in, numbers_in

CHOOSE = N_("Choose one of the answers.")
NAME_TOO_LONG = N_("Write the name of an observer in at most %(most)s letters.")
LISTS = {
    "countries": ResponsibleKind.COUNTRY,
    "institutions": ResponsibleKind.INSTITUTION,
    "groups": ResponsibleKind.WORKING_GROUP,
}
BODIES = (ResponsibleKind.SECRETARIAT, ResponsibleKind.PRESIDENCY)


def read_agreement(typed: Typed) -> AgreementDraft:
    errors: dict[str, Sentence] = {}
    paragraph, verb, due = Paragraph(1), Verb.COMMIT, None
    try:
        paragraph = paragraph_of(typed.get("paragraph", ""))
    except ValueError:
        errors["paragraph"] = Sentence(NOT_A_PARAGRAPH)
    if typed.get("verb", "") in list(Verb):
        verb = Verb(typed["verb"])
    else:
        errors["verb"] = Sentence(CHOOSE)
    if typed.get("due", "").strip():
        due = day_in(typed["due"])
        if due is None:
            errors["due"] = Sentence(NOT_A_DAY)
    if len(typed.get("observer", "").strip()) > LONGEST_NAME:
        errors["observer"] = Sentence(NAME_TOO_LONG, {"most": LONGEST_NAME})
    if errors:
        raise InvalidInput(errors)
    return AgreementDraft(
        paragraph, _text(typed), verb, tuple(_responsible(typed)), due, _code(typed)
    )


def typed_of(one: AgreementView) -> Typed:
    """The form as it would have been filled in, to change an agreement."""
    typed = Typed(
        {
            "paragraph": str(one.paragraph),
            **fields_of("text", one.text),
            "verb": one.verb.value,
            "due": one.due.isoformat() if one.due else "",
            "section": one.section,
            "seen": mark_of(one.as_draft()),
        }
    )
    names = {kind: name for name, kind in LISTS.items()}
    for party in one.responsible:
        if party.kind in names:
            typed.add(names[party.kind], party.key)
        elif party.kind is ResponsibleKind.OBSERVER:
            typed.add("observer", party.key)
        else:
            typed.add("bodies", party.kind.value)
    return typed


def read_report(typed: Typed, suffix: str = "") -> StatusReport:
    status = typed.get(f"status{suffix}", "")
    if status not in list(Status):
        raise InvalidInput({f"status{suffix}": Sentence(CHOOSE)})
    note, url = (
        typed.get(f"note{suffix}", "").strip(),
        typed.get(f"evidence_url{suffix}", "").strip(),
    )
    return StatusReport(Status(status), note, url)


def read_reports(typed: Typed) -> dict[int, StatusReport]:
    """Of a page of the review list: rows without an answer say nothing."""
    found: dict[int, StatusReport] = {}
    for name in sorted(typed):
        number = name.removeprefix("status-")
        agreement_id = number_in(number)
        if name != number and agreement_id is not None and typed[name]:
            found[agreement_id] = read_report(typed, f"-{number}")
    return found


def read_marks(typed: Typed) -> dict[int, str]:
    """Of the same page: what had been said of each agreement when the writer began."""
    return {
        agreement_id: mark
        for name, mark in typed.items()
        if name.startswith("seen-")
        and (agreement_id := number_in(name.removeprefix("seen-"))) is not None
    }


def read_finding(typed: Typed) -> tuple[int, FindingDraft]:
    """With the id of its table."""
    kind = typed.get("kind", "")
    if kind not in list(FindingKind):
        raise InvalidInput({"kind": Sentence(CHOOSE)})
    draft = FindingDraft(FindingKind(kind), _text(typed), _code(typed))
    table = typed.get("table", "")
    return number_in(table) or 0, draft


def read_issue(typed: Typed) -> IssueDraft:
    kind = typed.get("kind", "")
    if kind not in list(IssueKind):
        raise InvalidInput({"kind": Sentence(CHOOSE)})
    return IssueDraft(_text(typed), IssueKind(kind), typed.get("proposed_by", "")[:2])


def read_filters(args: Typed) -> AgreementFilters:
    """What cannot be meant is left out: addresses are typed by hand, too."""
    which = args.get("which", OPEN)
    return AgreementFilters(
        which if which in WHICH else OPEN, args.get("country", "")[:2], args.get("edition", "")[:40]
    )


def read_ids(values: Iterable[str]) -> frozenset[int]:
    return frozenset(numbers_in(values))


def _responsible(typed: Typed) -> Iterable[Responsible]:
    for name, kind in LISTS.items():
        yield from (Responsible(kind, key) for key in typed.getlist(name) if key)
    yield from (Responsible(body) for body in BODIES if body.value in typed.getlist("bodies"))
    yield from (
        Responsible(ResponsibleKind.OBSERVER, name.strip())
        for name in typed.getlist("observer")[:5]
        if name.strip()
    )


def _text(typed: Typed) -> LocalizedText:
    return in_every_language(
        lambda language: typed.get(field_in("text", language), "").replace("\r\n", "\n").strip()
    )


def _code(typed: Typed) -> str:
    return typed.get("section", "").strip()[:21]
