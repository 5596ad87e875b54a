"""One message, one address, one answer: sent, or a reason why not."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

from apprise import Apprise, AppriseAsset, NotifyFormat
from apprise.exception import AppriseException
from apprise.manager_plugins import NotificationManager
from apprise.plugins.base import NotifyBase

from journal.gateways.errors import Refused, Unreachable
from journal.gateways.programs import HttpSms, Webhook
from journal.gateways.robots import DingTalk, Feishu, WeCom
from journal.gateways.smpp import Smpp

#: Where an address takes the recipient's own.
PLACE = "{to}"
#: What Apprise says when its connection failed, as against a message that was refused.
NO_CONNECTION = ("connection error", "failed to establish")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What goes out. `ref` stays the same when it is sent again; `to` is a number or an address, empty for a group."""

    ref: str
    kind: str
    to: str
    name: str
    subject: str
    body: str
    link: str = ""


class _Ear(logging.Handler):
    """Hears what Apprise's plug-ins say in this thread: they log reasons and return only yes or no."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.heard = threading.local()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep reasons; payloads and addresses, which hold secrets, are not kept."""
        text = record.getMessage()
        lines = getattr(self.heard, "lines", None)
        if lines is not None and (record.levelno >= logging.WARNING or text.startswith("Socket Exception")):
            lines.append(text)


EAR = _Ear()


@cache
def _asset() -> AppriseAsset:
    """Make Apprise ours, once: no redirects, our plug-ins before its own, its log to us alone."""
    plugins = NotificationManager()
    for plugin in (DingTalk, Feishu, WeCom, Webhook, HttpSms, Smpp):
        plugins.add(plugin, force=True)
    logger = logging.getLogger("apprise")
    logger.propagate = False
    logger.setLevel(logging.DEBUG)
    logger.addHandler(EAR)
    return AppriseAsset(app_id="One-point complaint", app_desc="One-point complaint", http_redirects=False)


def plugin_for(url: str, to: str = "") -> NotifyBase | None:
    """Return the plug-in that `url` names, with the recipient in its place; None when Apprise cannot read it."""
    asset = _asset()
    try:
        return Apprise.instantiate(url.replace(PLACE, quote(to, safe="")), asset=asset, suppress_exceptions=False)
    except (AppriseException, TypeError, ValueError):
        return None


def send(url: str, message: Message) -> str:
    """Send `message` and return the gateway's number for it, empty where it gives none.

    Raises Refused or Unreachable, whose text holds no secret.
    """
    plugin = plugin_for(url, message.to)
    if plugin is None:
        raise Refused(f"not an address: {message.to[:60]}")
    if isinstance(plugin, Webhook):
        plugin.facts = {"id": message.ref, "kind": message.kind, "to": message.name, "link": message.link}
    elif isinstance(getattr(plugin, "headers", None), dict):
        plugin.headers["X-Notice-Id"] = message.ref
    with _listening() as heard:
        done = plugin.notify(body=message.body, title=message.subject, body_format=NotifyFormat.TEXT)
    if not done:
        raise _reason(heard)
    return str(getattr(plugin, "reference", ""))


def _reason(heard: list[str]) -> Exception:
    text = "; ".join(heard)[:280]
    unreachable = any(sign in text.lower() for sign in NO_CONNECTION)
    return (Unreachable if unreachable else Refused)(text)


@contextmanager
def _listening() -> Iterator[list[str]]:
    EAR.heard.lines = heard = []
    try:
        yield heard
    finally:
        EAR.heard.lines = None
