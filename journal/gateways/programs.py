"""Programs that take our messages: a signed webhook, and SMS gateways that speak HTTP."""

import hashlib
import hmac
import json
import re
import time

from apprise import NotifyType
from apprise.exception import AppriseImproperlyConfigured
from apprise.plugins.base import NotifyBase

from journal.gateways.errors import Refused
from journal.gateways.http import posted


class _Http(NotifyBase):
    """An address on a web server."""

    request_rate_per_sec = 0
    title_maxlen = 200
    body_maxlen = 8000
    templates = ("{schema}://{host}",)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.fullpath = str(kwargs.get("fullpath") or "/")

    @property
    def address(self) -> str:
        """Return the web address, without user and password."""
        port = f":{self.port}" if self.port else ""
        return f"{'https' if self.secure else 'http'}://{self.host}{port}{self.fullpath}"

    def url(self, *args: object, **kwargs: object) -> str:
        """Return the address for people to read."""
        return self.address


class Webhook(_Http):
    """A signed webhook: ``webhooks://host/path?secret=…``.

    The body is JSON. ``X-Notice-Id`` is the same each time the same message is sent, so that a receiver can drop doubles;
    ``X-Notice-Signature`` is ``sha256=`` and the HMAC-SHA256, in hex, of ``X-Notice-Timestamp`` + ``.`` + body.
    """

    service_name = "Signed webhook"
    protocol, secure_protocol = "webhook", "webhooks"

    def __init__(self, secret: str = "", **kwargs: object) -> None:
        super().__init__(**kwargs)
        if not secret:
            raise AppriseImproperlyConfigured("A webhook needs ?secret=")
        self.secret = secret
        self.facts: dict[str, str] = {}

    def send(self, body: str, title: str = "", notify_type: NotifyType = NotifyType.INFO, **kwargs: object) -> bool:
        """Post the message and its facts."""
        payload = json.dumps({**self.facts, "subject": title, "text": body}, ensure_ascii=False).encode()
        stamp = str(int(time.time()))
        seal = hmac.new(self.secret.encode(), stamp.encode() + b"." + payload, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Notice-Id": self.facts.get("id", ""),
            "X-Notice-Timestamp": stamp,
            "X-Notice-Signature": f"sha256={seal}",
        }
        posted(self, self.address, data=payload, headers=headers)
        return True

    @staticmethod
    def parse_url(url: str) -> dict | None:
        """Read the address."""
        results = NotifyBase.parse_url(url)
        if results:
            results["secret"] = NotifyBase.unquote(results["qsd"].get("secret", ""))
        return results


class HttpSms(_Http):
    """An SMS gateway that takes a form (or JSON): ``smshttps://host/path?number={to}&number_field=mobile&text_field=content``.

    ``&ok=…`` is a pattern that the answer of a message taken matches, ``&ref=…`` one whose group is the gateway's number for
    it, ``&json=yes`` posts JSON, and ``&:name=value`` adds fields, such as the account.
    """

    service_name = "SMS over HTTP"
    protocol, secure_protocol = "smshttp", "smshttps"
    title_maxlen = 0

    def __init__(self, options: dict[str, str], **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.options = options
        self.reference = ""
        if not options.get("number"):
            raise AppriseImproperlyConfigured("An SMS gateway needs ?number={to}")
        try:
            self.ok, self.ref = (re.compile(options.get(name, "")) for name in ("ok", "ref"))
        except re.error as error:
            raise AppriseImproperlyConfigured(f"Not a pattern: {error}") from error

    def send(self, body: str, title: str = "", notify_type: NotifyType = NotifyType.INFO, **kwargs: object) -> bool:
        """Post number and text, and read whether the gateway took them."""
        own = self.options
        fields = {own.get("number_field", "mobile"): own["number"], own.get("text_field", "content"): body}
        fields |= {name[1:]: value for name, value in own.items() if name.startswith(":")}
        auth = (self.user, self.password or "") if self.user else None
        if own.get("json") == "yes":
            data: bytes | dict[str, str] = json.dumps(fields, ensure_ascii=False).encode()
            answer = posted(self, self.address, data=data, headers={"Content-Type": "application/json"}, auth=auth)
        else:
            answer = posted(self, self.address, data=fields, auth=auth)
        if not self.ok.search(answer):
            raise Refused(answer[:200])
        found = self.ref.search(answer) if own.get("ref") else None
        self.reference = found.group(found.re.groups and 1)[:100] if found else ""
        return True

    @staticmethod
    def parse_url(url: str) -> dict | None:
        """Read the address."""
        results = NotifyBase.parse_url(url)
        if results:
            extra = {f":{NotifyBase.unquote(name)}": NotifyBase.unquote(value) for name, value in results["qsd:"].items()}
            results["options"] = {name: NotifyBase.unquote(value) for name, value in results["qsd"].items()} | extra
        return results
