"""The words of the interface. A msgid is English and stands in code or template; its Spanish
stands in `translations/es/<wing>/<package>.po`, of a package that uses it. Another language is
another folder beside it, which may be incomplete.

`python -m tooling.catalogue extract`  prints, as a .po file, what has no Spanish yet, with the file
                                       where each belongs
`python -m tooling.catalogue check`    names every defect and exits 1
`python -m tooling.catalogue settle`   moves each message to the file where it belongs
`python -m tooling.catalogue compile`  writes the .mo files that the application reads
"""

import secrets
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import write_po

from tooling.domains import belongs_in, domain_of, settle
from tooling.languages import catalogue_languages
from tooling.messages import Key, extract_messages, template_of
from tooling.spanish import Entry, defects_of, formatting_defects_of, is_formatted, read_entries

ROOT = Path(__file__).resolve().parent.parent


def missing(used: Iterable[Key], entries: Iterable[Entry]) -> list[Key]:
    known = {entry.key for entry in entries}
    return [key for key in used if key not in known]


def check(root: Path) -> Iterator[str]:
    """One line per defect, each naming the file and line where it can be mended."""
    used = extract_messages(root)
    entries = read_entries(root / "translations" / "es")
    for key in missing(used, entries):
        yield f"{used[key][0]}: no Spanish for {key}"
    for entry in entries:
        if entry.key not in used:
            yield f"{entry.place}: no longer used: {entry.key}"
        elif domain_of(entry) != (home := belongs_in(used[entry.key], domain_of(entry))):
            yield f"{entry.place}: belongs in translations/es/{home}.po: {entry.key}"
        for defect in defects_of(entry):
            yield f"{entry.place}: {defect}: {entry.key}"
        plurals = {use.plural for use in used.get(entry.key, ()) if use.plural}
        if plurals - set(entry.ids[1:]):
            yield f"{entry.place}: lacks the plural that is asked for: {entry.key}"
        if is_formatted(entry, (use.file for use in used.get(entry.key, ()))):
            for defect in formatting_defects_of(entry):
                yield f"{entry.place}: {defect}: {entry.key}"
    first: dict[Key, Entry] = {}
    for entry in entries:
        other = first.setdefault(entry.key, entry)
        if other is not entry:
            verdict = (
                "twice, with the same Spanish"
                if other.strings == entry.strings
                else "two different translations"
            )
            if other.strings != entry.strings or other.file == entry.file:
                yield f"{entry.place}: {verdict} (the other: {other.place}): {entry.key}"


def compile_all(root: Path) -> None:
    """Each language from all its parts. English is the msgid itself: its catalogue is a header that
    says it exists.
    """
    for language in catalogue_languages(root):
        catalogue = Catalog(locale=language)
        for entry in read_entries(root / "translations" / language):
            if entry.is_translated:
                catalogue.add(entry.message.id, entry.message.string, context=entry.message.context)
        target = root / "translations" / language / "LC_MESSAGES" / "messages.mo"
        target.parent.mkdir(parents=True, exist_ok=True)
        # A name of its own: another process that compiles at the same moment has replaced its file.
        fresh = target.with_name(f"{target.name}.{secrets.token_hex(8)}")
        with fresh.open("xb") as file:
            write_mo(file, catalogue)
        fresh.replace(target)


def main(arguments: list[str]) -> int:
    match arguments:
        case ["extract"]:
            used = extract_messages(ROOT)
            absent = missing(used, read_entries(ROOT / "translations" / "es"))
            homes = {key: belongs_in(used[key]) for key in absent}
            write_po(
                sys.stdout.buffer,
                template_of({key: used[key] for key in absent}, homes),
                omit_header=True,
                width=120,
            )
        case ["check"]:
            defects = list(check(ROOT))
            print("\n".join(defects) or "Every string stands in both languages.")
            return 1 if defects else 0
        case ["settle"]:
            settle(ROOT)
        case ["compile"]:
            compile_all(ROOT)
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
