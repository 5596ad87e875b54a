"""SMS over SMPP 3.4, waiting for the answer to every segment. Apprise's own plug-in never reads it."""

from collections.abc import Iterator
from contextlib import contextmanager

from apprise import NotifyType
from apprise.exception import AppriseImproperlyConfigured
from apprise.plugins.base import NotifyBase
from smpplib import consts, exceptions, gsm
from smpplib.client import Client
from smpplib.smpp import make_pdu

from journal.gateways.errors import Refused, Unreachable

#: What an SMSC says about itself or our pace; every other refusal is about the message.
ABOUT_GATEWAY = frozenset(
    {consts.SMPP_ESME_RSYSERR, consts.SMPP_ESME_RTHROTTLED, consts.SMPP_ESME_RMSGQFUL, consts.SMPP_ESME_RINVBNDSTS}
)
#: An SMSC that sends so many other things before its answer is not answering.
MOST_OTHERS = 50


class Smpp(NotifyBase):
    """An SMSC: ``smpp://user:password@host:port/SENDER/{to}``; the sender may be a short code such as 10086."""

    service_name = "SMPP"
    protocol = "smpp"
    request_rate_per_sec = 0
    title_maxlen = 0
    body_maxlen = 2000
    templates = ("{schema}://{user}:{password}@{host}/{source}/{targets}",)

    def __init__(self, path: list[str], **kwargs: object) -> None:
        super().__init__(**kwargs)
        if not (self.user and self.password and len(path) == 2 and all(part.lstrip("+").isalnum() for part in path)):
            raise AppriseImproperlyConfigured("smpp://user:password@host:port/SENDER/{to}")
        self.source, self.target = path
        #: The SMSC's number of the last segment sent.
        self.reference = ""

    def url(self, *args: object, **kwargs: object) -> str:
        """Return the address for people to read."""
        return f"smpp://{self.host}:{self.port or 2775}/{self.source}"

    def send(self, body: str, title: str = "", notify_type: NotifyType = NotifyType.INFO, **kwargs: object) -> bool:
        """Send every segment and wait for each answer."""
        parts, coding, esm_class = gsm.make_parts(body)
        with _bound(self) as client:
            for part in parts:
                sent = client.send_message(
                    source_addr_ton=consts.SMPP_TON_UNK,
                    source_addr_npi=consts.SMPP_NPI_ISDN,
                    source_addr=self.source,
                    dest_addr_ton=consts.SMPP_TON_INTL if self.target.startswith("+") else consts.SMPP_TON_UNK,
                    dest_addr_npi=consts.SMPP_NPI_ISDN,
                    destination_addr=self.target.lstrip("+"),
                    short_message=part,
                    data_coding=coding,
                    esm_class=esm_class,
                )
                self.reference = _answer(client, sent.sequence)
        return True

    @staticmethod
    def parse_url(url: str) -> dict | None:
        """Read the address."""
        results = NotifyBase.parse_url(url, verify_host=False)
        if results:
            results["path"] = NotifyBase.split_path(results["fullpath"])
        return results


@contextmanager
def _bound(plugin: Smpp) -> Iterator[Client]:
    """Log in and, at the end, out again; whatever goes wrong with the connection is Unreachable."""
    client = Client(plugin.host, plugin.port or 2775, timeout=plugin.socket_read_timeout, allow_unknown_opt_params=True)
    try:
        client.connect()
        client.bind_transmitter(system_id=plugin.user, password=plugin.password)
        yield client
        client.send_pdu(make_pdu("unbind", client=client))
    except (exceptions.ConnectionError, exceptions.PDUError, OSError) as error:
        raise Unreachable(str(error)[:200] or type(error).__name__) from error
    finally:
        # Also after a failed login, where smpplib would warn of a wrong state.
        client.state = consts.SMPP_CLIENT_STATE_OPEN
        client.disconnect()


def _answer(client: Client, sequence: int) -> str:
    """Return the SMSC's number for the message; other things that it says meanwhile are answered or passed over."""
    for _other in range(MOST_OTHERS):
        said = client.read_pdu()
        if said.command == "enquire_link":
            alive = make_pdu("enquire_link_resp", client=client)
            alive.sequence = said.sequence
            client.send_pdu(alive)
        if said.command in {"submit_sm_resp", "generic_nack"} and said.sequence == sequence:
            return _judged(said)
    raise TimeoutError


def _judged(said: object) -> str:
    status = said.status
    if status == consts.SMPP_ESME_ROK:
        number = said.message_id or b""
        return number.decode("ascii", "replace") if isinstance(number, bytes) else str(number)
    reason = f"{status:#x}: {consts.DESCRIPTIONS.get(status, '')}"
    raise (Unreachable if status in ABOUT_GATEWAY else Refused)(reason)
