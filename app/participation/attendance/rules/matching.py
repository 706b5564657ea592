"""Who of the registered is meant by a name or an address of a report; a score up to 100 says how
alike names are.

Names are compared without case, accents and order of words, so that "Ñáñez Güell, María José" is
"Maria Jose Nanez Guell". A name of two words within a longer one is a guess; of three, with nobody
else like it, it is sure. A name that differs in a letter never is: Mario is not María.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.kernel.text import N_
from app.participation.attendance.rules.readers.tables import folded
from app.participation.attendance.rules.recording import plain_name
from app.participation.attendance.values import (
    Known,
    MatchDecision,
    MatchProposal,
    ReportParticipant,
    RowChoice,
    Stay,
    Suggestion,
    Verdict,
)

NOT_ON_LIST = N_(
    "Nobody on this event's list has this name or address. Write it as on the list; for somebody who did not register, "
    "an organizer may write the whole address as it stands in the directory."
)
TWO_OF_THEM = N_(
    "More than one person on the list has this name or address. Choose by the other one."
)
SURE = 95
DOUBTFUL = 75
MOST_SUGGESTIONS = 3
BRACKETS = re.compile(r"\(([^)]+)\)")
ALIAS = re.compile(r"\+[^@]*(?=@)")


def address(text: str) -> str:
    """Returns the mailbox that an address reaches: "Ana+rcm@Example.org" is "ana@example.org"."""
    return ALIAS.sub("", text.strip().lower())


def shared_mailboxes(people: Iterable[Known]) -> frozenset[str]:
    """Returns addresses of more than one person.

    They say from which office a message comes and not who reads it.
    """
    counts = Counter(email for person in people for email in person.emails)
    return frozenset(email for email, number in counts.items() if number > 1)


@dataclass(frozen=True)
class _Name:
    person_id: int
    ordered: str
    words: frozenset[str]


class Matcher:
    """The people who may have been there, made ready once for all names of a report.

    `others` did not register and are found by their address only; whether one of them is meant, a
    person says.
    """

    def __init__(self, people: Sequence[Known], others: Sequence[Known] = ()) -> None:
        self.shared = shared_mailboxes(people)
        self._by_email = {
            email: one.person_id
            for one in people
            for email in one.emails
            if email not in self.shared
        }
        ambiguous = self.shared | shared_mailboxes(others)
        self._others = {
            email: one.person_id for one in others for email in one.emails if email not in ambiguous
        }
        self._names = [_name_of(one.person_id, plain_name(one.name)) for one in people]
        self._ordered = [name.ordered for name in self._names]
        self._by_name: dict[str, set[int]] = defaultdict(set)
        self._by_word: dict[str, list[int]] = defaultdict(list)
        for place, name in enumerate(self._names):
            self._by_name[name.ordered].add(name.person_id)
            for word in name.words:
                self._by_word[word].append(place)

    def shared_in(self, stays: Iterable[Stay]) -> frozenset[str]:
        """Returns the shared mailboxes, and those under which this report has several people of the
        list because an account was lent.
        """
        names: dict[str, set[str]] = defaultdict(set)
        for stay in stays:
            if stay.email:
                names[stay.email].add(stay.name)
        lent = {
            email for email, said in names.items() if len(set().union(*map(self._named, said))) > 1
        }
        return self.shared | lent

    def propose(self, participant: ReportParticipant) -> MatchProposal:
        """Proposes who a participant is. An address decides alone unless it is shared or the name
        is another's; otherwise names do, and only one very like may be sure.
        """
        by_address = self._by_email.get(address(participant.email)) if participant.email else None
        if by_address is not None:
            named = self._named(participant.name)
            others = (
                () if by_address in named else tuple(Suggestion(one, 100) for one in sorted(named))
            )
            verdict = Verdict.DOUBTFUL if others else Verdict.SURE
            return MatchProposal(
                verdict, (Suggestion(by_address, 100), *others)[:MOST_SUGGESTIONS], by_email=True
            )
        other = self._others.get(address(participant.email)) if participant.email else None
        scores: dict[int, int] = {} if other is None else {other: 100}
        for words in _written_names(participant.name):
            for place, score in self._scores(words).items():
                person = self._names[place].person_id
                scores[person] = max(score, scores.get(person, 0))
        best = sorted(
            (Suggestion(person, score) for person, score in scores.items()), key=_best_first
        )
        if not best:
            return MatchProposal(Verdict.UNMATCHED, ())
        alone = len(best) == 1 or best[1].score < SURE
        sure = best[0].score >= SURE and alone and other is None
        verdict = Verdict.SURE if sure else Verdict.DOUBTFUL
        return MatchProposal(verdict, tuple(best[:MOST_SUGGESTIONS]), by_email=other is not None)

    def _named(self, name: str) -> set[int]:
        """Returns the people who have exactly this name."""
        return set().union(
            *(self._by_name.get(_name_of(0, one).ordered, set()) for one in _written_names(name))
        )

    def _scores(self, plain: str) -> dict[int, int]:
        from rapidfuzz import fuzz, process

        name = _name_of(0, plain)
        alike = process.extract(
            name.ordered, self._ordered, scorer=fuzz.ratio, score_cutoff=DOUBTFUL, limit=None
        )
        scores = {
            place: 100 if words == name.ordered else min(round(score), SURE - 1)
            for words, score, place in alike
        }
        common = Counter(place for word in name.words for place in self._by_word.get(word, ()))
        for place, number in common.items():
            if number > 1 and number in (
                len(name.words),
                len(self._names[place].words),
            ):  # one within the other
                scores[place] = max(scores.get(place, 0), min(99, 80 + 5 * number))
        return scores


def best_alone(suggestions: Sequence[tuple[int, int]]) -> int | None:
    """Returns the person who is more like the name than anybody else; None when two are equally so.

    `suggestions`: person and score, the best first.
    """
    if not suggestions:
        return None
    is_alone = len(suggestions) == 1 or suggestions[0][1] > suggestions[1][1]
    return suggestions[0][0] if is_alone else None


def person_of(choice: RowChoice, known: tuple[Known, ...]) -> int | None:
    """Returns the person chosen for a row, None for nobody of ours. Raises ValueError with the
    sentence's msgid when nobody, or more than one, is meant.
    """
    if choice.words:
        words, box = plain_name(choice.words), address(choice.words)
        matches = [
            one.person_id
            for one in known
            if box in one.emails or (words and plain_name(one.name) == words)
        ]
        if len(matches) != 1:
            raise ValueError(TWO_OF_THEM if matches else NOT_ON_LIST)
        return matches[0]
    if choice.decision is not MatchDecision.PERSON:
        return None
    if choice.person_id not in {one.person_id for one in known}:
        raise ValueError(NOT_ON_LIST)
    return choice.person_id


def _best_first(suggestion: Suggestion) -> tuple[int, int]:
    return -suggestion.score, suggestion.person_id


def _name_of(person_id: int, plain: str) -> _Name:
    words = plain.split()
    return _Name(person_id, " ".join(sorted(words)), frozenset(words))


def _written_names(name: str) -> list[str]:
    """Returns the text before brackets and the text inside them: Zoom writes "Shown (Original)"."""
    inner = [plain_name(part) for part in BRACKETS.findall(folded(name))]
    return [words for words in dict.fromkeys([plain_name(name), *inner]) if " " in words]
