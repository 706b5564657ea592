"""The readers' lock names no machine to fetch from, so that it serves wherever packages come
from.
"""

import json

from tests.feeds.oracles import READERS


def test_the_lock_is_whole_exact_and_without_addresses() -> None:
    wanted = json.loads((READERS / "package.json").read_text(encoding="utf-8"))["dependencies"]
    packages = json.loads((READERS / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    for path, package in packages.items():
        assert "resolved" not in package
        assert not path or package["integrity"].startswith("sha512-")
        assert not package.get("hasInstallScript")
