"""Bring the database up to date, load the demo operator and serve."""

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


def main() -> int:
    """Prepare the data that DEMO asks for (`real`: real files, in a database of their own), then serve in this process's place."""
    kind = os.environ.get("DEMO", "")
    if kind not in {"", "real"}:
        print(f"DEMO={kind}: there is only DEMO=real, and the plain demo without it.", file=sys.stderr)
        return 1
    if kind == "real":
        os.environ.setdefault("DATABASE_NAME", "onepoint_real")
    try:
        step("database", "migrate", "--verbosity", "0")
        if kind == "real":
            step("demo operator", "demo_data", "--tickets", "0")
            step("real files", "real_data")
        else:
            step("demo operator", "demo_data")
    except subprocess.CalledProcessError as error:
        print(f"\nThis did not work: {' '.join(error.cmd[1:])} (see above).", file=sys.stderr)
        return 1
    os.execv(sys.executable, [sys.executable, str(ROOT / "tools" / "serve.py")])  # noqa: S606 -- serve in this process's place
    return 0


if __name__ == "__main__":
    sys.exit(main())
