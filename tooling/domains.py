"""Where the Spanish of a message belongs: with a package that uses it, as its tests and templates do."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from tooling.messages import Use, extract_messages
from tooling.spanish import Entry, read_entries

WINGS = ("people", "planning", "participation", "training", "followup", "office")
SHARED = "web/web"
"""For what no package says: kernel, infra, web, wiring, and the templates that all pages share."""
STARTS = ("#", "msgctxt ", "msgid ")
HEADER = 'msgid ""\nmsgstr'
FOLDERS = {"templates/letters": "office/letters", "certificates": "training/certificates"}


def domain_of(entry: Entry) -> str:
    """Returns the name of the entry's file, such as "planning/programme"."""
    return str(PurePosixPath(entry.file).relative_to("translations/es").with_suffix(""))


def belongs_in(uses: Iterable[Use], present: str = "") -> str:
    """Returns where a message belongs: where it stands, when a package of that name uses it,
    otherwise with the package that uses it most.
    """
    homes = Counter(_home_of(use.file) for use in uses)
    if present in homes or (SHARED in homes and present.startswith("web/")):
        return present
    return min(homes, key=lambda home: (home == SHARED, -homes[home], home))


def _home_of(file: str) -> str:
    for folder, home in FOLDERS.items():
        if file.startswith(f"{folder}/"):
            return home
    match PurePosixPath(file).with_suffix("").parts:
        case [_, wing, package, *_] if wing in WINGS:
            return f"{wing}/{package}"
    return SHARED


def settle(root: Path) -> None:
    """Moves each message of the Spanish catalogue to the end of the file where it belongs, with its
    comments; what stands there already is not doubled, and a file that is left empty goes.
    """
    used = extract_messages(root)
    folder = root / "translations" / "es"
    entries = {(entry.file, entry.message.lineno): entry for entry in read_entries(folder)}
    there = {(domain_of(entry), entry.key) for entry in entries.values()}
    kept: defaultdict[Path, list[str]] = defaultdict(list)
    moved: defaultdict[Path, list[str]] = defaultdict(list)
    paths = sorted(folder.rglob("*.po"))
    for path in paths:
        file = str(path.relative_to(root))
        for lines, block in _blocks(path):
            entry = next((entries[file, line] for line in lines if (file, line) in entries), None)
            present = domain_of(entry) if entry else ""
            home = belongs_in(used[entry.key], present) if entry and entry.key in used else present
            if entry is None or home == present:
                kept[path].append(block)
            elif (home, entry.key) not in there:
                moved[folder / f"{home}.po"].append(block)
                there.add((home, entry.key))
    for path in {*paths, *moved}:
        blocks = [*kept[path], *moved[path]]
        if all(block.startswith(HEADER) for block in blocks):
            path.unlink()
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")


def _blocks(path: Path) -> Iterator[tuple[range, str]]:
    """Yields each message with its comments as it is written, and the numbers of its lines."""
    block: list[str] = []
    number = 0
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        is_next = line.startswith(STARTS) and any(one.startswith("msgstr") for one in block)
        if block and (is_next or not line):
            yield range(number - len(block), number), "\n".join(block)
            block = []
        if line:
            block.append(line)
    if block:
        yield range(number - len(block) + 1, number + 1), "\n".join(block)
