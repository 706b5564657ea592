"""What a draft still lacks before it can be an edition, each with the part to mend."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.kernel.refusal import Kind, Refusal, Sentence
from app.kernel.text import N_, field_in, languages
from app.training.authoring.rules.assembly import Assembled
from app.training.authoring.rules.translation import in_order, never_written, to_translate
from app.training.authoring.values import CoursePart, CoursePartKind, Draft, State

NOT_WRITTEN = N_("This is not written yet.")
MISSING = N_("The text in one language is missing.")
STALE = N_("One language is out of date: the other one changed after it.")
NO_OBJECTIVE = N_("Choose the objective that this question tests.")
NO_SECTION = N_("Choose the section that this question is based on.")
NO_FILE = N_("Choose a file for this picture.")
NO_FILM = N_("Choose a file for this video, or write the address where it is.")
NO_CAPTIONS = N_("A video that is played here needs captions in each language.")
NO_MODULES = N_("A course needs at least one module.")
NO_SECTIONS = N_("Name at least one section that the course is based on.")


class DraftNotReady(Refusal):
    kind = Kind.INVALID
    rule = "draft-not-ready"
    msgid = N_("The draft cannot be published yet: see what is still to do.")


@dataclass(frozen=True)
class ToMend:
    """`field` is the name of the control, "" for the part as a whole."""

    part: CoursePart
    sentence: Sentence
    field: str = ""


def problems_of(
    draft: Draft, assembled: Assembled, refused: Mapping[str, Sentence]
) -> tuple[ToMend, ...]:
    """Returns everything to mend, in the order of the outline. `refused` are the places that
    `parse_course` named; where the draft itself knows better what is missing, they are left out.
    """
    parts = in_order(draft)
    own = [*_own(draft, parts)]
    told: set[int | None] = {problem.part.id for problem in own}
    told |= {
        problem.part.parent_id for problem in own if problem.part.kind is CoursePartKind.SCREEN
    }
    for place, sentence in refused.items():
        part = draft.part(assembled.part_at(place)) or draft.course
        if part.id not in told:
            own.append(ToMend(part, sentence))
    order = {part.id: number for number, part in enumerate(parts)}
    return tuple(sorted(own, key=lambda problem: order[problem.part.id]))


def _own(draft: Draft, parts: Iterable[CoursePart]) -> Iterable[ToMend]:
    for part in parts:
        for name in never_written(part):
            yield ToMend(part, Sentence(NOT_WRITTEN), control(name))
        for one in to_translate((part,)):
            state = Sentence(MISSING if one.state is State.MISSING else STALE)
            yield ToMend(part, state, control(one.field, one.language))
        for sentence, name in _missing(draft, part):
            yield ToMend(part, Sentence(sentence), name)


def control(name: str, language: str = "") -> str:
    """Returns the name of the control of a field in a form: "option.b.text" in English is
    "option_b_text_en".
    """
    return field_in(name.replace(".", "_"), language or languages()[0])


def _missing(draft: Draft, part: CoursePart) -> Iterable[tuple[str, str]]:
    if part.kind is CoursePartKind.COURSE:
        if not draft.children(part.id, CoursePartKind.MODULE):
            yield NO_MODULES, ""
        if not draft.children(part.id, CoursePartKind.SECTION):
            yield NO_SECTIONS, ""
    elif part.kind is CoursePartKind.QUESTION:
        if draft.part(part.data.get("objective")) is None:
            yield NO_OBJECTIVE, "objective"
        if not part.data.get("section"):
            yield NO_SECTION, "section"
    elif part.kind is CoursePartKind.PICTURE and not part.data.get("files"):
        yield NO_FILE, "file"
    elif part.kind is CoursePartKind.VIDEO:
        if not part.data.get("sha256") and not part.data.get("url"):
            yield NO_FILM, "file"
        elif part.data.get("sha256") and any(
            part.text("captions").lacks(code) for code in languages()
        ):
            yield NO_CAPTIONS, control("captions")
