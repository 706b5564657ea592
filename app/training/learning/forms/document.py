"""Reading a YAML document by its fields, collecting every problem with the place where it
stands.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_, LocalizedText, languages

Choice = TypeVar("Choice", bound=StrEnum)
LONGEST_TEXT = 8_000
NOT_YAML = N_("This file cannot be read as YAML: %(reason)s")
NO_FILE = N_("This file is missing.")
NO_TEXT = N_("A text is missing here. If it looks like a number, put it in quotes.")
TOO_LONG = N_("This text is too long: at most %(limit)s characters.")
BAD_CHARACTER = N_("This text holds a character that cannot be stored.")
NO_NUMBER = N_("A whole number from %(low)s to %(high)s is needed here.")
NO_FLAG = N_("Write true or false here.")
NO_LIST = N_("A list is needed here.")
NO_MAPPING = N_("Named fields are needed here.")
NO_CHOICE = N_("Choose one of these: %(choices)s")
NO_LANGUAGE = N_("The text is needed in Spanish (es) or English (en).")


@dataclass
class Problems:
    """Every problem by its place: "01-framework/bank.yaml: items[3].section"."""

    found: dict[str, Sentence] = field(default_factory=dict)

    def add(self, place: str, msgid: str, **params: Any) -> None:
        self.found.setdefault(place, Sentence(msgid, params))

    def refuse_if_any(self) -> None:
        if self.found:
            raise InvalidInput(self.found)


Files = Mapping[str, str]
"""The texts of the files of a course, by their names in its folder."""


def read_document(files: Files, name: str, problems: Problems) -> "Node":
    value: Any = {}
    if name not in files:
        problems.add(name, NO_FILE)
    else:
        import yaml

        # libyaml where PyYAML was built with it: ten times as fast
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            value = yaml.load(files[name], Loader=loader)  # noqa: S506  # both are the safe loader
        except (yaml.YAMLError, ValueError) as error:  # ValueError: a date that does not exist
            problems.add(name, NOT_YAML, reason=" ".join(str(error).split())[:200])
    return Node(value, name, "", problems)


FOLDER_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "is_available": "published",
        "is_correct": "correct",
        "is_critical": "critical",
        "is_optional": "optional",
        "is_verified": "verified",
        "explanation": "feedback",
        "label": "version",
    }
)
"""What folders call fields of an edition. The feedback of an option is called so everywhere."""


@dataclass(frozen=True)
class Node:
    """A place in a document. What is wrong is noted, and a harmless value returned, so that reading
    goes on. Fields are asked for by the edition's names; `words` are what this document calls some
    of them. A value may hold nodes where one document is made of several files.
    """

    value: Any
    file: str
    path: str
    problems: Problems
    words: Mapping[str, str] = FOLDER_WORDS

    def refuse(self, msgid: str, key: str = "", **params: Any) -> None:
        path = self._path(key) if key else self.path
        self.problems.add(f"{self.file}: {path}" if path else self.file, msgid, **params)

    def _path(self, key: str) -> str:
        name, dot, rest = key.partition(".")
        return f"{self.path}.{self.words.get(name, name)}{dot}{rest}".strip(".")

    def _get(self, key: str) -> Any:
        if isinstance(self.value, dict):
            return self.value.get(self.words.get(key, key))
        self.refuse(NO_MAPPING)
        return None

    def child(self, key: str) -> "Node":
        value = self._get(key)
        return (
            value if isinstance(value, Node) else replace(self, value=value, path=self._path(key))
        )

    def children(self, key: str, *, optional: bool = False) -> Iterator["Node"]:
        """Yields the places in a list, which may be missing where it is optional."""
        if optional and isinstance(self.value, dict) and key not in self.value:
            return
        values = self.child(key)
        if not isinstance(values.value, list):
            values.refuse(NO_LIST)
            return
        for index, value in enumerate(values.value):
            yield (
                value
                if isinstance(value, Node)
                else replace(values, value=value, path=f"{values.path}[{index}]")
            )

    def has(self, key: str) -> bool:
        return self.child(key).value is not None

    def with_fields(self, **fields: Any) -> "Node":
        """Returns the same place with more fields, such as those that stand in another file."""
        is_there = isinstance(self.value, dict)
        return replace(self, value={**self.value, **fields}) if is_there else self

    def text(self, key: str, limit: int = LONGEST_TEXT) -> str:
        return self._checked(self._get(key), key, limit)

    def _checked(self, value: Any, key: str, limit: int) -> str:
        if not isinstance(value, str) or not value.strip():
            self.refuse(NO_TEXT, key)
            return ""
        if len(value) > limit:
            self.refuse(TOO_LONG, key, limit=limit)
        if not is_storable(value):
            self.refuse(BAD_CHARACTER, key)
        return value.strip()

    def localized(self, key: str, *, optional: bool = False) -> LocalizedText:
        given = self._get(key)
        if given is None and optional:
            return LocalizedText()
        if not isinstance(given, dict) or not set(given) & set(languages()):
            self.refuse(NO_LANGUAGE, key)
            return LocalizedText()
        return LocalizedText(
            {
                code: self._checked(given[code], f"{key}.{code}", LONGEST_TEXT)
                for code in languages()
                if given.get(code) is not None
            }
        )

    def integer(self, key: str, low: int, high: int) -> int:
        value = self._get(key)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.refuse(NO_NUMBER, key, low=low, high=high)
            return low
        return value

    def flag(self, key: str, *, default: bool | None = None) -> bool:
        value = self._get(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, bool):
            self.refuse(NO_FLAG, key)
        return bool(value)

    def choice(self, key: str, choices: type[Choice]) -> Choice:
        value = self._get(key)
        if isinstance(value, str) and value in {choice.value for choice in choices}:
            return choices(value)
        self.refuse(NO_CHOICE, key, choices=", ".join(choice.value for choice in choices))
        return next(iter(choices))

    def known(self, key: str, codes: Iterable[str]) -> str:
        value, allowed = self._get(key), list(codes)
        if isinstance(value, str) and value in allowed:
            return value
        self.refuse(NO_CHOICE, key, choices=", ".join(allowed))
        return ""

    def codes(self, key: str, known: Iterable[str]) -> tuple[str, ...]:
        """Returns the codes of a list; refuses one that is not known."""
        values, allowed = self._get(key), sorted(known)
        if not isinstance(values, list) or not all(
            isinstance(value, str) and value in allowed for value in values
        ):
            self.refuse(NO_CHOICE, key, choices=", ".join(allowed))
            return ()
        return tuple(values)


def is_storable(text: str) -> bool:
    """Returns True for a text without NUL and halves of surrogate pairs: PostgreSQL refuses both."""
    try:
        text.encode()  # UTF-8 has no halves
    except UnicodeEncodeError:
        return False
    return "\x00" not in text
