"""Where a node stands in its tree: its path, and with it the paths of everything below."""

from django.db import transaction
from django.db.models import CharField, F, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from foundation.errors import Invalid
from organization.models.base import Tree


def path_under[T: Tree](node: T, parent: T | None) -> str:
    """Return the node's path under `parent`: its own segment stays, a new node's is the last part of its code."""
    segment = node.path.rstrip("/").rpartition("/")[2] or node.code.rpartition("-")[2]
    return f"{parent.path if parent else ''}{segment}/"


def check_place[T: Tree](node: T, parent: T | None) -> None:
    """Raise Invalid when the node cannot stand under `parent`: below itself, or where another node stands."""
    if node.pk and parent and parent.path.startswith(node.path):
        raise Invalid(parent=_("A node cannot stand below itself."))
    if type(node).objects.filter(path=path_under(node, parent)).exclude(pk=node.pk).exists():
        raise Invalid(code=_("Another node with this last part of the code stands there already."))


@transaction.atomic
def place[T: Tree](*, node: T) -> T:
    """Save `node` where its parent says, and rewrite the paths below it. Raises Invalid as `check_place`."""
    check_place(node, node.parent)
    old, new = node.path, path_under(node, node.parent)
    node.path = new
    node.save()
    if old and old != new:
        rest = Concat(Value(new), Substr(F("path"), len(old) + 1), output_field=CharField())
        type(node).objects.filter(path__startswith=old).exclude(pk=node.pk).update(path=rest)
    return node
