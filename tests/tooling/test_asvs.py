"""docs/asvs.csv answers each requirement of OWASP's ASVS 5.0 of levels 1 and 2, by a test or a
reason; docs/security.md, which it points to, says what the code does.
"""

import ast
import csv
import re
from collections import Counter
from datetime import timedelta
from functools import cache

import pytest

from app.infra.signing_key import KEY_BITS
from app.participation.materials.rules import LARGEST as LARGEST_MATERIAL
from app.people.access.rules import PER_EMAIL, PER_SOURCE, PER_SOURCE_AND_DAY
from app.people.factors.rules import LIMITS
from app.people.identity import rules
from app.people.identity.services.accounts import HASHER
from app.people.identity.values import Limit, SignInWay
from app.planning.calendars.rules.lines import LARGEST as LARGEST_CALENDAR
from app.planning.calendars.rules.reading import MOST_ENTRIES as MOST_OF_CALENDAR
from app.training.authoring.forms import LARGEST_FILM
from app.training.certificates.rules import NAMES_OF_CODE
from app.training.exchange.forms.encoding import MOST_BYTES as LARGEST_BANK
from app.training.exchange.rules.questions import MOST_QUESTIONS
from app.training.packages.rules import archive
from app.web.limits import COSTS
from config import MEGABYTE, Settings
from tests.architecture.source import ROOT

COLUMNS = ["id", "level", "subject", "answer", "where"]
ANSWERS = {"test", "design", "not applicable", "not met"}
NOT_MET = 16
DESIGN = 17
"""Both may only fall: whoever adds a test or mends something lowers them."""
AT_LEVEL_1 = [8, 4, 8, 2, 4, 13, 6, 4, 4, 5, 3, 3, 1, 2, 3, 0, 0]
AT_LEVEL_2 = [19, 7, 11, 8, 5, 22, 12, 3, 3, 24, 11, 6, 12, 7, 10, 16, 7]
"""How many requirements each of the 17 chapters has."""
SHORTEST_REASON = 20
PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")


def rows() -> list[dict[str, str]]:
    with (ROOT / "docs" / "asvs.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        assert reader.fieldnames == COLUMNS
        return list(reader)


@cache
def names_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def is_there(name: str) -> bool:
    """Returns True for `tests/…py::test_name` of a test in the tree."""
    path, _, function = name.partition("::")
    found = re.fullmatch(r"tests/[\w/]+/test_\w+\.py|tests/test_\w+\.py", path)
    return bool(
        found
        and (ROOT / path).is_file()
        and function.startswith("test_")
        and function in names_in(path)
    )


def test_each_requirement_of_levels_1_and_2_stands_there_once() -> None:
    ids = [row["id"] for row in rows()]
    assert len(ids) == len(set(ids)) == 253
    assert all(re.fullmatch(r"V\d+\.\d+\.\d+", one) for one in ids)
    assert ids == sorted(ids, key=lambda one: [int(number) for number in one[1:].split(".")])
    found = Counter((int(row["id"][1:].partition(".")[0]), row["level"]) for row in rows())
    for level, counts in (("1", AT_LEVEL_1), ("2", AT_LEVEL_2)):
        assert [found[chapter, level] for chapter in range(1, 18)] == counts
    assert sum(AT_LEVEL_1) == 70


def defects(row: dict[str, str]) -> list[str]:
    """Returns what a row lacks: tests that are there, or a reasoned sentence."""
    answer, where = row["answer"], row["where"]
    if answer not in ANSWERS or not row["subject"]:
        return ["no answer or no subject"]
    if answer == "test":
        return [name for name in where.split() if not is_there(name)] if where else ["no test"]
    if len(where) < SHORTEST_REASON or not where.endswith("."):
        return ["no reason"]
    paths = re.findall(r"\b(?:app|docs|deploy|tests)/[\w/.-]*\w", where)
    if answer == "design" and not paths:
        return ["no file"]
    return [path for path in paths if not list(ROOT.glob(f"{path}*"))]


def test_each_row_has_an_answer_with_its_tests_or_its_reason() -> None:
    assert {row["id"]: found for row in rows() if (found := defects(row))} == {}


@pytest.mark.parametrize(
    ("answer", "where"),
    [
        ("", "There is no such thing anywhere."),
        ("maybe", "There is no such thing anywhere."),
        ("test", ""),
        ("test", "tests/tooling/test_asvs.py::test_of_nobody"),
        ("not applicable", ""),
        ("not met", "later"),
        ("design", "Somewhere in the code it is so."),
        ("design", "app/nowhere.py: it is so there."),
    ],
)
def test_row_without_test_or_reason_is_seen(answer: str, where: str) -> None:
    assert defects({"subject": "one", "answer": answer, "where": where})


def test_test_that_is_not_in_the_tree_is_seen() -> None:
    own = "tests/tooling/test_asvs.py"
    assert is_there(f"{own}::test_test_that_is_not_in_the_tree_is_seen")
    for other in (f"{own}::test_of_nobody", own, f"{own}::rows", "tests/test_nothing.py::test_x"):
        assert not is_there(other)


def test_what_is_not_met_or_only_design_becomes_fewer() -> None:
    found = Counter(row["answer"] for row in rows())
    assert (found["not met"], found["design"]) == (NOT_MET, DESIGN)


def test_security_page_says_the_numbers_of_the_code() -> None:
    expected = [
        f"{rules.SHORTEST_PASSWORD} to {rules.LONGEST_PASSWORD} characters",
        f"{minutes(rules.LINK_LASTS)} minutes, once",
        f"| password | {said(rules.PER_ACCOUNT_AND_ADDRESS)} | account and network address",
        f"| password | {said(rules.PER_ACCOUNT)} | account |",
        f"| password | {said(rules.PER_ADDRESS)}; {rules.PER_KNOWN_ADDRESS.count} where",
        f"used before | {said(rules.PER_DEVICE)} |",
        f"| second step | {', '.join(said(limit) for _door, limit in LIMITS)} | account;",
        f"| requests for access | {said(PER_SOURCE)}, {said(PER_SOURCE_AND_DAY)} | network address |",
        f"| requests for access | {said(PER_EMAIL)} | e-mail address |",
        *(f"| {cost.name} | {cost.per_person} | {cost.per_address} |" for cost in COSTS),
        f"| names tried at a certificate | {said(NAMES_OF_CODE)} |",
        f"authors | {minutes(rules.GUARDED_SPAN.idle)} minutes | 12 hours |",
        "| everybody else | 12 hours | 7 days |",
        f"more than {minutes(rules.CONFIRMED_FOR)} minutes ago",
        f"pictures, text, by ending and first bytes | {LARGEST_MATERIAL // MEGABYTE} MB |",
        f"iCalendar | {LARGEST_CALENDAR // MEGABYTE} MB | {MOST_OF_CALENDAR:,} entries |",
        f"MP4, WebM | {LARGEST_FILM // MEGABYTE} MB |",
        f"Aiken | {LARGEST_BANK // MEGABYTE} MB | {MOST_QUESTIONS:,} questions |",
        f"`PACKAGE_MEGABYTES` ({Settings().package_megabytes}) | {megabytes(archive.MOST_TOTAL)}, "
        f"{archive.MOST_ENTRIES:,} files, {megabytes(archive.MOST_FILE)} each |",
        f"RSA with {KEY_BITS:,} bits",
        f"Argon2id, {HASHER.memory_cost // 1024} MiB, {HASHER.time_cost} passes",
    ]
    assert [words for words in expected if words not in PAGE] == []
    assert rules.GUARDED_SPAN.whole == rules.ORDINARY_SPAN.idle == timedelta(hours=12)
    assert rules.ORDINARY_SPAN.whole == timedelta(days=7)
    assert {"convoca", "migration", "webinar"} <= set(rules.WORN_OUT)


def test_security_page_names_ways_keys_and_connections() -> None:
    """A new way in, secret or connection needs its row."""
    assert [way.value for way in SignInWay if f" | `{way.value}` | " not in PAGE] == []
    kinds = r"secret|key|passphrase|password|recipient|identity|seal_file|credential_file"
    kinds += r"|_url$|_host$|_api$|_login$|_tsa$|_issuer$"
    names = {name.upper() for name in Settings.model_fields if re.search(kinds, name)}
    assert len(names) > 20
    assert {name for name in names if f"`{name}`" not in PAGE} == {"BASE_URL"}


def test_compose_has_no_password_of_its_own() -> None:
    lines = (ROOT / "deploy" / "compose.yaml").read_text("utf-8").splitlines()
    secret = [line for line in lines if re.match(r"\s*\w*(PASSWORD|SECRET)\w*:", line)]
    assert len(secret) >= 3
    assert [line for line in secret if not re.search(r": \$\{\w+:\?[^}]+\}$", line)] == []
    assert "postgresql://convoca:${POSTGRES_PASSWORD:?" in "\n".join(lines)


def said(limit: Limit) -> str:
    """Returns a limit as the page writes it, such as "10 in 5 minutes" and "30 an hour"."""
    if limit.span in WORDS:
        return f"{limit.count} {WORDS[limit.span]}"
    return f"{limit.count} in {minutes(limit.span)} minutes"


WORDS = {timedelta(hours=1): "an hour", timedelta(days=1): "a day"}


def minutes(span: timedelta) -> int:
    return int(span.total_seconds()) // 60


def megabytes(size: int) -> str:
    return f"{size // MEGABYTE} MB"
