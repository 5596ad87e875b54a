"""Measure the pages with few and with many tickets, and print the growth beside the bound (`make bench`).

Each size has an embedded server and a database of its own under .data/bench, made once and kept; `--fresh` makes them anew.
A million tickets take a quarter of an hour and some 8 GB to make. Results are written to benchmarks/results.md.
"""

import argparse
import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".data" / "bench"
RESULTS = ROOT / "benchmarks" / "results.md"
#: design.md: with 1,000,000 tickets a page answers in the time it takes with 10,000, growth at most 1.2; 12 queries.
GROWTH, QUERIES = 1.2, 12
#: Shorter times are mostly noise, so that growth is judged from here up, in milliseconds.
NOISE = 3.0
GOOD = {200, 302}


def manage(folder: Path, *command: str) -> None:
    """Run a management command on the database in `folder`."""
    subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment(folder), check=True)


def environment(folder: Path) -> dict[str, str]:
    """Return our own environment with the database in `folder`."""
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return {**kept, "DATABASE_FOLDER": str(folder), "LOG_LEVEL": "ERROR"}


def prepared(size: int, *, fresh: bool) -> Path:
    """Return the folder with a database of `size` tickets, making it where it is missing."""
    folder, stamp = FOLDER / str(size), FOLDER / f"{size}.ready"
    if fresh:
        stamp.unlink(missing_ok=True)
    if not stamp.exists():
        shutil.rmtree(folder, ignore_errors=True)
        FOLDER.mkdir(parents=True, exist_ok=True)
        begun = time.monotonic()
        print(f"· {size:,} tickets …", file=sys.stderr, flush=True)
        manage(folder, "migrate", "--verbosity", "0")
        manage(folder, "synthesize", "--tickets", str(size), "--workers", str(os.cpu_count() or 1))
        stamp.write_text(f"{time.monotonic() - begun:.0f}")
    else:
        manage(folder, "migrate", "--verbosity", "0")
    # What the worker does each minute, so that the dashboard is measured as it is in use.
    manage(folder, "fold_sums")
    return folder


def measured(folder: Path, *, requests: int, only: str, explain: bool) -> dict[str, Any]:
    """Return the figures of every page on the database in `folder`."""
    command = [sys.executable, "benchmarks/bench_pages.py", "--requests", str(requests), "--only", only]
    answer = subprocess.run(
        command + ["--explain"] * explain,
        cwd=ROOT,
        env=environment(folder),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return json.loads(answer.stdout.splitlines()[-1])


def compared(small: dict[str, Any], large: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a line for each page: times, growth, queries, and what is beyond its bound."""
    lines = []
    for before, after in zip(small["figures"], large["figures"], strict=True):
        growth = after["milliseconds"] / before["milliseconds"]
        lines.append(
            {
                "page": before["name"],
                "before": before["milliseconds"],
                "after": after["milliseconds"],
                "growth": growth,
                "queries": (before["queries"], after["queries"]),
                "faults": faults(before, after, growth),
            }
        )
    return lines


def faults(before: dict[str, Any], after: dict[str, Any], growth: float) -> list[str]:
    """Return what is beyond its bound."""
    found = []
    if {before["status"], after["status"]} - GOOD:
        found.append(f"status {before['status']}, {after['status']}")
    if growth > GROWTH and after["milliseconds"] - before["milliseconds"] > NOISE:
        found.append("growth")
    if max(before["queries"], after["queries"]) > QUERIES:
        found.append("queries")
    return found


def table(lines: list[dict[str, Any]], sizes: list[int]) -> str:
    """Return the comparison as a Markdown table."""
    head = f"| page | {sizes[0]:,} tickets, ms | {sizes[1]:,} tickets, ms | growth (bound {GROWTH}) | queries (bound {QUERIES}) | beyond |"
    rows = [
        f"| {line['page']} | {line['before']:.1f} | {line['after']:.1f} | {line['growth']:.2f} "
        f"| {' / '.join(map(str, dict.fromkeys(line['queries'])))} | {', '.join(line['faults'])} |"
        for line in lines
    ]
    return "\n".join([head, "|---|--:|--:|--:|--:|---|", *rows])


def report(lines: list[dict[str, Any]], sizes: list[int], answers: list[dict[str, Any]], requests: int) -> str:
    """Return the whole report."""
    made = [f"{(FOLDER / f'{size}.ready').read_text()} s for {size:,}" for size in sizes]
    rows = [", ".join(f"{count:,} {name}" for name, count in answer["sizes"].items()) for answer in answers]
    beyond = [line for line in lines if line["faults"]]
    return "\n".join(
        [
            "# Benchmarks",
            "",
            f"Measured {dt.datetime.now(dt.UTC):%Y-%m-%d} by `make bench` with {os.cpu_count()} processor cores, the embedded PostgreSQL "
            "with its default settings, and everything on one machine. "
            f"Times are medians of {requests} warmed requests through Django's test client, rendering and database included; "
            "queries include the two for session and user.",
            "",
            f"Data: {'; '.join(rows)}. Made by `manage.py synthesize` in {', '.join(made)}; about 2,000 tickets are open at either size.",
            "",
            table(lines, sizes),
            "",
            f"{len(lines) - len(beyond)} of {len(lines)} pages within both bounds. Growth counts as beyond the bound when it is also "
            f"more than {NOISE:.0f} ms.",
            "",
        ]
    )


def plans(answer: dict[str, Any], size: int) -> str:
    """Return the plans of the slowest queries of every page."""
    blocks = [
        f"## {figure['name']}, {size:,} tickets\n\n```\n{plan}\n```\n" for figure in answer["figures"] for plan in figure["plans"]
    ]
    return "\n".join(blocks)


def main() -> int:
    """Prepare, measure, compare, print, write; exit status 1 with --strict when something is beyond its bound."""
    parser = argparse.ArgumentParser(description=__doc__)
    sizes = [int(size) for size in os.environ.get("SIZES", "10000 1000000").split()]
    parser.add_argument("sizes", type=int, nargs="*", default=sizes, help="two numbers of tickets (10000 1000000; or SIZES=…)")
    parser.add_argument("--requests", type=int, default=15)
    parser.add_argument("--only", default="", help="only pages whose name contains this; results are not written then")
    parser.add_argument("--explain", action="store_true", help="print the plans of the slowest queries")
    parser.add_argument("--fresh", action="store_true", help="make the databases anew")
    parser.add_argument("--strict", action="store_true")
    options = parser.parse_args()
    if len(options.sizes) != 2 or min(options.sizes) < 1:
        parser.error("give two sizes")
    folders = [prepared(size, fresh=options.fresh) for size in options.sizes]
    answers = []
    for size, folder in zip(options.sizes, folders, strict=True):
        print(f"· measuring with {size:,} tickets …", file=sys.stderr, flush=True)
        answers.append(measured(folder, requests=options.requests, only=options.only, explain=options.explain))
    lines = compared(*answers)
    text = report(lines, options.sizes, answers, options.requests)
    print(text)
    if options.explain:
        print(plans(answers[1], options.sizes[1]))
    if not options.only:
        RESULTS.write_text(text, encoding="utf-8")
    return 1 if options.strict and any(line["faults"] for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
