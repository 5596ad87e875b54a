"""The standing cast and the operator they work for; every test that acts is verified afterwards."""

import datetime as dt
from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import translation

from complaints.models import Customer
from journal.models import Gateway
from organization.enums import Role
from organization.models import Calendar, Department, Region, Staff
from tests import factories
from workorders.models import Category

pytest_plugins = ["tests.browsing", "tests.databases"]

SHANGHAI = ZoneInfo("Asia/Shanghai")
#: A Monday morning.
NOW = dt.datetime(2026, 11, 2, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> None:
    """A password's hash is slow on purpose: a quarter of a second for each of the cast."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def default_language() -> None:
    """A page asked for in English leaves the thread speaking English."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def now() -> dt.datetime:
    return NOW


@pytest.fixture
def verified(db: None) -> Iterator[None]:
    """After the test, what `manage.py verify` runs finds no difference."""
    yield
    from workorders.rebuild import differences

    assert list(differences()) == []


@pytest.fixture
def province(db: None) -> Region:
    return factories.region("sd", "山东省", kind="province")


@pytest.fixture
def jinan(province: Region) -> Region:
    return factories.region("jn", "济南", kind="city", parent=province)


@pytest.fixture
def qingdao(province: Region) -> Region:
    return factories.region("qd", "青岛", kind="city", parent=province)


@pytest.fixture
def office(db: None) -> Calendar:
    return factories.office_calendar()


@pytest.fixture
def network(office: Calendar) -> Department:
    return factories.department("NETWORK", "网络部", office)


@pytest.fixture
def billing(office: Calendar) -> Department:
    return factories.department("BOSS", "业务支撑部", office)


@pytest.fixture
def finance(office: Calendar) -> Department:
    return factories.department("FINANCE", "财务部", office)


@pytest.fixture
def centre(office: Calendar) -> Department:
    return factories.department("CENTRE", "投诉中心", office, kind="centre")


@pytest.fixture
def hotline(office: Calendar) -> Department:
    return factories.department("HOTLINE", "热线中心", office, kind="front_line")


@pytest.fixture
def agent(hotline: Department, province: Region) -> Staff:
    return factories.staff("1001", "热线坐席", hotline, [Role.AGENT], province)


@pytest.fixture
def hall_agent(hotline: Department, qingdao: Region) -> Staff:
    return factories.staff("1002", "青岛营业员", hotline, [Role.AGENT], qingdao)


@pytest.fixture
def officer(centre: Department) -> Staff:
    return factories.staff("2001", "投诉专员", centre, [Role.TRIAGE, Role.DISPATCHER, Role.REVIEWER, Role.VISITOR])


@pytest.fixture
def duty(centre: Department) -> Staff:
    return factories.staff("2002", "值班长", centre, [Role.DUTY, Role.SUPERVISOR])


@pytest.fixture
def handler(network: Department) -> Staff:
    return factories.staff("3001", "网络处理人", network, [Role.HANDLER])


@pytest.fixture
def colleague(network: Department) -> Staff:
    return factories.staff("3002", "网络处理人二", network, [Role.HANDLER])


@pytest.fixture
def contact(network: Department) -> Staff:
    return factories.staff("3003", "网络接口人", network, [Role.HANDLER, Role.CONTACT])


@pytest.fixture
def administrator(centre: Department) -> Staff:
    """Who changes limits; there is a second category for what they are changed for."""
    factories.category("FEE/PLAN/UNTOLD", "未告知")
    return factories.staff("9001", "管理员", centre, [Role.ADMIN])


@pytest.fixture
def head(network: Department) -> Staff:
    return factories.staff("3004", "网络部负责人", network, [Role.HEAD])


@pytest.fixture
def stranger(finance: Department) -> Staff:
    return factories.staff("4001", "财务处理人", finance, [Role.HANDLER, Role.CONTACT, Role.HEAD])


@pytest.fixture
def biller(billing: Department) -> Staff:
    return factories.staff("5001", "支撑接口人", billing, [Role.HANDLER, Role.CONTACT])


@pytest.fixture
def manager(province: Region) -> Staff:
    return factories.staff("6001", "管理者", None, [Role.MANAGER], province)


@pytest.fixture
def limits(db: None) -> None:
    """The default limits of the domain's section 4."""
    factories.limits()


@pytest.fixture
def ladders(db: None) -> None:
    """A ladder for every clock."""
    factories.ladders()


@pytest.fixture
def category(db: None) -> Category:
    return factories.category("NET/COVER/INDOOR", "室内覆盖")


@pytest.fixture
def customer(jinan: Region) -> Customer:
    return Customer.objects.create(number="13800000001", name="测试客户", region=jinan)


@pytest.fixture
def connect(db: None) -> Callable[[str, str], Gateway]:
    def _connect(channel: str, url: str, name: str = "") -> Gateway:
        gateway = Gateway(channel=channel, name=name or f"{channel} gateway")
        gateway.url = url
        gateway.save()
        return gateway

    return _connect
