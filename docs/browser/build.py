"""Complete the folder of the page: Python for the browser, the list of wheels, and the hash of each file."""

import hashlib
import json
import re
import shutil
import sys
from base64 import b64encode
from pathlib import Path

from leadqual.intake import page as report

NEEDED = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")


def build(page: Path, pyodide: Path) -> None:
    """Copy what the page needs, and allow it no script but its own."""
    (page / "pyodide").mkdir()
    for name in NEEDED:
        shutil.copy(pyodide / name, page / "pyodide" / name)
    (page / "build.py").unlink()
    wheels = sorted(path.name for path in (page / "wheels").glob("*.whl"))
    (page / "wheels.json").write_text(json.dumps(wheels), "utf-8")
    template = Path(report.__file__).with_name("page.html").read_text("utf-8")
    (script,) = re.findall("<script>(.*?)</script>", template, re.DOTALL)
    digest = b64encode(hashlib.sha256(script.encode()).digest()).decode()
    index = page / "index.html"
    index.write_text(index.read_text("utf-8").replace("{report}", digest), "utf-8")
    files = sorted(path for path in page.rglob("*") if path.is_file())
    sums = (f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(page)}\n" for path in files)
    (page / "SHA256SUMS").write_text("".join(sums), "utf-8")
    sys.stdout.write(f"{len(files)} files, {sum(path.stat().st_size for path in files) / 1e6:.1f} MB\n")


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
