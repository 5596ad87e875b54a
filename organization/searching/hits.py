"""What one search box finds: groups of hits, each group by a function of its own (the list of them is `config.search`)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.functional import Promise

from foundation import searching
from foundation.searching import Piece
from organization.models import Staff


@dataclass(frozen=True)
class Sought:
    """What was typed, in the forms in which it is asked for."""

    text: str

    @cached_property
    def runs(self) -> list[str]:
        """Return what is marked in the hits."""
        return searching.runs(self.text)

    @cached_property
    def query(self) -> str:
        """Return the tsquery for texts."""
        return searching.query(self.text)

    @cached_property
    def name_query(self) -> str:
        """Return the tsquery for names, by their characters or their pinyin initials."""
        return searching.name_query(self.text)

    def marked(self, text: str) -> list[Piece]:
        """Return a whole text with the hits marked."""
        return searching.pieces(text, self.runs)

    def snippet(self, text: str) -> list[Piece]:
        """Return the part of a text around the first hit, with the hits marked."""
        return self.marked(searching.snippet(text, self.runs))

    def is_in(self, text: str) -> bool:
        """Tell whether a text has any of what is marked."""
        folded = searching.folded(text)
        return any(run in folded for run in self.runs)


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One thing that was found; `url` is empty where the reader has no page of it."""

    pk: int
    title: list[Piece]
    url: str = ""
    #: A state with its words, drawn as a badge.
    state: tuple[str, str] | None = None
    facts: list[str] = field(default_factory=list)
    #: Where in the texts it was found, and the words around.
    where: str | Promise = ""
    snippet: list[Piece] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Found:
    """One page of a group's hits, best first."""

    hits: list[Hit]
    #: Where the next page begins; "" when there is none.
    after: str = ""
    #: Said where not everything was looked through.
    note: str = ""


NOTHING = Found(hits=[])


@dataclass(frozen=True, kw_only=True)
class Group:
    """One kind of thing that can be found: `find` gives one page of what the person may see, after a place that it gave itself."""

    name: str
    label: Promise
    icon: str
    find: Callable[[Staff, Sought, int, str], Found]
