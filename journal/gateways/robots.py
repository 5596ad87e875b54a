"""Group robots of DingTalk, WeCom and Feishu. All three answer 200 to a message they drop; only the answer's code tells.

Each takes ``?api=https://…`` for networks that reach the robot through a proxy of their own.
"""

import base64
import hashlib
import hmac
import json
import time
from typing import ClassVar

from apprise import NotifyType
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot

from journal.gateways.errors import Unreachable
from journal.gateways.http import posted

JSON = {"Content-Type": "application/json; charset=utf-8"}


class _Robot:
    """What the three have in common."""

    #: The answer's fields: a number that is 0 for a yes, and its reason.
    code: ClassVar[tuple[str, str]] = ("errcode", "errmsg")

    def __init__(self, api: str = "", **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.api = api

    def _say(self, address: str, payload: dict[str, object], params: dict[str, str] | None = None) -> bool:
        body = json.dumps(payload, ensure_ascii=False).encode()
        answer = posted(self, self.api or address, data=body, headers=JSON, params=params)
        try:
            said = json.loads(answer)
        except ValueError as error:
            raise Unreachable(f"no JSON: {answer[:100]}") from error
        number, reason = (said.get(name) for name in self.code) if isinstance(said, dict) else (-1, answer)
        if number != 0:
            raise Unreachable(f"{number}: {str(reason)[:200]}")
        return True


def _with_api(results: dict | None) -> dict | None:
    if results:
        results["api"] = NotifyDingTalk.unquote(results["qsd"].get("api", ""))
    return results


def _joined(title: str, body: str) -> str:
    return f"{title}\n{body}" if title else body.replace("\r\n", "\n")


class DingTalk(_Robot, NotifyDingTalk):
    """A DingTalk robot: ``dingtalk://SECRET@TOKEN/{to}``; with a phone number the person is called by name."""

    def send(self, body: str, title: str = "", notify_type: NotifyType = NotifyType.INFO, **kwargs: object) -> bool:
        """Post to the group, signed where the robot has a secret."""
        payload = {"msgtype": "text", "text": {"content": _joined(title, body)}, "at": {"atMobiles": self.targets}}
        params = {"access_token": self.token}
        if self.secret:
            stamp = str(round(time.time() * 1000))
            seal = hmac.digest(self.secret.encode(), f"{stamp}\n{self.secret}".encode(), hashlib.sha256)
            params |= {"timestamp": stamp, "sign": base64.b64encode(seal).decode()}
        return self._say("https://oapi.dingtalk.com/robot/send", payload, params)

    @staticmethod
    def parse_url(url: str) -> dict | None:
        """Read the address."""
        return _with_api(NotifyDingTalk.parse_url(url))


class WeCom(_Robot, NotifyWeComBot):
    """A WeCom robot: ``wecombot://KEY``."""

    def send(self, body: str, title: str = "", notify_type: NotifyType = NotifyType.INFO, **kwargs: object) -> bool:
        """Post to the group."""
        payload = {"msgtype": "text", "text": {"content": _joined(title, body)}}
        return self._say("https://qyapi.weixin.qq.com/cgi-bin/webhook/send", payload, {"key": self.key})

    @staticmethod
    def parse_url(url: str) -> dict | None:
        """Read the address."""
        return _with_api(NotifyWeComBot.parse_url(url))


class Feishu(_Robot, NotifyFeishu):
    """A Feishu robot: ``feishu://TOKEN``."""

    code = ("code", "msg")

    def send(self, body: str, title: str = "", notify_type: NotifyType = NotifyType.INFO, **kwargs: object) -> bool:
        """Post to the group."""
        payload = {"msg_type": "text", "content": {"text": _joined(title, body)}}
        return self._say(f"https://open.feishu.cn/open-apis/bot/v2/hook/{self.token}", payload)

    @staticmethod
    def parse_url(url: str) -> dict | None:
        """Read the address."""
        return _with_api(NotifyFeishu.parse_url(url))
