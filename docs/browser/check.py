"""What the page asks of leadqual: one check, its report, and the files to download."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from leadqual import SYSTEMS, LeadqualError, check
from leadqual.intake import Rejected, Report


def about() -> str:
    """Return the systems that a file may come from and go to, as JSON."""
    systems = [[name, system.title] for name, system in SYSTEMS.items()]
    destinations = [[name, title] for name, title in systems if SYSTEMS[name].destination]
    return json.dumps({"layouts": systems, "destinations": destinations})


class Watched(io.BytesIO):
    """A file that tells how much of it has been read."""

    def __init__(self, data: bytes, tell: Callable[[float], object]) -> None:
        """Hold the bytes, and whom to tell."""
        super().__init__(data)
        self.total, self.tell_share, self.told = len(data), tell, 0

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next bytes."""
        found = super().read(size)
        if self.tell() - self.told > self.total / 50:
            self.told = self.tell()
            self.tell_share(self.told / self.total)
        return found


def run(wanted: str, data: Any, tell: Callable[[float], object]) -> dict[str, object]:  # noqa: ANN401 (a JavaScript array)
    """Return the page of the report and the files to download, or why the file is refused."""
    asked = json.loads(wanted)
    sheet = asked["sheet"]
    try:
        report = check(
            Watched(data.to_bytes(), tell),
            layout=asked["layout"] or None,
            region=asked["region"] or None,
            destination=asked["destination"] or None,
            sheet=(int(sheet) if sheet.isdigit() else sheet) or None,
            duplicates="merge" if asked["merge"] else "report",
            names_only=asked["names_only"],
        )
    except LeadqualError as error:
        return {"refused": str(error)}
    files = []
    if asked["destination"]:
        files += _to_import(report)
    elif report.counts.accepted:
        files.append(_file("accepted.csv", "Accepted contacts", report.write_accepted))
    if any(isinstance(row, Rejected) for row in report):
        files.append(_file("rejects.csv", "Rejected rows, to correct", report.write_rejects))
    return {"page": report.to_html(asked["name"]), "files": files}


def _to_import(report: Report) -> list[tuple[str, str, bytes]]:
    ready, out = Path("/tmp/ready.csv"), Path("/tmp/out.csv")  # noqa: S108 (in the memory of the page)
    report.write_import(ready, out)
    return [
        ("ready.csv", "People to import", ready.read_bytes()),
        ("ready.do-not-contact.csv", "People not to contact, import last", out.read_bytes()),
    ]


def _file(name: str, text: str, write: Callable[[Path], object]) -> tuple[str, str, bytes]:
    path = Path("/tmp", name)  # noqa: S108 (in the memory of the page)
    write(path)
    found = path.read_bytes()
    path.unlink()
    return name, text, found
