"""What taking in a package costs, in a process of its own: `python -m tests.load._package <archive> <folder>`.

Looks at the archive and puts every file of it away, as the page does, and prints seconds and the
process's highest memory in megabytes, before and after.
"""

import json
import os
import resource
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from app.infra.files import Files
from app.training.packages import forms
from config import MEGABYTE, Settings
from tests.load import Figure
from tests.training.packages.builders import SCO, manifest

KILOBYTES = 1024


def taken_in(folder: Path, megabytes: int, files: int) -> Iterator[Figure]:
    """A package of bytes that do not shrink, in so many files, looked at and put away."""
    archive = folder / "package.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as out:
        out.writestr("imsmanifest.xml", manifest())
        out.writestr("index.html", SCO)
        for number in range(files):
            with out.open(f"media/{number}.mp4", "w") as file:
                for _ in range(megabytes // files):
                    file.write(os.urandom(MEGABYTE))
    command = [sys.executable, "-m", "tests.load._package", str(archive), str(folder / "store")]
    told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    about: dict[str, str | int] = {"megabytes": megabytes, "files": files}
    yield Figure("package looked at", round(told["looked"], 2), "s", about)
    yield Figure("package looked at and put away", round(told["total"], 2), "s", about)
    yield Figure("package taken in, highest memory", round(told["peak"], 1), "MB", about)
    more = round(told["peak"] - told["before"], 1)
    yield Figure("package taken in, memory above an idle process", more, "MB", about)


def highest() -> float:
    """In megabytes; Linux counts kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES


def main(archive: str, folder: str) -> None:
    store = Files(Settings(environment="test", convoca_data=Path(folder)))
    store.put(b"the store is open")
    before, start = highest(), time.perf_counter()
    with Path(archive).open("rb") as stream:
        inspection = forms.inspect(stream)
        looked = time.perf_counter() - start
        with forms.unpacked(stream, inspection) as one_by_one:
            for _name, path in one_by_one:
                store.put_file(path)
    total = time.perf_counter() - start
    print(json.dumps({"looked": looked, "total": total, "before": before, "peak": highest()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
