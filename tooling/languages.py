"""The languages of the interface. Standard library only."""

from pathlib import Path


def catalogue_languages(root: Path) -> list[str]:
    """English, which the code is written in, and each folder of translations, by their codes."""
    folders = (path.name for path in (root / "translations").iterdir() if path.is_dir())
    return sorted({"en", *folders})
