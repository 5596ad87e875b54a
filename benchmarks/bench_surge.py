#!/usr/bin/env python3
"""Judge the adaptive surge detector by the acceptance benchmark: `make bench`, or `bench_surge.py --judge FILE [its options]`.

The judge is a program of its own (it needs numpy) that simulates streams of complaints with surges in them and holds the
detector below to its limits. Here stands only what plugs the product's detector into it, and the detector's own time.
"""

import argparse
import datetime as dt
import importlib.util
import random
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from complaints.surge import Detector  # noqa: E402 -- the path comes first

#: Where the judge lies beside the project.
JUDGE = ROOT.parent / "shared" / "surge_benchmark.py"


def detector(timestamps: list[float]) -> list[tuple[float, int]]:
    """Return what the product's detector tells of one series, as the judge asks for it."""
    watcher = Detector()
    alarms = (watcher.feed(dt.datetime.fromtimestamp(at, dt.UTC)) for at in timestamps)
    return [(alarm.at.timestamp(), int(alarm.level)) for alarm in alarms if alarm]


def cost(count: int = 200_000, an_hour: float = 60.0) -> float:
    """Return the microseconds that a complaint costs the detector alone."""
    chance, at, stream = random.Random(1), dt.datetime(2026, 1, 1, tzinfo=dt.UTC), []
    for _each in range(count):
        at += dt.timedelta(hours=chance.expovariate(an_hour))
        stream.append(at)
    watcher, start = Detector(), time.process_time()
    for at in stream:
        watcher.feed(at)
    return (time.process_time() - start) / count * 1e6


def main() -> int:
    """Print the detector's own time, then let the judge judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--judge", type=Path, default=JUDGE)
    asked, rest = parser.parse_known_args()
    print(f"The detector alone: {cost():.2f} µs of CPU a complaint at 60 complaints an hour")
    if not asked.judge.exists() or importlib.util.find_spec("numpy") is None:
        print("The judge or numpy is missing: not judged.")
        return 1
    return subprocess.run([sys.executable, asked.judge, "--detector", f"{__file__}:detector", *rest], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
