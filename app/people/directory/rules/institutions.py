"""Rules that read a pasted list of institutions: the country of each line, which are known already,
and which questions to ask. Pure.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from enum import StrEnum
from hashlib import sha256

from app.people.directory.rules.people import plain_key, tidy
from app.people.directory.values import Mandate

MOST_LINES = 500
LONGEST_INSTITUTION = 200
ALIKE = 0.9
"""From this similarity of two names on (of 1) it is asked whether they are one institution."""
LONG_ENOUGH, FEW_LETTERS = 12, 6
"""Shorter names are told apart by one letter; a difference of more letters is another name."""
MOST_LIKELY, FEWEST_SHARED, FEWEST_CUT = 3, 2, 3
"""At most so many are asked about; so many words must be shared by names of which one lacks a word;
so many letters must be left of a word that is cut.
"""
SHORT_NAME, COUNTRY_WORDS = range(2, 11), 3
SEPARATORS = ("\t", ";", "|")
BULLET = re.compile(r"^\s*(?:[-*•·–—▪●○]|\(?\d{1,3}[.)])\s+")
IN_BRACKETS = re.compile(r"^(.*\S)\s*\(([^()]+)\)\s*\.?$")
ADDRESS = re.compile(r"\S@\S|https?:|www\.|\b[\w-]+\.(?:com|org|net|edu|gov|gob|int|mil)\b", re.I)
TAG = re.compile(r"</?[a-z!][^<>]*>|&\w+;", re.I)
TITLE = re.compile(r"(?:lic|licda|ing|dr|dra|sr|sra|mr|mrs|ms|mtro|mtra|abg)\.? ", re.I)
FORMULAS = ("=", "+", "@", "#")
FEWEST_LETTERS, LETTERS_SHARE = 2, 0.5
"""A name has so many letters, and so great a share of its characters are letters."""
HEADINGS = frozenset(
    {"institucion", "instituciones", "institution", "institutions", "nombre", "name", "entidad"}
)
COUNTRY_HEADINGS = frozenset({"pais", "country", "estado"})
SMALL_WORDS = frozenset(
    {"de", "del", "la", "las", "los", "el", "y", "e", "para", "of", "the", "and", "for", "en"}
)
SHORT_FORMS = {
    "dir": "direccion",
    "dirc": "direccion",
    "gral": "general",
    "gen": "general",
    "min": "ministerio",
    "mrio": "ministerio",
    "sec": "secretaria",
    "sria": "secretaria",
    "inst": "instituto",
    "nac": "nacional",
    "nal": "nacional",
    "dept": "department",
    "dpto": "departamento",
    "depto": "departamento",
    "rel": "relaciones",
    "rree": "relaciones exteriores",
    "ext": "exteriores",
    "migr": "migracion",
    "serv": "servicio",
}
MANDATE_OF_KIND = {"migration": Mandate.MIGRATION, "womens-mechanism": Mandate.GENDER}
KINDS = (
    ("womens-mechanism", ("mujer", "women", "genero", "gender")),
    ("migration", ("migra", "inmigra", "immigra", "extranjeria", "refugee", "refugiad")),
    ("foreign-affairs", ("exterior", "cancilleria", "foreign", "global affairs", "state")),
    ("labour", ("trabajo", "labour", "labor", "empleo", "employment")),
    ("interior", ("gobernacion", "interior", "seguridad", "homeland", "security", "border")),
    ("justice", ("fiscal", "justicia", "justice", "prosecut", "judicial", "attorney")),
    ("children", ("niñez", "ninez", "infancia", "child", "familia")),
    ("health", ("salud", "health")),
    ("human-rights", ("derechos humanos", "human rights", "procuraduria", "defensoria", "ombud")),
    ("social-development", ("desarrollo social", "social development", "bienestar", "welfare")),
)


class Doubt(StrEnum):
    """Why a line has to be asked about. NOT_A_NAME: an address of the internet, a mailbox, a
    formula, a tag or hardly a letter; PERSON: it may be somebody's name; NO_COUNTRY: none was
    written; UNKNOWN_COUNTRY: it is none of the body's; SAME: the same name but for accents, short
    forms or the country, or nearly; SHORT: letters that may stand for a known name.
    """

    NOT_A_NAME = "not-a-name"
    PERSON = "person"
    NO_COUNTRY = "no-country"
    UNKNOWN_COUNTRY = "unknown-country"
    SAME = "same"
    SHORT = "short"


@dataclass(frozen=True)
class KnownInstitution:
    """One that is there, or that the body's file suggests (`id` None). `names`: in every language,
    and short ones.
    """

    id: int | None
    country_code: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class InstitutionMatch:
    """Which institution a written name means: `sure` is the id of the only one of that name;
    without it, `likely` are the ids to ask about, the nearest first.
    """

    sure: int | None = None
    likely: tuple[int, ...] = ()


@dataclass(frozen=True)
class LineAnswer:
    """What was answered about a line: the code of its `country`, whether it `is_same` as the other
    or another one (None: not asked yet), whether it is none of an institution but to be added
    (`is_kept`), and whether it is left out.
    """

    country: str = ""
    is_same: bool | None = None
    is_kept: bool = False
    is_out: bool = False


NO_ANSWER = LineAnswer()


@dataclass(frozen=True)
class ReadLine:
    """A pasted line as it was understood. `key` names it in answers; `country_text` is what was
    written for a country, and `beside` a mailbox or an address that stood beside the name. `other`
    is the name it may be the same as, on line `other_line` or, 0, known already, or only suggested;
    `countries` are those it may belong to. `is_answered`: somebody said so, and may say otherwise.
    """

    number: int
    key: str
    name: str
    country_code: str = ""
    country_text: str = ""
    beside: str = ""
    doubt: Doubt | None = None
    other: str = ""
    other_line: int = 0
    is_suggested: bool = False
    countries: tuple[str, ...] = ()
    is_answered: bool = False

    @property
    def text(self) -> str:
        """Returns the line as it would be pasted again."""
        return "; ".join(
            filter(None, (self.name, self.country_code or self.country_text, self.beside))
        )


@dataclass(frozen=True)
class Understood:
    """`ready` are added, `doubtful` asked about, `known` are there already or the same as the line
    that `other` names, `left_out` are not wanted.
    """

    ready: tuple[ReadLine, ...] = ()
    doubtful: tuple[ReadLine, ...] = ()
    known: tuple[ReadLine, ...] = ()
    left_out: tuple[ReadLine, ...] = ()

    @property
    def count(self) -> int:
        return len(self.ready) + len(self.doubtful) + len(self.known) + len(self.left_out)


def line_key(name: str, country: str) -> str:
    """Returns the key of an answer: the same line has the same key on the next page."""
    return sha256(f"{plain_key(name)};{plain_key(country)}".encode()).hexdigest()[:12]


def country_index(names: Iterable[tuple[str, Iterable[str]]]) -> dict[str, str]:
    """Returns every way to write a country, simplified, with its code.

    `names`: code, and what it is called.
    """
    return {
        _letters(name): code for code, spellings in names for name in (code, *spellings) if name
    }


def country_of_text(text: str, index: Mapping[str, str]) -> str:
    """Returns the code of a country however it was written, "" when it is none: accents, case,
    points and "la República de" do not matter.
    """
    found = _letters(text)
    for prefix in ("", "republica de ", "la republica de ", "republica ", "the "):
        if found.startswith(prefix) and (code := index.get(found.removeprefix(prefix))):
            return code
    return ""


def kind_of(name: str) -> str:
    plain = plain_key(name)
    return next((kind for kind, words in KINDS if any(word in plain for word in words)), "other")


def name_key(name: str) -> str:
    """Returns the name without accents, case, small words and points, with short forms written out."""
    words = _letters(name).split()
    long = " ".join(SHORT_FORMS.get(word, word) for word in words)
    return " ".join(word for word in long.split() if word not in SMALL_WORDS)


def bare_key(name: str, country_code: str, countries: Mapping[str, str]) -> str:
    """Returns `name_key` without what people add or leave out: the country at the end, in brackets
    or not, and the institution's letters in brackets.
    """
    name = tidy(name).rstrip(" .")
    if found := IN_BRACKETS.match(name):
        is_place = country_of_text(found[2], countries) == country_code
        if is_place or (found[2].isupper() and len(found[2].split()) == 1):
            name = found[1]
    words = name.split()
    for count in (4, 3, 2, 1):  # "Cancillería de El Salvador"
        rest = words[:-count]
        if rest and country_of_text(" ".join(words[-count:]), countries) == country_code:
            words = rest
            break
    return name_key(" ".join(words))


def letters_in_brackets(name: str) -> str:
    """Returns "INM" of "Instituto Nacional de Migración (INM)", "" where there are none."""
    found = IN_BRACKETS.match(tidy(name))
    return found[2] if found and found[2].isupper() and len(found[2].split()) == 1 else ""


def match_institution(
    written: str, known: Iterable[KnownInstitution], *, countries: Mapping[str, str]
) -> InstitutionMatch:
    """Returns which of the institutions a person means who wrote a name in their own way: with or
    without the country behind it, without accents, in short forms, by its letters, or with a word
    or a letter missing. The only place that compares names of institutions loosely.

    `known` are those that may be meant, usually of one country; those without an id are passed
    over. `countries`: as `country_index` returns it.
    """
    equal: list[int] = []
    near: list[tuple[float, int]] = []
    for one in known:
        if one.id is None:
            continue
        key = bare_key(written, one.country_code, countries)
        own = {bare_key(name, one.country_code, countries): name for name in one.names}
        if not key:
            continue
        if key in own:
            equal.append(one.id)
        elif likeness := max(_likeness(key, other, name) for other, name in own.items()):
            near.append((-likeness, one.id))
    if len(equal) == 1:
        return InstitutionMatch(sure=equal[0])
    likely = [*equal, *(one for _, one in sorted(near))]
    return InstitutionMatch(likely=tuple(likely[:MOST_LIKELY]))


def _likeness(key: str, other: str, name: str) -> float:
    """Returns how near a key is to that of another name, 0 when they are not to be confused."""
    letters = key.replace(" ", "")
    if letters in (plain_key(letters_in_brackets(name)), initials(other)):
        return 1.0
    if _is_alike(key, other):
        return SequenceMatcher(None, key, other).ratio()
    words, others = set(key.split()), set(other.split())
    if len(words & others) >= FEWEST_SHARED and (words <= others or others <= words):
        return len(words & others) / len(words | others)
    return 0.0


def is_abbreviated(key: str, other: str) -> bool:
    """Returns True when the names are the same word by word, some of them cut after three letters
    or more.
    """
    words, others = key.split(), other.split()
    return len(words) == len(others) > 1 and all(
        one == two or (min(len(one), len(two)) >= FEWEST_CUT and is_start(one, two))
        for one, two in zip(words, others, strict=True)
    )


def is_start(one: str, two: str) -> bool:
    """Returns True when one of the two words begins with the other."""
    return one.startswith(two) or two.startswith(one)


def initials(name: str) -> str:
    return "".join(word[0] for word in name_key(name).split())


def understand(
    text: str,
    *,
    countries: Mapping[str, str],
    known: Sequence[KnownInstitution],
    answers: Mapping[str, LineAnswer] | None = None,
) -> Understood:
    """Reads one institution a line, with its country behind a tab, semicolon, comma, bar, in
    brackets, or as a heading above. `answers` by line key.
    """
    found: dict[str, list[ReadLine]] = {"ready": [], "doubtful": [], "known": [], "out": []}
    seen: set[tuple[str, str]] = set()
    lines = list(read_lines(text, countries))
    reader = LineReader(countries, known, lines)
    for read in lines:
        answer = (answers or {}).get(read.key, NO_ANSWER)
        line = replace(read, is_answered=answer != NO_ANSWER)
        if not line.country_code and answer.country in countries.values():
            line = replace(line, country_code=answer.country, country_text="")
        where, line = reader.judge(line, answer, ready=found["ready"])
        exact = (line.country_code or line.country_text, line.name.casefold())
        if where in ("ready", "doubtful") and exact in seen:
            where = "known"
        seen.add(exact)
        found[where].append(line)
    return Understood(
        tuple(found["ready"]),
        tuple(found["doubtful"]),
        tuple(found["known"]),
        tuple(found["out"]),
    )


def read_lines(text: str, countries: Mapping[str, str]) -> Iterable[ReadLine]:
    """Returns each line as name and country, without asking what is known."""
    heading = ""
    for number, raw in enumerate(text.splitlines(), start=1):
        line = tidy(BULLET.sub("", raw.replace("\t", " \t "))) if "\t" not in raw else raw
        cells = [tidy(BULLET.sub("", cell)) for cell in _cells(line)]
        cells = [cell.strip(" .:") if len(cells) == 1 else cell for cell in cells]
        cells = [cell for cell in cells if cell]
        if not cells or _is_heading(cells):
            continue
        if len(cells) == 1 and (code := country_of_text(cells[0], countries)):
            heading = code  # "México:" above its institutions
            continue
        beside = next((cell for cell in cells[1:] if ADDRESS.search(cell)), "")
        cells = [cell for cell in cells if cell != beside]
        name, code, written = _split(cells, countries)
        name = name[:LONGEST_INSTITUTION]
        if not code and not written:
            code = heading
        key = line_key(f"{name} {beside}", code or written)
        yield ReadLine(number, key, name, code, written[:80], beside[:120])


def _cells(line: str) -> list[str]:
    for separator in SEPARATORS:
        if separator in line:
            return line.split(separator)
    return [line]


def _is_heading(cells: Sequence[str]) -> bool:
    plain = [_letters(cell) for cell in cells]
    return plain[0] in HEADINGS | COUNTRY_HEADINGS and all(
        cell in HEADINGS | COUNTRY_HEADINGS for cell in plain[:2]
    )


def _split(cells: Sequence[str], countries: Mapping[str, str]) -> tuple[str, str, str]:
    """Returns the name, the code, and the text that was written for an unknown country."""
    if len(cells) > 1:
        for place, cell in reversed(list(enumerate(cells))):
            if code := country_of_text(cell, countries):
                return next(c for i, c in enumerate(cells) if i != place), code, ""
        return cells[0], "", cells[1]
    (whole,) = cells
    if (found := IN_BRACKETS.match(whole)) and (code := country_of_text(found[2], countries)):
        return found[1], code, ""
    before, comma, after = whole.rpartition(",")
    if comma and (code := country_of_text(after, countries)):
        return before.strip(), code, ""
    for separator in (" - ", " – ", " — ", ": "):
        first, found_one, second = whole.partition(separator)
        if found_one and (code := country_of_text(second, countries)):
            return first.strip(), code, ""
        if found_one and (code := country_of_text(first, countries)):
            return second.strip(), code, ""
    words = whole.split()
    for count in (3, 2, 1):  # "INM Honduras", "Cancillería de El Salvador"
        if len(words) > count and (code := country_of_text(" ".join(words[-count:]), countries)):
            return whole, code, ""
    return whole, "", ""


@dataclass(frozen=True)
class LineReader:
    """Says what becomes of a line: "ready", "doubtful", "known" or "out"."""

    countries: Mapping[str, str]
    known: Sequence[KnownInstitution]
    lines: Sequence[ReadLine]
    keys: dict[tuple[str, str], str] = field(default_factory=dict)

    def judge(
        self, line: ReadLine, answer: LineAnswer, *, ready: Sequence[ReadLine]
    ) -> tuple[str, ReadLine]:
        if answer.is_out:
            return "out", line
        if is_no_name(line.name):
            return "doubtful", replace(line, doubt=Doubt.NOT_A_NAME)
        if (line.beside or TITLE.match(line.name)) and not answer.is_kept:
            return "doubtful", replace(line, doubt=Doubt.PERSON)
        if not line.country_code:
            return "doubtful", self._without_country(line)
        if self._is_there(line, ready):
            return "known", line
        alike = self._alike(line, ready) or _short(line, self.known, self.lines)
        if alike.doubt is None or answer.is_same is False:
            return "ready", replace(line, doubt=None)
        if answer.is_same is None:
            return "doubtful", alike
        if not alike.is_suggested:
            return "known", replace(alike, doubt=None)
        meant = replace(line, name=alike.other)
        if self._is_there(meant, ready) or self._alike(meant, ready):
            return "known", replace(alike, doubt=None)
        return "ready", meant

    def _without_country(self, line: ReadLine) -> ReadLine:
        if line.country_text:
            return replace(line, doubt=Doubt.UNKNOWN_COUNTRY)
        places = _places(line.name, self.known, self.lines)
        return replace(line, doubt=Doubt.NO_COUNTRY, countries=places)

    def _is_there(self, line: ReadLine, ready: Sequence[ReadLine]) -> bool:
        """Returns True when exactly this institution is there already."""
        name = line.name.casefold()
        return any(
            one.id is not None
            and one.country_code == line.country_code
            and any(name == other.casefold() for other in one.names)
            for one in self.known
        ) or any(
            name == other.name.casefold() and other.country_code == line.country_code
            for other in ready
        )

    def _alike(self, line: ReadLine, ready: Sequence[ReadLine]) -> ReadLine | None:
        """Returns the line with the institution that has nearly its name; None without one."""
        key = self._key(line.name, line.country_code)
        for one in self.known:
            if one.id is not None and one.country_code == line.country_code:
                for name in one.names:
                    if _is_alike(key, self._key(name, line.country_code)):
                        return replace(line, doubt=Doubt.SAME, other=name)
        for other in ready:
            if other.country_code == line.country_code and _is_alike(
                key, self._key(other.name, line.country_code)
            ):
                return replace(line, doubt=Doubt.SAME, other=other.name, other_line=other.number)
        return None

    def _key(self, name: str, country_code: str) -> str:
        """As `bare_key`, worked out once for each name."""
        if (name, country_code) not in self.keys:
            self.keys[name, country_code] = bare_key(name, country_code, self.countries)
        return self.keys[name, country_code]


def is_no_name(name: str) -> bool:
    """Returns True for what cannot be the name of an institution, whoever pastes it."""
    letters = sum(character.isalpha() for character in name)
    return bool(
        letters < FEWEST_LETTERS
        or letters < len(name) * LETTERS_SHARE
        or ADDRESS.search(name)
        or TAG.search(name)
        or name.startswith(FORMULAS)
    )


def _short(
    line: ReadLine, known: Sequence[KnownInstitution], lines: Sequence[ReadLine]
) -> ReadLine:
    """Finds the longer name of its country that a name of letters alone may stand for, such as "INM
    Honduras".
    """
    letters = line.name.split()[0].replace(".", "")
    is_short = letters.isupper() and len(letters) in SHORT_NAME
    rest = [word for word in line.name.split()[1:] if word.casefold() not in SMALL_WORDS]
    if not is_short or len(rest) > COUNTRY_WORDS:
        return line
    if rest and plain_key(rest[0])[:1] == rest[0][:1]:
        return line  # "SRE planeación" is a name of its own
    others = [
        *((one.names, 0, one.id is None) for one in known if one.country_code == line.country_code),
        *(
            ((other.name,), other.number, False)
            for other in lines
            if other.country_code == line.country_code and other.number != line.number
        ),
    ]
    others.sort(key=lambda other: other[2])  # one that is there before one that is suggested
    for names, number, is_suggested in others:
        if any(letters.casefold() in (initials(n), plain_key(n)) for n in names):
            return replace(
                line,
                doubt=Doubt.SHORT,
                other=names[0],
                other_line=number,
                is_suggested=is_suggested,
            )
    return line


def _places(
    name: str, known: Sequence[KnownInstitution], lines: Sequence[ReadLine]
) -> tuple[str, ...]:
    """Returns the countries in which institutions of that name are known, at most three."""
    key = name_key(name)
    found = [
        one.country_code for one in known if any(_is_alike(key, name_key(n)) for n in one.names)
    ]
    found += [
        other.country_code
        for other in lines
        if other.country_code and _is_alike(key, name_key(other.name))
    ]
    return tuple(dict.fromkeys(found))[:3]


def _is_alike(key: str, other: str) -> bool:
    if key == other or is_abbreviated(key, other):
        return True
    if not key or not other or abs(len(key) - len(other)) > FEW_LETTERS:
        return False
    if len(key) <= LONG_ENOUGH:
        return False
    likeness = SequenceMatcher(None, key, other)
    return likeness.quick_ratio() >= ALIKE and likeness.ratio() >= ALIKE


def _letters(text: str) -> str:
    """Returns the text without accents, case and points, with single spaces."""
    return " ".join(re.sub(r"[^\w\s]", " ", plain_key(text).replace(".", "")).split())


def mandate_of(kind: str, mandate: str) -> Mandate | None:
    """Returns what an institution deals with: what was said of it, otherwise what its kind tells;
    None for one that deals with neither migration nor gender.
    """
    return Mandate(mandate) if mandate else MANDATE_OF_KIND.get(kind)
