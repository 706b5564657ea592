"""The Guidelines with their versions, and one section with all that refers to it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.followup.agreements.values import AgreementView, EditionFindings
from app.followup.guidelines import queries, wording
from app.followup.guidelines.forms import SectionTextForm
from app.followup.guidelines.values import (
    FindingLine,
    LessonLine,
    PlannedWebinar,
    SectionReferences,
    Trace,
)
from app.followup.matrix import wording as matrix_words
from app.followup.matrix.values import RowView
from app.followup.practices.values import Practice
from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.reference import reference_day
from app.kernel.refusal import NotFound, Refusal
from app.kernel.seen import mark_of
from app.kernel.text import LocalizedText, field_in, openable
from app.participation.materials import wording as material_words
from app.participation.materials.values import LibraryItem
from app.training.library.policy import may_write_sections
from app.training.library.services import write_section
from app.training.library.values import SectionDraft
from app.web.guards import anyone, current_actor, requires
from app.web.locale import reader_language
from app.web.mistakes import show_refusal
from app.web.render import short_day

bp = Blueprint("guidelines", __name__)
Answer = Response | tuple[str, int]
SHOWN = 2
"""How many of a kind are seen before the reader asks for the others."""
NO_TAG = ("", "", "")


@dataclass(frozen=True)
class CitingLine:
    """One thing that refers to a section. `state`: a word of components/status.html; `tag`: kind,
    shape and words of another mark. `anchor` marks what has no page of its own.
    """

    mark: str
    title: LocalizedText
    url: str = ""
    detail: str = ""
    state: str = ""
    tag: tuple[str, str, str] = NO_TAG
    evidence_url: str = ""
    follows_url: str = ""
    anchor: str = ""
    is_outside: bool = False


@dataclass(frozen=True)
class Group:
    """Lines of one kind: the first ones, and the others behind "Show more"."""

    key: str
    title: str
    lines: tuple[CitingLine, ...]

    @property
    def first(self) -> tuple[CitingLine, ...]:
        return self.lines[:SHOWN]

    @property
    def others(self) -> tuple[CitingLine, ...]:
        return self.lines[SHOWN:]


@bp.get("/guidelines")
@requires(anyone)
def guidelines() -> str:
    label = request.args.get("version", "")
    with reading() as db:
        versions = queries.versions(db)
        # An installation that has none yet says so; an address of one that it lacks is wrong.
        version = queries.guidelines_text(db, label=label) if versions or label else None
    sections = version.sections if version else ()
    parts = [
        (part, tuple(of_part))
        for part, of_part in groupby(sections, lambda one: one.code.partition(".")[0])
    ]
    return render_template(
        "followup/guidelines/guidelines.html",
        version=version,
        versions=versions,
        is_newest=version is None or version.label == versions[0].label,
        parts=parts,
    )


@bp.get("/guidelines/sections/<path:section_code>")
@requires(anyone)
def section(section_code: str) -> str:
    label = request.args.get("version", "")
    with reading() as db:
        page = queries.section_page(
            db, actor=current_actor(), code=section_code, today=clock.today(), label=label
        )
    return render_template(
        "followup/guidelines/section.html",
        page=page,
        section=page.section,
        groups=tuple(_groups(page.references)),
        version=None if page.is_newest else page.version.label,
        pdf_page=page.version.address_of(page.section),
        may_write=page.is_newest and may_write_sections(current_actor()),
    )


@bp.get("/guidelines/sections/<path:section_code>/text")
@requires(may_write_sections)
def section_text(section_code: str) -> str:
    return _text_page(section_code, None)


@bp.post("/guidelines/sections/<path:section_code>/text")
@requires(may_write_sections)
def write_section_text(section_code: str) -> Answer:
    """Writes down what a section of the newest version says."""
    with reading() as db:
        version = queries.guidelines_text(db)
    form = SectionTextForm(request.form)
    if not form.validate():
        return _text_page(section_code, form), 422
    try:
        with transaction() as db:
            write_section(
                db,
                actor=current_actor(),
                version_id=version.id,
                section_code=section_code,
                draft=form.draft(),
                seen=form.seen.data or "",
                now=clock.now(),
            )
    except Refusal as refusal:
        stored = url_for("guidelines.section", section_code=section_code)
        status = show_refusal(form, refusal, stored=stored)
        return _text_page(section_code, form), status
    flash(_("The text of the section is saved."), "success")
    return redirect(url_for("guidelines.section", section_code=section_code), 303)


def _text_page(section_code: str, form: SectionTextForm | None) -> str:
    """Returns the form. `form`: the one that was refused."""
    with reading() as db:
        version = queries.guidelines_text(db)
    section = next((one for one in version.sections if one.code == section_code), None)
    if section is None:
        raise NotFound
    standing = SectionDraft(section.summary, section.page, version.pdf_url)
    if form is None:
        words = {field_in("summary", code): text for code, text in section.summary.items()}
        form = SectionTextForm(data={**words, "page": section.page, "pdf_url": version.pdf_url})
        form.seen.data = mark_of(standing)
    return render_template(
        "followup/guidelines/text.html",
        section=section,
        version=version,
        form=form,
        page_has_errors=bool(form.errors),
    )


@bp.app_context_processor
def _inserts() -> dict[str, object]:
    return {"agreement_trace": agreement_trace, "activities_made": activities_made}


def agreement_trace(agreement: AgreementView) -> tuple[Group, ...]:
    """Returns where an agreement comes from and what was reported about it, for its own page."""
    with reading() as db:
        trace = queries.trace_of(db, actor=current_actor(), agreement=agreement)
    return tuple(_trace_groups(trace))


def activities_made(edition: EditionFindings) -> dict[int, tuple[int, ...]]:
    """Returns by finding of an edition the activities in force that were made of it."""
    findings = [one.id for table in edition.tables for one in table.findings]
    with reading() as db:
        return queries.activities_of_findings(db, findings)


def _trace_groups(trace: Trace) -> Iterator[Group]:
    if trace.finding is not None:
        yield Group("findings", _(wording.FINDINGS), (_finding(trace.finding),))
    if trace.rows:
        yield Group("rows", _(wording.ROWS), tuple(_row(row, is_own=True) for row in trace.rows))


def _groups(references: SectionReferences) -> Iterator[Group]:
    tables = references.tables
    kinds: tuple[tuple[str, str, Iterable[CitingLine]], ...] = (
        ("findings", wording.FINDINGS, map(_finding, references.findings)),
        (
            "activities",
            wording.ACTIVITIES,
            (_agreement(one, tables.get(one.id)) for one in references.activities),
        ),
        ("webinars", wording.WEBINARS, map(_webinar, references.webinars)),
        ("agreements", wording.AGREEMENTS, (_agreement(one) for one in references.agreements)),
        ("rows", wording.ROWS, map(_row, references.rows)),
        ("instruments", wording.INSTRUMENTS, map(_row, references.instruments)),
        ("practices", wording.PRACTICES, map(_practice, references.practices)),
        ("lessons", wording.LESSONS, map(_lesson, references.lessons)),
        ("materials", wording.MATERIALS, map(_material, references.materials)),
    )
    for key, title, lines in kinds:
        group = Group(key, _(title), tuple(lines))
        if group.lines:
            yield group


def _finding(one: FindingLine) -> CitingLine:
    url = ""
    if one.may_open:
        url = url_for("agreements.findings", slug=one.edition_slug, _anchor=f"table-{one.table_id}")
    elif one.activities:
        url = url_for("agreements.agreement", agreement_id=one.activities[0])
    return CitingLine(
        mark=one.edition_label,
        title=one.text,
        url=url,
        detail=_in_reader_language(one.table),
    )


def _agreement(one: AgreementView, table: LocalizedText | None = None) -> CitingLine:
    today, language = clock.today(), reader_language()
    due = _("due on %(day)s", day=short_day(one.due)) if one.due else ""
    who = ", ".join(sorted(each.name.in_(language) for each in one.responsible))
    return CitingLine(
        mark=str(one.paragraph),
        title=one.text,
        url=url_for("agreements.agreement", agreement_id=one.id),
        detail=" · ".join(filter(None, ((table or one.event_title).in_(language), due, who))),
        state="overdue" if one.is_overdue(today) else one.status.value,
    )


def _webinar(one: PlannedWebinar) -> CitingLine:
    return CitingLine(
        mark="",
        title=one.title,
        url=url_for("events.event", event_id=one.event_id),
        detail=short_day(reference_day(one.starts_at)) if one.starts_at else "",
    )


def _row(row: RowView, *, is_own: bool = False) -> CitingLine:
    """Returns a row of the matrix; `is_own`: on the page of the agreement that it is about."""
    facts = [_(matrix_words.KINDS[row.kind])]
    if row.instrument_type is not None:
        facts = [_(matrix_words.INSTRUMENTS[row.instrument_type])]
    if row.instrument_date is not None:
        facts.append(short_day(row.instrument_date))
    if row.contact:
        facts.append(_("ask: %(contact)s", contact=row.contact))
    tag = NO_TAG
    if row.status is not None:
        tag = (*wording.ROW_LOOKS[row.status], _(matrix_words.statuses_of(row)[row.status]))
    is_linked = row.agreement_id is not None and not is_own
    return CitingLine(
        mark=row.country,
        title=row.fact,
        url=url_for("matrix.region", period=row.period_id, section=row.section or None),
        detail=" · ".join(facts),
        tag=tag,
        evidence_url=openable(row.evidence_url) if row.evidence_url else "",
        follows_url=url_for("agreements.agreement", agreement_id=row.agreement_id)
        if is_linked
        else "",
        anchor=f"row-{row.id}",
    )


def _practice(one: Practice) -> CitingLine:
    return CitingLine(
        mark="",
        title=one.title,
        url=url_for("practices.practices"),
        detail=" · ".join(
            part for part in (one.organisation, _in_reader_language(one.country)) if part
        ),
    )


def _lesson(one: LessonLine) -> CitingLine:
    url = url_for("learning.course", slug=one.course_slug)
    if one.is_open:
        url = url_for(
            "learning.unit",
            slug=one.course_slug,
            module_slug=one.module_slug,
            unit_code=one.code,
        )
    return CitingLine(
        mark=one.code, title=one.title, url=url, detail=_in_reader_language(one.module)
    )


def _material(one: LibraryItem) -> CitingLine:
    url = openable(one.url) if one.url else url_for("materials.material_file", material_id=one.id)
    kind, language = material_words.KINDS[one.kind], material_words.LANGUAGES[one.language]
    return CitingLine(
        mark="",
        title=one.title,
        url=url,
        is_outside=bool(one.url),
        detail=" · ".join((_(kind), _(language), _events_of(one))),
    )


def _events_of(one: LibraryItem) -> str:
    newest, others = _in_reader_language(one.copies[0].event_title), len(one.copies) - 1
    if not others:
        return newest
    words = ngettext(
        "%(event)s and %(num)d more event",
        "%(event)s and %(num)d more events",
        others,
        event=newest,
    )
    return str(words)


def _in_reader_language(text: LocalizedText) -> str:
    return text.in_(reader_language())
