"""What became of a file's rows."""

import csv
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

#: How many lines are named for each reason.
NAMED = 5
#: What a reason says of one row only; reasons that differ in nothing else are counted together.
PARTICULAR = re.compile(r": .*", re.DOTALL)


@dataclass(slots=True)
class Report:
    """Rows taken, skipped because they were taken before, and refused: (line, reason)."""

    taken: int = 0
    skipped: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)
    #: What is counted: rows, or cases of several rows each.
    what: str = "rows"

    @property
    def rows(self) -> int:
        """Return how many rows the file has: each is taken, skipped or refused."""
        return self.taken + self.skipped + len(self.refused)

    def refuse(self, line: int, reason: str) -> None:
        """Note that the row on `line` is refused; what follows a colon in `reason` is the row's own value."""
        self.refused.append((line, reason))

    def reasons(self) -> list[tuple[str, int]]:
        """Return how many rows were refused for which reason, most first."""
        return Counter(PARTICULAR.sub("", reason) for _line, reason in self.refused).most_common()

    def print(self, write: Callable[[str], object]) -> None:
        """Write the report, line by line: the counts, then each reason with the first lines it concerns."""
        write(f"{self.rows} {self.what}: {self.taken} taken, {self.skipped} skipped (taken before), {len(self.refused)} refused")
        for reason, count in self.reasons():
            write(f"  {count} × {reason}")
            same = [(line, told) for line, told in self.refused if PARTICULAR.sub("", told) == reason]
            for line, told in same[:NAMED]:
                write(f"      line {line}: {told}")
            if count > NAMED:
                write(f"      … and {count - NAMED} more")

    def as_dict(self) -> dict[str, object]:
        """Return the report as plain data."""
        return {
            self.what: self.rows,
            "taken": self.taken,
            "skipped": self.skipped,
            "refused": [{"line": line, "reason": reason} for line, reason in self.refused],
            "reasons": dict(self.reasons()),
        }

    def save_refused(self, path: Path) -> None:
        """Write the refused lines with their reasons to a CSV file. Raises OSError."""
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["line", "reason"])
            writer.writerows(self.refused)
