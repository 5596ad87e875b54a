"""What a new ticket might be and who should act on it, by what was done about tickets like it."""

from collections import defaultdict
from dataclasses import dataclass

from complaints.queries.similar import Similar, similar_solved
from organization.models import Department, Staff
from workorders.models import Category, Route, Ticket
from workorders.queries.routes import routes_for

#: So many solved tickets vote, and so many categories are suggested.
VOTERS, MOST = 12, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A category that fits, and where its tickets go."""

    category: Category
    #: The category's route leads here; without a route, the department that led the most similar ticket.
    lead: Department | None
    #: The share of the similar tickets' scores that are of this category, in per cent; 0 for the filer's choice alone.
    share: int
    #: The similar tickets that speak for it, the most similar first.
    alike: tuple[Similar, ...]
    #: The front line chose it when filing.
    is_filed: bool


def suggestions(ticket: Ticket, user: Staff) -> tuple[list[Suggestion], list[Similar]]:
    """Return the categories that fit `ticket`, the likeliest first, and the solved tickets like it that `user` may read.

    Each similar ticket votes for its category with its score (`similar_solved`). The filer's own choice is always among the
    suggestions. Eight queries at most.
    """
    alike = similar_solved(f"{ticket.subject} {ticket.description}", user=user, most=VOTERS, leave_out=ticket)
    votes: dict[int, list[Similar]] = defaultdict(list)
    for each in alike:
        votes[each.category.pk].append(each)
    categories = {each.category.pk: each.category for each in alike if each.category.is_active}
    ranked = sorted(categories, key=lambda pk: -sum(each.score for each in votes[pk]))[:MOST]
    chosen = [categories[pk] for pk in ranked]
    if ticket.category_id not in ranked:
        chosen.append(ticket.category)
    routes = routes_for(chosen)
    whole = sum(each.score for each in alike)
    return [_suggestion(category, votes[category.pk], whole, routes.get(category.pk), ticket) for category in chosen], alike


def _suggestion(category: Category, votes: list[Similar], whole: float, route: Route | None, ticket: Ticket) -> Suggestion:
    led = next((each.lead for each in votes if each.lead and each.lead.is_active), None)
    return Suggestion(
        category=category,
        lead=route.lead if route else led,
        share=round(100 * sum(each.score for each in votes) / whole) if whole else 0,
        alike=tuple(votes),
        is_filed=category.pk == ticket.category_id,
    )
