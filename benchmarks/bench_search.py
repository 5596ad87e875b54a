"""Measure the search with few and with many tickets, show its plans, and write benchmarks/search.md.

    python benchmarks/bench_search.py FOLDER_OF_THE_SMALL FOLDER_OF_THE_LARGE

The folders are databases that `manage.py synthesize` filled (as benchmarks/run.py makes them under .data/bench). Each is measured
in a process of its own: medians of warmed calls, and EXPLAIN (ANALYZE, BUFFERS) of the statement that reads the index. To the
large one a word is added that 30 tickets have, since what is synthesized has no rare words; it is taken away again.
"""

import argparse
import datetime as dt
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django  # noqa: E402

django.setup()

from django.db import connection, transaction  # noqa: E402

from complaints.actions.filing import Facts, file_complaint  # noqa: E402
from complaints.models import Customer  # noqa: E402
from complaints.queries.similar import similar_solved  # noqa: E402
from config.search import found  # noqa: E402
from foundation.searching import query  # noqa: E402
from organization.models import Staff  # noqa: E402
from workorders.models import Category, Ticket  # noqa: E402

RESULTS = ROOT / "benchmarks" / "search.md"
RARE, RARE_TICKETS = "鸵鸟", 30
REQUESTS = 15
TOLD = "客户反映昨天起在家里手机经常只有一格信号，靠窗才能打电话，邻居也有同样情况，之前信号正常。"
LIKE = "客户说昨天在营业厅办过户，工作人员讲系统有问题不给办，来回跑了三趟很生气"


def measured_in(folder: str) -> dict[str, Any]:
    """Return the figures of the database in `folder`, measured in a process of its own."""
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment = {**kept, "DATABASE_FOLDER": folder, "LOG_LEVEL": "ERROR"}
    command = [sys.executable, __file__, "--here"]
    answer = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(answer.stdout.splitlines()[-1])


def median_of(call: Callable[[], object]) -> float:
    """Return the median time of a warmed call, in milliseconds."""
    call()
    times = []
    for _request in range(REQUESTS):
        begun = time.perf_counter()
        call()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def measure() -> dict[str, Any]:
    """Return times and plans of the database that the environment names."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workorders_ticket SET description = description || %s WHERE id IN "
            "(SELECT id * s.step FROM generate_series(1, %s) AS id, (SELECT max(id) / 31 AS step FROM workorders_ticket) AS s)",
            [RARE, RARE_TICKETS],
        )
        figures = {**calls(), **writes(cursor)}
        plans = [explained(cursor, name, wanted) for name, wanted in asked()]
        cursor.execute(
            "SELECT (SELECT count(*) FROM workorders_searchentry), pg_size_pretty(pg_relation_size('workorders_searchentry')), "
            "pg_size_pretty(pg_relation_size('searchentry_terms'))"
        )
        sizes = cursor.fetchone()
        transaction.set_rollback(True)
    return {"figures": figures, "plans": plans, "sizes": sizes}


def asked() -> list[tuple[str, str]]:
    """Return the queries whose plans are shown."""
    number = Ticket.objects.order_by("-pk").values_list("number", flat=True)[100]
    return [
        (f"rare, two characters: {RARE}", query(RARE)),
        ("common, two characters: 客户", query("客户")),
        ("middling, two characters: 彩铃", query("彩铃")),
        ("a phrase: 重复计费", query("重复计费")),
        ("two words: 彩铃 济南", query("彩铃 济南")),
        ("one character: 铃", query("铃")),
        ("the tail of a number", query(number[-7:])),
    ]


def calls() -> dict[str, float]:
    """Return what each kind of search takes, in milliseconds."""
    people = {
        role: Staff.objects.filter(roles__contains=[role], is_active=True).order_by("pk")[0]
        for role in ("duty", "agent", "handler")
    }
    customer = Customer.objects.order_by("pk")[Customer.objects.count() // 2]
    words = {word: word for word in (RARE, "客户", "彩铃", "重复计费", "彩铃 济南", "铃", "5G", "李先生", "lxs", "wlb")}
    words["the tail of a customer's number"] = customer.number[-6:]
    asked_by = {"duty": words, "agent": {"客户": "客户", "彩铃": "彩铃"}, "handler": {"客户": "客户", "彩铃": "彩铃"}}
    times = {
        f"everything, {name}, {role}": median_of(partial(found, people[role], word, 8))
        for role, asked in asked_by.items()
        for name, word in asked.items()
    }
    return {**times, "similar solved tickets": median_of(lambda: similar_solved(LIKE, user=people["duty"]))}


def writes(cursor: Any) -> dict[str, float]:
    """Return what filing and dispatching a complaint takes with the index and without, in milliseconds."""
    agent = Staff.objects.filter(roles__contains=["agent"], is_active=True).order_by("pk")[0]
    category = Category.objects.get(code="NET-COVER-INDOOR")
    customer = Customer.objects.order_by("pk")[0]
    facts = Facts(
        customer=customer,
        contact_phone=customer.number,
        category=category,
        channel="hotline",
        region=customer.region,
        subject="室内没有信号",
        description=TOLD,
        place="历下区文化东路",
    )
    keys = count()

    def file() -> None:
        file_complaint(facts=facts, then="dispatch", filing_key=f"bench-{next(keys)}", by=agent, now=dt.datetime.now(dt.UTC))

    times = {}
    for name, waits in (("filing with dispatch, not indexed", "on"), ("filing with dispatch, indexed", "off")):
        cursor.execute(f"SET LOCAL search.waits = '{waits}'")
        times[name] = median_of(file)
    return times


def explained(cursor: Any, name: str, wanted: str) -> dict[str, str]:
    """Return the plan of reading the index for a query, and how it is read where many fit."""
    cursor.execute("SET LOCAL enable_seqscan = off")
    statement = "SELECT ticket_id FROM workorders_searchentry WHERE terms @@ %s::tsquery LIMIT 1001"
    cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {statement}", [wanted])
    lines = [line for (line,) in cursor.fetchall()]
    cursor.execute("EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) SELECT * FROM workorders_newest(%s::tsquery, 1000)", [wanted])
    lines += ["", *[line for (line,) in cursor.fetchall()]]
    return {"name": name, "plan": "\n".join(lines)}


def report(small: dict[str, Any], large: dict[str, Any]) -> str:
    """Return the comparison and the large one's plans as Markdown."""
    counts = [f"{answer['sizes'][0]:,}" for answer in (small, large)]
    lines = [
        "# Search",
        "",
        f"Made by `benchmarks/bench_search.py`. Medians of {REQUESTS} warmed calls in milliseconds, everything on one machine of two cores "
        "that others used too, the embedded PostgreSQL with its default settings. “Everything” is what the search page asks: all groups, "
        f"permissions, ranking and snippets. Entries and index: {small['sizes'][1]} and {small['sizes'][2]} for {counts[0]} tickets, "
        f"{large['sizes'][1]} and {large['sizes'][2]} for {counts[1]}.",
        "",
        f"| what | {counts[0]} tickets | {counts[1]} tickets | growth |",
        "|---|--:|--:|--:|",
    ]
    for name, before in small["figures"].items():
        after = large["figures"].get(name)
        lines += [f"| {name} | {before:.1f} | {after:.1f} | {after / before:.2f} |"] if after else []
    lines += [
        "",
        f"## Plans with {counts[1]} tickets",
        "",
        "First how the index is read, then the whole search for candidates.",
        "",
    ]
    for plan in large["plans"]:
        lines += [f"### {plan['name']}", "", "```", plan["plan"], "```", ""]
    return "\n".join(lines)


def main() -> int:
    """Measure here, or both folders, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*")
    parser.add_argument("--here", action="store_true", help="measure the database that the environment names, as JSON")
    options = parser.parse_args()
    if options.here:
        print(json.dumps(measure(), ensure_ascii=False))
        return 0
    small, large = (measured_in(str(Path(folder).resolve())) for folder in options.folders)
    RESULTS.write_text(report(small, large), encoding="utf-8")
    print(report(small, large))
    return 0


if __name__ == "__main__":
    sys.exit(main())
