"""The way up a tree, from a node's materialised path."""

from collections.abc import Mapping

from organization.models.base import Tree


def paths_above(path: str) -> list[str]:
    """Return the path and those of everything above it, the root first: ``a/b/`` → ``a/``, ``a/b/``."""
    parts = path.rstrip("/").split("/")
    return ["/".join(parts[:depth]) + "/" for depth in range(1, len(parts) + 1)]


def upwards[T: Tree](node: T, by_path: Mapping[str, T]) -> list[T]:
    """Return the node and everything above it among `by_path`, itself first."""
    return [by_path[path] for path in reversed(paths_above(node.path)) if path in by_path]
