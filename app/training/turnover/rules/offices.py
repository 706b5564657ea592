"""Institutions and their posts: what stands in each, which are at risk and why, and what posts ask
for. Pure.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil

from app.people.directory.rules.people import CONFIRMATION_HOLDS
from app.training.turnover.rules.acts import SOON
from app.training.turnover.rules.coverage import by_part
from app.training.turnover.rules.forecast import (
    AHEAD_MONTHS,
    DAYS_A_MONTH,
    FLOOR,
    certificate_ends,
    projection,
)
from app.training.turnover.rules.posts import is_in_scope, vacancies
from app.training.turnover.rules.spans import on_day
from app.training.turnover.values import (
    CertificateLife,
    CourseState,
    Coverage,
    Exposure,
    InstitutionState,
    PostCell,
    PostRow,
    PostTerm,
    Reason,
    ReasonKind,
    TaggedInstitution,
    TargetPost,
    ToAct,
    Vacancy,
)

LONG_IN_POST = timedelta(days=365)
MOST_REASONS = 3


@dataclass(frozen=True)
class Staff:
    """What is worked out once for all institutions of a country: the certificates that hold, by
    person, whose end within 90 days, the last posts of those who left with a certificate, and how
    fast people of the country leave.
    """

    lives: Mapping[int, Sequence[CertificateLife]]
    ending: frozenset[int]
    left: tuple[PostTerm, ...]
    counted: Exposure
    on: date


def institution_states(
    institutions: Iterable[TaggedInstitution],
    posts: Iterable[TargetPost],
    held: Sequence[PostTerm],
    holdings: Sequence[CertificateLife],
    elsewhere: Sequence[CertificateLife],
    *,
    counted: Exposure,
    concerned: ToAct,
    on: date,
) -> tuple[InstitutionState, ...]:
    """Returns every institution with its figures on the day, the one at the greatest risk first.

    Who takes the course is not asked: `with_taking` leaves them out. `counted` is the exposure of the whole country: an
    institution alone is too small to tell how fast its people leave; `concerned` are the country's
    lists to act on. Institutions without posts in scope are left out.

    The order, and so which three are named first: by how many certificates will be missing at the
    floor in six months if nothing is done (the floor is taken of all posts, a vacant one counts as
    without a certificate, and of the range ahead the low end); then by how many of today's are lost
    until then; then by vacant posts; then by the day of the last confirmation, the oldest first;
    then as they were recorded.
    """
    posts_of: defaultdict[int, list[TargetPost]] = defaultdict(list)
    for post in posts:
        if is_in_scope(post, on):
            posts_of[post.institution_id].append(post)
    held_of: defaultdict[int, list[PostTerm]] = defaultdict(list)
    for one in held:
        held_of[one.institution_id].append(one)
    lives: defaultdict[int, list[CertificateLife]] = defaultdict(list)
    for life in on_day(holdings, on):
        lives[life.person_id].append(life)
    left = {person for person, _ in concerned.certified_left}
    last_post = _last_post(one for one in held if one.person_id in left)
    staff = Staff(
        lives=lives,
        ending=frozenset(person for person, _ in concerned.lapsing),
        left=tuple(last_post[person] for person, _ in concerned.certified_left),
        counted=counted,
        on=on,
    )
    serving = on_day(held, on)
    coverage = by_part(on, serving, holdings, elsewhere, key=lambda one: one.institution_id)
    states = (
        _state(
            institution,
            posts_of[institution.id],
            held_of[institution.id],
            now=coverage.get(institution.id, Coverage(on, 0, 0, 0, 0)),
            staff=staff,
        )
        for institution in institutions
    )
    return tuple(sorted((one for one in states if one.posts or one.coverage.serving), key=_risk))


def with_taking(
    states: Iterable[InstitutionState], taking: Collection[int]
) -> tuple[InstitutionState, ...]:
    """Returns the institutions without those who take the course among whom to enrol and renew."""
    return tuple(
        state
        if not any(person in taking for person in (*state.to_enrol, *state.to_renew))
        else replace(
            state,
            to_enrol=tuple(person for person in state.to_enrol if person not in taking),
            to_renew=tuple(person for person in state.to_renew if person not in taking),
        )
        for state in states
    )


def _state(
    institution: TaggedInstitution,
    posts: Sequence[TargetPost],
    held: Sequence[PostTerm],
    *,
    now: Coverage,
    staff: Staff,
) -> InstitutionState:
    on = staff.on
    serving = on_day(held, on)
    since: dict[int, date] = {}
    for one in serving:
        since[one.person_id] = min(one.valid_from, since.get(one.person_id, one.valid_from))
    own = [life for person in since for life in staff.lives.get(person, ())]
    ahead = projection(
        now, staff.counted, certificate_ends(on, serving, own), days=AHEAD_MONTHS * DAYS_A_MONTH
    )
    low, high = round(ahead.low), round(ahead.high)
    without = [person for person in since if person not in staff.lives]
    ending = [person for person in since if person in staff.ending]
    gone = [one for one in staff.left if one.institution_id == institution.id]
    titles = {post.post_id: post.title for post in posts}
    return InstitutionState(
        institution=institution,
        coverage=now,
        posts=len(posts),
        vacant=tuple(
            Vacancy(post_id, titles[post_id], day)
            for post_id, day in vacancies(on, posts, held).items()
        ),
        acting=sum(one.is_acting for one in serving),
        ahead=(low, high),
        missing=max(0, ceil(FLOOR * max(len(posts), now.serving) - 1e-9) - low),
        to_enrol=tuple(without),
        longest=sum(since[person] <= on - LONG_IN_POST for person in without),
        ending=tuple(ending),
        to_renew=tuple(ending),
        left=tuple(one.person_id for one in gone),
        to_ask=tuple(one.person_id for one in gone if one.is_note_to_ask),
        confirmed_on=max((one.confirmed_on for one in serving if one.confirmed_on), default=None),
    )


def _risk(state: InstitutionState) -> tuple[int, int, int, date, int]:
    return (
        -state.missing,
        state.ahead[0] - state.coverage.certified,
        -len(state.vacant),
        state.confirmed_on or date.min,
        state.institution.id,
    )


def at_risk(states: Iterable[InstitutionState]) -> tuple[InstitutionState, ...]:
    """Returns those that will be below the floor in six months if nothing is done."""
    return tuple(state for state in states if state.missing)


def reasons(state: InstitutionState, on: date) -> tuple[Reason, ...]:
    """Returns why an institution is at risk, at most three reasons: vacant posts, nobody trained,
    certificates that end, certified people who left, nobody who confirmed, coverage below the floor,
    and what is lost.
    """
    now = state.coverage
    found = []
    if state.vacant:
        days = [one.since for one in state.vacant if one.since is not None]
        since = min(days, default=None)
        found.append(Reason(ReasonKind.VACANT, len(state.vacant), of=state.posts, since=since))
    if now.serving and not now.certified:
        found.append(Reason(ReasonKind.UNTRAINED, state.longest, of=now.serving))
    if state.ending:
        found.append(Reason(ReasonKind.ENDING, len(state.ending), since=on + SOON))
    if state.left:
        found.append(Reason(ReasonKind.LEFT, len(state.left)))
    if now.serving and state.confirmed_on is None:
        found.append(Reason(ReasonKind.NEVER_CONFIRMED, now.serving))
    elif state.confirmed_on is not None and on - state.confirmed_on > CONFIRMATION_HOLDS:
        found.append(
            Reason(ReasonKind.UNCONFIRMED, (on - state.confirmed_on).days, since=state.confirmed_on)
        )
    if now.certified and now.share is not None and now.share < FLOOR:
        found.append(Reason(ReasonKind.BELOW, now.certified, of=now.serving))
    if now.certified > state.ahead[0]:
        found.append(Reason(ReasonKind.LOSING, now.certified - state.ahead[0], of=now.certified))
    return tuple(found[:MOST_REASONS])


def _last_post(held: Iterable[PostTerm]) -> dict[int, PostTerm]:
    """Returns the post that each person held last."""
    last: dict[int, PostTerm] = {}
    for one in sorted(held, key=lambda one: (one.valid_until or date.max, one.appointment_id)):
        last[one.person_id] = one
    return last


# Posts by course: for each kind of post and each course that it asks for, in which of four states
# those are who serve in it.


def certified_state(last_valid_on: date | None, on: date) -> CourseState:
    """Returns the state of whoever holds a certificate on the day; None as last day is for ever."""
    is_far = last_valid_on is None or last_valid_on > on + SOON
    return CourseState.CERTIFIED if is_far else CourseState.ENDING


def post_rows(
    institutions: Sequence[TaggedInstitution],
    posts: Iterable[TargetPost],
    held: Iterable[PostTerm],
    *,
    courses: Sequence[str],
    asked: Mapping[int, Collection[str]],
    states: Mapping[tuple[str, int], CourseState],
    on: date,
) -> tuple[PostRow, ...]:
    """Returns the kinds of posts, institution by institution in the given order, each with a cell
    for each course, or None where the post does not ask for it.

    `asked`: the courses of each post; a kind asks for what any of its posts does. `states` are by
    course and person; who is not among them has nothing. Somebody in two posts of one kind counts
    once.
    """
    kinds: defaultdict[tuple[int, str], list[TargetPost]] = defaultdict(list)
    for post in posts:
        if is_in_scope(post, on):
            kinds[post.institution_id, post.kind].append(post)
    held_of: defaultdict[int, list[PostTerm]] = defaultdict(list)
    for one in held:
        held_of[one.post_id].append(one)
    rows = []
    for institution in institutions:
        for (_id, kind), group in sorted(
            (key, group) for key, group in kinds.items() if key[0] == institution.id
        ):
            holders = [one for post in group for one in held_of[post.post_id]]
            serving = on_day(holders, on)
            people = tuple(dict.fromkeys(one.person_id for one in serving))
            wanted = {course for post in group for course in asked.get(post.post_id, ())}
            rows.append(
                PostRow(
                    institution=institution,
                    kind=kind,
                    title=group[0].title,
                    people=people,
                    vacant=tuple(
                        Vacancy(post_id, group[0].title, day)
                        for post_id, day in vacancies(on, group, holders).items()
                    ),
                    acting=tuple(one for one in serving if one.is_acting),
                    cells=tuple(
                        _cell(course, people, states) if course in wanted else None
                        for course in courses
                    ),
                )
            )
    return tuple(rows)


def _cell(
    course: str, people: Iterable[int], states: Mapping[tuple[str, int], CourseState]
) -> PostCell:
    by_state: dict[CourseState, list[int]] = {state: [] for state in CourseState}
    for person in people:
        by_state[states.get((course, person), CourseState.NONE)].append(person)
    return PostCell(course, {state: tuple(who) for state, who in by_state.items()})


def most_missing(row: PostRow) -> tuple[PostCell, CourseState] | None:
    """Returns the cell of a row in which most can be done, and what: enrol those with nothing, renew
    what ends soon, remind those on the way; the first of these that is not empty anywhere.
    """
    for state in (CourseState.NONE, CourseState.ENDING, CourseState.UNDERWAY):
        cells = [cell for cell in row.cells if cell and cell.people[state]]
        if cells:
            return max(cells, key=lambda cell: len(cell.people[state])), state
    return None
