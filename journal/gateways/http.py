"""Posting over HTTP with an end: no redirects, a limit on the whole answer, and the answer read."""

import time
from collections.abc import Mapping
from http import HTTPStatus

import requests
from apprise.plugins.base import NotifyBase

from journal.gateways.errors import Refused, Unreachable

#: The longest that an answer may take in all, in seconds, and the most of it that is read, in bytes.
WHOLE_SECONDS, MOST_BYTES = 10.0, 65536
#: What the other side says about this one message; every other refusal is about us or about itself.
ABOUT_MESSAGE = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.CONTENT_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY})


def posted(
    plugin: NotifyBase,
    url: str,
    *,
    data: bytes | Mapping[str, str],
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
) -> str:
    """Post and return the answer's text; a limit in seconds is the plug-in's own (``cto`` and ``rto`` in its address).

    Raises Refused when the answer is about this message, Unreachable for anything else that is not a yes.
    """
    end = time.monotonic() + WHOLE_SECONDS
    try:
        with requests.post(
            url,
            data=data,
            headers={"User-Agent": plugin.app_id, **(headers or {})},
            params=params,
            auth=auth,
            verify=plugin.verify_certificate,
            timeout=plugin.request_timeout,
            allow_redirects=False,
            stream=True,
        ) as answer:
            text = _read(answer, end)
    except requests.RequestException as error:
        raise Unreachable(type(error).__name__) from error
    if answer.status_code in ABOUT_MESSAGE:
        raise Refused(f"HTTP {answer.status_code}: {text[:200]}")
    if not HTTPStatus.OK <= answer.status_code < HTTPStatus.MULTIPLE_CHOICES:
        raise Unreachable(f"HTTP {answer.status_code}: {text[:200]}")
    return text


def _read(answer: requests.Response, end: float) -> str:
    read = b""
    for part in answer.iter_content(4096):
        read += part
        if len(read) > MOST_BYTES:
            break
        if time.monotonic() > end:
            raise requests.ReadTimeout
    return read.decode("utf-8", "replace")
