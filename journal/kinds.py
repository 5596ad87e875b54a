"""Every kind of notice, declared as data by the apps above; settings name their modules.

Such a module has ``KINDS`` (a tuple of `Kind`), ``TEXTS`` (the path of its shipped texts) and ``readable(user, streams)``,
which tells what the person may still read and where that is shown.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from journal.enums import Channel
from journal.types import Data

type Audience = Callable[[AbstractBaseUser], bool]
type Current = Callable[[Collection[str]], Mapping[str, Data | None]]


def anybody(user: AbstractBaseUser) -> bool:
    """Let everybody be told who has an account."""
    return True


def as_told(keys: Collection[str]) -> dict[str, Data | None]:
    """Say of no notice that things have changed since."""
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of notice."""

    name: str
    label: Promise
    icon: str
    #: What its texts may mention, with an example of each for the preview. Nothing else is ever put into a message.
    example: Mapping[str, str]
    #: Urgent ones break quiet hours and the limit per person, and are told one by one.
    urgent: bool = False
    #: Who may be told; asked again when the message is sent.
    audience: Audience = anybody
    #: What has changed since, by the notices' keys, asked when a message is sent: what its text says now instead, or None
    #: where there is nothing to be told any more.
    current: Current = as_told
    #: Channels used where the person has chosen none.
    channels: tuple[str, ...] = (Channel.SMS, Channel.EMAIL)
    variables: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "variables", frozenset(self.example) | {"name", "link"})


#: Several notices told in one message.
DIGEST = Kind(
    name="digest",
    label=_("several notices in one"),
    icon="stack-2",
    example={"count": "12", "lines": "催办 261104000012 家里没有信号\n新工单 261104000015 多扣费"},
    channels=(),
)
TEXTS = Path(__file__).parent / "data" / "notices.toml"


def modules() -> list[ModuleType]:
    """Return the modules that declare kinds."""
    return [import_module(path) for path in settings.NOTICE_MODULES]


@cache
def kinds() -> dict[str, Kind]:
    """Return every kind by its name, in the order of their declaration."""
    return {kind.name: kind for module in modules() for kind in module.KINDS} | {DIGEST.name: DIGEST}


def choosable() -> list[Kind]:
    """Return the kinds that a person chooses channels for."""
    return [kind for kind in kinds().values() if kind is not DIGEST]


def readable(user: AbstractBaseUser, streams: Iterable[str]) -> dict[str, str]:
    """Return where each of `streams` is shown to the person; what they may not read is left out."""
    wanted = {stream for stream in streams if stream}
    found: dict[str, str] = {}
    for module in modules():
        found |= module.readable(user, wanted)
    return found
