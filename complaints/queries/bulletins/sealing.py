"""The hash over a bulletin: its figures, its words, and the very rows behind each number."""

import hashlib
import json
from collections.abc import Iterator

from django.db import connection

from complaints.enums import BulletinState
from complaints.models import Bulletin
from complaints.models.bulletin import TEXTS


def seal_of(bulletin: Bulletin) -> str:
    """Return the SHA-256 hex digest of everything that publishing freezes."""
    content = {
        "kind": bulletin.kind,
        "edition": bulletin.edition,
        "period": [f"{bulletin.start}", f"{bulletin.end}"],
        "corrects": [bulletin.corrects_id, bulletin.reason],
        "texts": {name: getattr(bulletin, name) for name in TEXTS},
        "figures": bulletin.figures,
        "rows": _rows(bulletin.pk),
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _rows(bulletin: int) -> list[list[str]]:
    """Return a digest of the rows behind each number; they are read where they are."""
    sql = """
        SELECT "group", key, measure, encode(sha256(convert_to(array_to_string(ids, ','), 'UTF8')), 'hex')
        FROM complaints_bulletinrows WHERE bulletin_id = %s ORDER BY "group" COLLATE "C", key COLLATE "C", measure COLLATE "C"
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [bulletin])
        return [list(row) for row in cursor]


def seal_differences() -> Iterator[str]:
    """Yield a sentence for every published bulletin that is no longer what was published (`manage.py verify`)."""
    for bulletin in Bulletin.objects.filter(state=BulletinState.PUBLISHED).order_by("pk"):
        if seal_of(bulletin) != bulletin.hash:
            yield f"bulletin {bulletin.pk}: its hash is not that of what it says"
