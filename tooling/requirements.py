"""Joins docs/requirements.md with the tests: `python -m tooling.requirements [R39 …]`.

Without arguments it marks the requirements that no test names as not built yet and takes the mark
from those that a test names. With numbers it prints each requirement and its tests.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = Path("docs/requirements.md")
MARK = " *(not built yet)*"
REQUIREMENT = re.compile(rf"^- \*\*R(\d+)\*\* (.+?)(?:{re.escape(MARK)})?$", re.MULTILINE)
TEST = re.compile(r"def (test_((?:r\d+_)+)\w*)\(")


def requirements(text: str) -> list[tuple[int, str]]:
    """Returns the number and the sentence of each requirement, in the document's order."""
    return [(int(number), sentence) for number, sentence in REQUIREMENT.findall(text)]


def tests_by_number(root: Path) -> Mapping[int, list[str]]:
    """Returns the tests that name each number, as `path::name`; a name may hold several numbers."""
    tests: defaultdict[int, list[str]] = defaultdict(list)
    for path in sorted((root / "tests").rglob("test_*.py")):
        for name, numbers in TEST.findall(path.read_text(encoding="utf-8")):
            for number in re.findall(r"\d+", numbers):
                tests[int(number)].append(f"{path.relative_to(root)}::{name}")
    return tests


def marked(text: str, tested: Mapping[int, list[str]]) -> str:
    """Returns the document with the mark on exactly the requirements without a test."""

    def line(requirement: re.Match[str]) -> str:
        number, sentence = requirement.groups()
        return f"- **R{number}** {sentence}{'' if int(number) in tested else MARK}"

    return REQUIREMENT.sub(line, text)


def main(arguments: list[str]) -> None:
    document = ROOT / DOCUMENT
    text, tests = document.read_text(encoding="utf-8"), tests_by_number(ROOT)
    if not arguments:
        document.write_text(marked(text, tests), encoding="utf-8")
        return
    sentences = dict(requirements(text))
    for argument in arguments:
        number = int(argument.lstrip("Rr"))
        print(f"R{number} {sentences.get(number, 'is not in the document')}")
        for test in tests.get(number, ["no test names it"]):
            print(f"  {test}")


if __name__ == "__main__":
    main(sys.argv[1:])
