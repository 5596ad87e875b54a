"""Every channel against a real peer on loopback: what arrives, and what is made of a no."""

import base64
import email
import email.policy
import hashlib
import hmac
import json
import socket
import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
import smpp34

from journal.gateways.errors import NotSent, Refused, Unreachable
from journal.gateways.sending import Message, plugin_for, send
from journal.segments import fitted, segments
from tests.journal.peers import MailPeer, Smsc, WebPeer, free_port


def message(to: str = "13900000001", body: str = "请尽快处理", subject: str = "催办") -> Message:
    return Message(ref="delivery:7", kind="order.urged", to=to, name="3003", subject=subject, body=body, link="http://x/1")


def test_mail_arrives_with_subject_text_and_the_same_number_each_time(mail: MailPeer) -> None:
    send(f"mailto://127.0.0.1:{mail.port}?from=ts@example.com&to={{to}}&mode=insecure", message("a.b+c@example.com"))

    letter = email.message_from_bytes(mail.letters[0].content, policy=email.policy.default)
    assert mail.letters[0].rcpt_tos == ["a.b+c@example.com"]
    assert (letter["Subject"], letter.get_body().get_content().strip()) == ("催办", "请尽快处理")
    assert letter["X-Notice-Id"] == "delivery:7"


def test_a_refused_mail_address_is_about_the_message_and_a_dead_server_about_the_gateway(mail: MailPeer) -> None:
    mail.refused.add("gone@example.com")

    with pytest.raises(Refused):
        send(f"mailto://127.0.0.1:{mail.port}?from=ts@example.com&to={{to}}&mode=insecure", message("gone@example.com"))
    with pytest.raises(Unreachable):
        send(f"mailto://127.0.0.1:{free_port()}?from=ts@example.com&to={{to}}&mode=insecure", message("a@example.com"))


def test_a_subject_cannot_add_mail_headers(mail: MailPeer) -> None:
    url = f"mailto://127.0.0.1:{mail.port}?from=ts@example.com&to={{to}}&mode=insecure"

    try:
        send(url, message("a@example.com", subject="x\r\nBcc: victim@example.com"))
    except NotSent:
        assert mail.letters == []
    else:
        assert mail.letters[0].rcpt_tos == ["a@example.com"]
        assert email.message_from_bytes(mail.letters[0].content)["Bcc"] is None


def test_an_smsc_takes_a_chinese_message_in_segments_and_gives_its_number(smsc: Smsc) -> None:
    text = "催办" * 50

    number = send(f"smpp://user:secret@127.0.0.1:{smsc.port}/10086/{{to}}", message(body=text, subject=""))

    parts = [bytes(each.short_message) for each in smsc.taken]
    assert number == "msg-2"
    assert [(each.source_addr, each.destination_addr, each.data_coding) for each in smsc.taken] == [("10086", "13900000001", 8)] * 2
    assert "".join(part[part[0] + 1 :].decode("utf-16-be") for part in parts) == text


def test_an_smsc_that_refuses_a_number_is_not_taken_for_success(smsc: Smsc) -> None:
    smsc.refused = {"13900000001": smpp34.ESME_RINVDSTADR, "13900000002": smpp34.ESME_RTHROTTLED}
    url = f"smpp://user:secret@127.0.0.1:{smsc.port}/10086/{{to}}"

    with pytest.raises(Refused, match="0xb"):
        send(url, message("13900000001"))
    with pytest.raises(Unreachable, match="0x58"):
        send(url, message("13900000002"))
    assert send(url, message("13900000003")) == "msg-1"


def test_an_smsc_that_takes_the_connection_and_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()

        with pytest.raises(Unreachable):
            send(f"smpp://user:secret@127.0.0.1:{silent.getsockname()[1]}/10086/{{to}}?rto=0.3", message())
        assert time.monotonic() - began < 3


def test_an_http_sms_gateway_gets_number_text_and_account_and_its_answer_is_read(web: WebPeer) -> None:
    url = (
        f"smshttp://127.0.0.1:{web.port}/send?number={{to}}&number_field=phone&text_field=msg&:account=ts"
        "&ok=%22code%22:0&ref=%22id%22:%22(.*?)%22"
    )
    web.answer = b'{"code":0,"id":"A17"}'

    number = send(url, message(subject=""))
    web.answer = b'{"code":9,"reason":"black list"}'
    with pytest.raises(Refused, match="black list"):
        send(url, message())

    assert number == "A17"
    assert parse_qs(web.requests[0].body.decode()) == {
        "phone": ["13900000001"],
        "msg": ["请尽快处理"],
        "account": ["ts"],
    }


def test_a_webhook_is_signed_over_time_and_body(web: WebPeer) -> None:
    send(f"webhook://127.0.0.1:{web.port}/hook?secret=s3cret", message())

    got = web.requests[0]
    signed = f"{got.headers['X-Notice-Timestamp']}.".encode() + got.body
    assert got.headers["X-Notice-Signature"] == "sha256=" + hmac.new(b"s3cret", signed, hashlib.sha256).hexdigest()
    assert (got.path, got.headers["X-Notice-Id"]) == ("/hook", "delivery:7")
    assert json.loads(got.body) == {
        "id": "delivery:7",
        "kind": "order.urged",
        "to": "3003",
        "link": "http://x/1",
        "subject": "催办",
        "text": "请尽快处理",
    }


@pytest.mark.parametrize(
    ("url", "yes", "no", "text"),
    [
        ("dingtalk://SECabc@token1/{to}", b'{"errcode":0}', b'{"errcode":310000,"errmsg":"sign"}', ["text", "content"]),
        ("wecombot://key-1", b'{"errcode":0}', b'{"errcode":45009,"errmsg":"freq"}', ["text", "content"]),
        ("feishu://token1", b'{"code":0}', b'{"code":19021,"msg":"sign"}', ["content", "text"]),
    ],
)
def test_a_robot_that_answers_200_and_drops_the_message_is_a_failure(
    web: WebPeer, url: str, yes: bytes, no: bytes, text: list[str]
) -> None:
    address = f"{url}?api=http://127.0.0.1:{web.port}/robot"
    web.answer = yes

    send(address, message())
    web.answer = no
    with pytest.raises(Unreachable):
        send(address, message())

    said = json.loads(web.requests[0].body)
    assert said[text[0]][text[1]] == "催办\n请尽快处理"


def test_dingtalk_gets_a_signature_that_is_encoded_once_and_the_number_to_call(web: WebPeer) -> None:
    web.answer = b'{"errcode":0}'

    send(f"dingtalk://SECabc@token1/{{to}}?api=http://127.0.0.1:{web.port}/robot", message())

    query = parse_qs(urlsplit(web.requests[0].path).query)
    seal = hmac.digest(b"SECabc", f"{query['timestamp'][0]}\nSECabc".encode(), hashlib.sha256)
    assert base64.b64decode(query["sign"][0]) == seal
    assert query["access_token"] == ["token1"]
    assert json.loads(web.requests[0].body)["at"] == {"atMobiles": ["13900000001"]}


@pytest.mark.parametrize(
    ("status", "error"), [(400, Refused), (422, Refused), (401, Unreachable), (404, Unreachable), (503, Unreachable)]
)
def test_what_a_status_says_about(web: WebPeer, status: int, error: type[NotSent]) -> None:
    web.status = status

    with pytest.raises(error, match=f"HTTP {status}"):
        send(f"webhook://127.0.0.1:{web.port}/?secret=x", message())


def test_a_redirect_is_not_followed(web: WebPeer) -> None:
    web.status = 302

    with pytest.raises(Unreachable):
        send(f"webhook://127.0.0.1:{web.port}/?secret=x", message())
    assert len(web.requests) == 1


def test_a_web_server_that_hangs_is_given_up(web: WebPeer) -> None:
    web.silent_seconds = 2
    began = time.monotonic()

    with pytest.raises(Unreachable, match="ReadTimeout"):
        send(f"webhook://127.0.0.1:{web.port}/?secret=x&rto=0.2", message())
    assert time.monotonic() - began < 1.5


@pytest.mark.parametrize(
    "url", ["nonsense", "smpp://user@host/10086/{to}", "webhook://host/", "smshttp://host/x", "smshttp://h/?number=1&ok=("]
)
def test_an_address_that_cannot_work_is_no_address(url: str) -> None:
    assert plugin_for(url, "13900000001") is None


@pytest.mark.parametrize(
    ("text", "number"),
    [("", 1), ("a" * 160, 1), ("a" * 161, 2), ("好" * 70, 1), ("好" * 71, 2), ("好" * 134, 2), ("好" * 135, 3)],
)
def test_segments(text: str, number: int) -> None:
    assert segments(text) == number


@pytest.mark.parametrize("text", ["好" * 900, "a" * 2000, "😀" * 300])
def test_a_long_text_is_cut_to_three_segments(text: str) -> None:
    assert (segments(fitted(text)), fitted(text)[-1]) == (3, "…")


def test_errors_hold_no_secret(connect: Callable, web: WebPeer) -> None:
    web.status = 500
    with pytest.raises(NotSent) as caught:
        send(f"smshttp://boss:pa55word@127.0.0.1:{web.port}/?number={{to}}&:key=t0ken", message())

    assert "pa55word" not in str(caught.value)
    assert "t0ken" not in str(caught.value)
