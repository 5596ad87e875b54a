"""The words of a notice: the operator's own template or the shipped one, with nothing in it but what its kind permits."""

import datetime as dt
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.template import Context, Engine, TemplateSyntaxError
from django.template import Template as Compiled
from django.template.base import FilterExpression, Node, TextNode, Variable, VariableNode
from django.utils.translation import gettext as _
from django.utils.translation import override

from foundation.durations import local_text
from foundation.masking import mask_number
from journal.enums import Channel
from journal.kinds import TEXTS, kinds, modules
from journal.models import Template
from journal.segments import fitted
from journal.types import Json

FILTERS = frozenset({"default", "truncatechars", "upper", "lower"})
#: Text for phones only; every other channel has the full text.
SHORT = (Channel.SMS,)
#: A customer's number that somebody typed into a remark does not leave the product.
MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
#: What is left of these in the text was meant as a name and mistyped.
BRACES = ("{{", "}}", "{%", "%}")
ENGINE = Engine(autoescape=False, string_if_invalid="")


class Text(NamedTuple):
    """A subject (empty where the channel has none) and a body."""

    subject: str
    body: str


def faults(kind: str, source: str) -> list[str]:
    """Return, as sentences, what is wrong with a template's text; nothing when it can be used for `kind`."""
    try:
        nodes = _compiled(source).nodelist.get_nodes_by_type(Node)
    except TemplateSyntaxError as error:
        return [_("This template cannot be read: %(error)s") % {"error": error}]
    permitted = kinds()[kind].variables
    found: list[str] = []
    for node in nodes:
        if isinstance(node, VariableNode):
            found += _wrong(node.filter_expression, permitted)
        elif not isinstance(node, TextNode) or any(sign in node.s for sign in BRACES):
            found.append(_("Only text and {{ names }} are permitted here, no tags."))
    return found


def _wrong(expression: FilterExpression, permitted: frozenset[str]) -> Iterable[str]:
    arguments = [value for _function, given in expression.filters for lookup, value in given if lookup]
    for part in [expression.var, *arguments]:
        if isinstance(part, Variable) and part.var not in permitted and part.literal is None:
            names = ", ".join(sorted(permitted))
            yield _("“%(name)s” is not known here. Known are: %(names)s") % {"name": part.var, "names": names}
    for function, _given in expression.filters:
        name = getattr(function, "_filter_name", function.__name__)
        if name not in FILTERS:
            yield _("The filter “%(name)s” is not permitted here.") % {"name": name}


@lru_cache(maxsize=512)
def _compiled(source: str) -> Compiled:
    return Compiled(source, engine=ENGINE)


@cache
def shipped() -> dict[tuple[str, str, str], Text]:
    """Return the shipped texts by kind, channel and language; the short one stands under each channel of `SHORT`."""
    found: dict[tuple[str, str, str], Text] = {}
    for path in [TEXTS, *(module.TEXTS for module in modules())]:
        for kind, languages in tomllib.loads(Path(path).read_text(encoding="utf-8")).items():
            for language, words in languages.items():
                found[kind, Template.INBOX, language] = Text(words["subject"], words["body"])
                found |= {(kind, channel, language): Text("", words["short"]) for channel in SHORT if "short" in words}
    return found


class Wording:
    """The texts in force. Reads the operator's own once; make a new one for each page or batch."""

    def __init__(self) -> None:
        own = Template.objects.values_list("kind", "channel", "language", "subject", "body")
        self._own = {(kind, channel, language): Text(subject, body) for kind, channel, language, subject, body in own}

    def source(self, kind: str, channel: str, language: str) -> Text:
        """Return the template's text: the channel's own, else the inbox's; the operator's before the shipped one."""
        keys = [(kind, channel, language), (kind, Template.INBOX, language), (kind, Template.INBOX, settings.LANGUAGE_CODE)]
        for key in keys:
            found = self._own.get(key) or shipped().get(key)
            if found:
                return found
        return Text(str(kinds()[kind].label), "")

    def text(self, kind: str, channel: str, language: str, data: Mapping[str, Json], *, now: dt.datetime) -> Text:
        """Return the finished text. A value whose name ends in ``_at`` is an instant in ISO form, said in local time."""
        return rendered(self.source(kind, channel, language), kind, channel, language, data, now=now)


def rendered(source: Text, kind: str, channel: str, language: str, data: Mapping[str, Json], *, now: dt.datetime) -> Text:
    """Fill a template in. What the kind does not permit stays empty, control characters are dropped, a subject is one line."""
    permitted = kinds()[kind].variables
    with override(language):
        values = {name: _spoken(name, data, language, now) for name in permitted}
        subject, body = (_clean(_compiled(part).render(Context(values, autoescape=False))) for part in source)
    words = body.strip()
    return Text("", fitted(words)) if channel in SHORT else Text(" ".join(subject.split()), words)


def _spoken(name: str, data: Mapping[str, Json], language: str, now: dt.datetime) -> str:
    value = data.get(name)
    if name.endswith("_at") and isinstance(value, str) and value:
        return local_text(dt.datetime.fromisoformat(value), now)
    if language == "en":
        value = data.get(f"{name}_en") or value
    return "" if value is None else MOBILE.sub(lambda found: mask_number(found[0]), str(value))


def _clean(text: str) -> str:
    return "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign) != "Cc")
