"""Bring the database up to date, load the demo operator and serve; `real` loads real files in place of invented complaints."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def step(label: str, *command: str) -> None:
    """Run one management command and tell how long it took."""
    print(f"· {label} …", file=sys.stderr, flush=True)
    begun = time.monotonic()
    subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, check=True)
    print(f"  done in {time.monotonic() - begun:.1f} s", file=sys.stderr, flush=True)


def load_invented() -> None:
    """Load the demo operator with half a year of complaints that never happened."""
    subprocess.run([sys.executable, "manage.py", "load_demo"], cwd=ROOT, check=True)


def load_real() -> None:
    """Load the demo operator without complaints, and the real ones, into a database of their own beside the plain demo's."""
    os.environ["DATABASE_NAME"] = "onepoint_real"
    step("database", "migrate", "--verbosity", "0")
    step("demo operator", "demo_data", "--tickets", "0")
    step("scheme", "load_scheme")
    step("real complaints", "real_data")


def main() -> int:
    """Prepare the data, then serve in this process's place."""
    if sys.argv[1:] not in ([], ["real"]):
        print("There is the plain demo (make demo) and the one with real data (make demo DEMO=real).", file=sys.stderr)
        return 1
    try:
        load_real() if sys.argv[1:] else load_invented()
    except subprocess.CalledProcessError as error:
        print(f"\nThis did not work: {' '.join(error.cmd[1:])} (see above).", file=sys.stderr)
        return 1
    os.execv(sys.executable, [sys.executable, str(ROOT / "tools" / "serve.py")])  # noqa: S606 -- serve in this process's place
    return 0


if __name__ == "__main__":
    sys.exit(main())
