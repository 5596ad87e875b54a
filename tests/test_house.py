"""Rules of the house that no linter knows."""

import ast
import statistics
from pathlib import Path

import pytest
from django.db.models import Model

from complaints.models import Bulletin
from complaints.models.bulletin import BULLETIN_MOVES
from knowledge.models import Article, Version
from knowledge.models.article import ARTICLE_MOVES, VERSION_MOVES
from workorders.events import KINDS
from workorders.menu import ORDER_MENU, TICKET_MENU
from workorders.models import Ticket, WorkOrder
from workorders.models.order import ORDER_MOVES
from workorders.models.ticket import TICKET_MOVES
from workorders.policies import ORDER_ACTIONS, TICKET_ACTIONS

ROOT = Path(__file__).resolve().parent.parent
APPS = ("foundation", "journal", "organization", "workorders", "knowledge", "complaints", "internal_clients", "config")
SOURCES = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]
MAX_MODULE, MAX_FUNCTION, MEDIAN_FUNCTION = 400, 50, 8


def transitions(model: type[Model]) -> set[tuple[str, str]]:
    """Return every (source, target) that a model's transition methods declare."""
    declared = model._meta.get_field("state").get_all_transitions(model)
    return {(str(move.source), str(move.target)) for move in declared}


def transition_names(model: type[Model]) -> set[str]:
    return {move.name for move in model._meta.get_field("state").get_all_transitions(model)}


@pytest.mark.parametrize(
    ("model", "moves"),
    [
        (Ticket, TICKET_MOVES),
        (WorkOrder, ORDER_MOVES),
        (Bulletin, BULLETIN_MOVES),
        (Article, ARTICLE_MOVES),
        (Version, VERSION_MOVES),
    ],
)
def test_the_database_accepts_exactly_the_declared_moves(model: type[Model], moves: tuple) -> None:
    assert {(str(source), str(target)) for source, target in moves} == transitions(model)


@pytest.mark.parametrize(("model", "prefix"), [(Ticket, "ticket"), (WorkOrder, "order")])
def test_every_transition_has_an_event_kind(model: type[Model], prefix: str) -> None:
    missing = {f"{prefix}.{name}" for name in transition_names(model)} - set(KINDS)

    assert missing == set()


def test_menu_and_policies_name_the_same_actions() -> None:
    assert {item.name for item in ORDER_MENU} == set(ORDER_ACTIONS)
    assert {item.name for item in TICKET_MENU} | {"call_back"} == set(TICKET_ACTIONS)


def test_shortcuts_are_unique_in_a_menu() -> None:
    for menu in (TICKET_MENU, ORDER_MENU):
        keys = [item.key for item in menu if item.key]
        assert len(keys) == len(set(keys))


def test_states_change_in_actions_only() -> None:
    names = (transition_names(Ticket) | transition_names(WorkOrder)) - {
        "accept",
        "reply",
        "close",
        "resume",
        "merge",
        "prepare",
        "approve",
    }
    offenders = []
    for path in SOURCES:
        if "actions" in path.parts or "models" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
                owner = ast.unparse(node.func.value)
                if owner in {"ticket", "order", "self.ticket", "subject"}:
                    offenders.append(f"{path.relative_to(ROOT)}:{node.lineno} {owner}.{node.func.attr}")
    assert offenders == []


def functions() -> list[tuple[str, int]]:
    found = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found.append((f"{path.relative_to(ROOT)}:{node.name}", node.end_lineno - node.lineno + 1))
    return found


def test_functions_stay_short() -> None:
    lengths = functions()

    assert [name for name, length in lengths if length > MAX_FUNCTION] == []
    assert statistics.median(length for _name, length in lengths) <= MEDIAN_FUNCTION


def test_modules_stay_short() -> None:
    long = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}

    assert {name: length for name, length in long.items() if length > MAX_MODULE} == {}
