"""Set-up only: take the Fandol fonts (GPL-3 with font exception) out of Debian's TeX Live, without installing TeX.

Run as `python -m archive.letters.fetch_fonts [FOLDER]`. Needs apt-get and dpkg-deb and downloads 49 MB from the
machine's own Debian mirror. The running archive never calls this.
"""

import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from archive.letters.fonts import FANDOL, default_folder

PACKAGE = "texlive-lang-chinese"
LICENCE = ("COPYING.gz", "README")


def main(folder: Path) -> int:
    """Fetch into `folder`/fandol unless all files are there. Return 0 when they are, 1 when they could not be had."""
    target = folder / "fandol"
    if all((target / name).is_file() for name in FANDOL):
        return 0
    tools = {name: shutil.which(name) for name in ("apt-get", "dpkg-deb")}
    if not all(tools.values()):
        print("Fandol fonts: apt-get or dpkg-deb is missing; letters fall back to LXGW WenKai", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as scratch:
        done = subprocess.run([str(tools["apt-get"]), "download", PACKAGE], cwd=scratch, capture_output=True, text=True)
        packages = list(Path(scratch).glob(f"{PACKAGE}_*.deb"))
        if done.returncode or not packages:
            print(f"Fandol fonts: apt-get download {PACKAGE} failed: {done.stderr.strip()}", file=sys.stderr)
            return 1
        bundle = Path(scratch) / "data.tar"
        with bundle.open("wb") as out:
            subprocess.run([str(tools["dpkg-deb"]), "--fsys-tarfile", str(packages[0])], stdout=out, check=True)
        _take(bundle, target)
    return 0 if all((target / name).is_file() for name in FANDOL) else 1


def _take(bundle: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    with tarfile.open(bundle) as tar:
        for member in tar:
            path = Path(member.name)
            wanted = path.name in FANDOL or (path.parent.name == "fandol" and path.name in LICENCE)
            content = tar.extractfile(member) if wanted and member.isfile() else None
            if content is not None:
                (target / path.name).write_bytes(content.read())


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else default_folder()))
