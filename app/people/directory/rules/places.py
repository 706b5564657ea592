"""Which institutions are meant by the names in a paste or a sheet: what is not exactly one that is
known is asked about, once for all lines that share it. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from app.people.directory.rules.institutions import KnownInstitution, match_institution
from app.people.directory.rules.people import is_words, plain_key

NEW, OUT = "new", "out"
"""Answers about an institution, beside the id of one that is known: add it to the country, or leave
its people out.
"""


def line_key(text: str) -> str:
    """Returns what an answer about a line is filed under: the same text has the same key on the
    next page.
    """
    return sha256(" ".join(text.split()).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class PlaceQuestion:
    """Which institution is meant by a name that is not exactly one that is known, in so many lines.
    `choices`: ids, the nearest first; `chosen` the answer, or the one that is proposed.
    """

    key: str
    written: str
    lines: int
    choices: tuple[int, ...]
    chosen: str


@dataclass(frozen=True)
class MeantPlace:
    """What a written name of an institution means: an id, one to be added, or a question first.
    Without id and question it can be the name of none.
    """

    id: int = 0
    name: str = ""
    question: PlaceQuestion | None = None

    @property
    def chosen(self) -> str:
        return self.question.chosen if self.question else str(self.id)


def meant_places(
    written: Iterable[str],
    known: Sequence[KnownInstitution],
    names: Mapping[int, str],
    *,
    countries: Mapping[str, str],
    answers: Mapping[str, str],
) -> dict[str, MeantPlace]:
    """Returns what each written name of an institution means, by its simplified text. `names`: those
    that may be meant, by id; `answers`: by `line_key` of the simplified text NEW, OUT or an id.
    """
    exact = {plain_key(name): one for one in known for name in one.names if name}
    counted: dict[str, list[str]] = {}
    for name in written:
        counted.setdefault(plain_key(name), []).append(name)
    meanings = {}
    for key, spellings in counted.items():
        if (one := exact.get(key)) is not None and one.id is not None:
            meanings[key] = MeantPlace(one.id, names[one.id])
            continue
        if not _is_writable(spellings[0]):
            meanings[key] = MeantPlace()
            continue
        match = match_institution(spellings[0], known, countries=countries)
        ids = (match.sure,) if match.sure is not None else match.likely
        likely = [one for one in ids if one in names]
        answer = answers.get(line_key(key), "")
        if answer not in (NEW, OUT, *map(str, names)):
            answer = str(likely[0]) if len(likely) == 1 else ""
        meant = int(answer) if answer.isdecimal() else 0
        offered = dict.fromkeys([*likely, *([meant] if meant else [])])
        question = PlaceQuestion(
            line_key(key), spellings[0], len(spellings), tuple(offered), answer
        )
        meanings[key] = MeantPlace(meant, names.get(meant, spellings[0]), question)
    return meanings


def _is_writable(name: str) -> bool:
    """Returns False for what cannot be the name of an institution: an address, a formula, markup."""
    return sum(map(str.isalpha, name)) > 1 and is_words(name)
