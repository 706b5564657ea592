"""SECRET_KEY is used through SecretKeys alone, so that each use accepts the keys before it. A new use
is written down here, with what it makes and what it checks.
"""

import ast
from collections import defaultdict

from tests.architecture.source import name_of, python_files

HOME = "app/infra/secret_keys.py"
READ_THE_SETTING = {
    "app/factory.py": "makes SecretKeys, and gives Flask and Flask-WTF theirs",
    "app/infra/backups/making.py": "names it among what is kept apart",
    "app/office/backups/tasks/making.py": "hands the settings to the process of a drill",
}
SIGN = {"Signer", "URLSafeSerializer", "URLSafeTimedSerializer", "TimestampSigner", "Serializer"}
SECRET_NAMES = {"secret_key", "secret_key_fallbacks"}
RECEIVERS = {"keys", "own", "platform().keys", "secret_keys(db)"}
METHODS = {
    *("signer", "serializer", "timed_serializer", "tag", "tags", "seal", "unseal", "is_current"),
    *("current", "earlier", "listed", "oldest_first"),
}
USES = {
    "app/factory.py": {"current", "earlier", "oldest_first"},
    "app/followup/matrix/rules.py": {"serializer"},
    "app/infra/exchange.py": {"earlier", "is_current", "seal", "unseal"},
    "app/infra/cli.py": {"earlier"},
    "app/infra/installation.py": {"seal", "unseal"},
    "app/infra/jobs.py": {"listed"},
    "app/infra/meetings/choosing.py": {"seal", "unseal"},
    "app/office/outbox/queries.py": {"seal", "unseal"},
    "app/office/outbox/rules.py": {"serializer"},
    "app/office/setup/exports.py": {"tag", "tags"},
    "app/office/setup/views/reach.py": {"seal", "unseal"},
    "app/participation/invitations/rules.py": {"seal", "unseal"},
    "app/people/factors/queries.py": {"unseal"},
    "app/people/factors/services.py": {"seal", "unseal"},
    "app/people/identity/services/tokens.py": {"tags"},
    "app/people/identity/views/door.py": {"timed_serializer"},
    "app/planning/arranging/views/plan_page.py": {"signer"},
    "app/training/authoring/views/parts.py": {"timed_serializer"},
    "app/training/certificates/queries/names.py": {"unseal"},
    "app/training/certificates/services/erasing.py": {"seal"},
    "app/training/learning/views/door.py": {"tags"},
    "app/training/packages/rules/addresses.py": {"tag", "tags"},
    "app/training/refreshers/rules.py": {"serializer"},
    "app/web/form_token.py": {"timed_serializer"},
    "app/web/undo.py": {"timed_serializer"},
}


def past_the_home(text: str) -> set[str]:
    """Returns what reads the setting, or signs or seals without SecretKeys."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Constant(value=str(name)) if name.lower() in SECRET_NAMES:
                found.add(name)
            case ast.Attribute(attr=name) if name in SECRET_NAMES:
                found.add(name)
            case ast.Attribute(attr="secret", value=of) if ast.unparse(of).endswith(
                ("settings", "settings()", "[SETTINGS]")
            ):
                found.add("secret")
            case ast.ImportFrom(module="itsdangerous", names=names):
                found |= {one.name for one in names} & SIGN
            case ast.ImportFrom(module="app.infra.sealing", names=names):
                found |= {one.name for one in names} & {"seal", "unseal"}
            case _:
                pass
    return found


def uses(text: str) -> set[str]:
    return {
        node.attr
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute)
        and node.attr in METHODS
        and ast.unparse(node.value) in RECEIVERS
    }


def texts() -> dict[str, str]:
    words = ("secret", "keys", "own.", "SECRET", "itsdangerous")
    read = {name_of(path): path.read_text("utf-8") for path in python_files("app")}
    return {
        name: text
        for name, text in read.items()
        if name != HOME and any(word in text for word in words)
    }


def test_each_use_of_the_key_accepts_the_keys_before_it() -> None:
    found, past = defaultdict(set), {}
    for name, text in texts().items():
        if used := uses(text):
            found[name] = used
        if read := past_the_home(text):
            past[name] = read
    assert found == USES
    assert past.keys() == READ_THE_SETTING.keys(), past


def test_a_use_that_forgets_the_list_is_seen() -> None:
    for text in (
        'current_app.config["SECRET_KEY"]',
        "current_app.secret_key",
        "platform().settings.secret",
        "settings().secret",
        "db.info[SETTINGS].secret",
        "from itsdangerous import URLSafeSerializer",
        "from app.infra.sealing import seal",
    ):
        assert past_the_home(text), text
    assert not past_the_home("from itsdangerous import BadSignature\nprovider.secret")
    assert uses("platform().keys.tag(b'')") == {"tag"}
    assert uses("app.text.tag('')") == set()
