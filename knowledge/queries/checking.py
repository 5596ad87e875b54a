"""What `manage.py verify` asks of the knowledge base."""

from collections.abc import Iterator

from django.db.models import F, Q

from knowledge.enums import VersionState
from knowledge.models import Version
from knowledge.models.article import TEXTS


def article_differences() -> Iterator[str]:
    """Yield one sentence for each article that does not say what its published version says."""
    differs = Q()
    for name in TEXTS:
        differs |= ~Q(**{name: F(f"article__{name}")})
    shown = Version.objects.filter(state=VersionState.PUBLISHED, number=F("article__shown"))
    for version in shown.filter(differs).order_by("article"):
        yield f"article {version.article_id}: its texts differ from those of version {version.number}"
