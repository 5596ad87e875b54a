"""The demo operator: regions, departments, calendars and one person for every job."""

import datetime as dt
from collections.abc import Sequence

from django.contrib.auth.hashers import make_password

from complaints.demo.logins import LOGINS, password
from organization.enums import DepartmentKind, RegionKind, Role
from organization.models import Calendar, Department, Region, Staff, WorkWindow

OFFICE_HOURS = ((dt.time(8, 30), dt.time(12)), (dt.time(13, 30), dt.time(18)))
WORKDAYS = range(5)

REGIONS: dict[str, tuple[str, str, str]] = {
    "sd": ("山东省", "Shandong", RegionKind.PROVINCE),
    "sd/east": ("东部大区", "Eastern region", RegionKind.REGION),
    "sd/centre": ("中部大区", "Central region", RegionKind.REGION),
    "sd/west": ("西部大区", "Western region", RegionKind.REGION),
    "sd/east/qd": ("青岛分公司", "Qingdao branch", RegionKind.CITY),
    "sd/east/yt": ("烟台分公司", "Yantai branch", RegionKind.CITY),
    "sd/east/wf": ("潍坊分公司", "Weifang branch", RegionKind.CITY),
    "sd/centre/jn": ("济南分公司", "Jinan branch", RegionKind.CITY),
    "sd/centre/zb": ("淄博分公司", "Zibo branch", RegionKind.CITY),
    "sd/centre/ta": ("泰安分公司", "Tai'an branch", RegionKind.CITY),
    "sd/west/ji": ("济宁分公司", "Jining branch", RegionKind.CITY),
    "sd/west/ly": ("临沂分公司", "Linyi branch", RegionKind.CITY),
    "sd/east/qd/h1": ("青岛香港路营业厅", "Qingdao Hong Kong Road hall", RegionKind.HALL),
    "sd/east/yt/h1": ("烟台南大街营业厅", "Yantai South Street hall", RegionKind.HALL),
    "sd/centre/jn/h1": ("济南泉城路营业厅", "Jinan Quancheng Road hall", RegionKind.HALL),
    "sd/centre/zb/h1": ("淄博柳泉路营业厅", "Zibo Liuquan Road hall", RegionKind.HALL),
    "sd/west/ly/h1": ("临沂解放路营业厅", "Linyi Jiefang Road hall", RegionKind.HALL),
}
CITY_KEYS = [key for key, (_name, _en, kind) in REGIONS.items() if kind == RegionKind.CITY]
HALL_KEYS = [key for key, (_name, _en, kind) in REGIONS.items() if kind == RegionKind.HALL]

DEPARTMENTS: dict[str, tuple[str, str, str, bool]] = {
    "NETWORK": ("网络部", "Network", DepartmentKind.SUPPORT, True),
    "ENGINEER": ("工程建设部", "Engineering", DepartmentKind.SUPPORT, False),
    "BOSS": ("业务支撑部", "Business support", DepartmentKind.SUPPORT, False),
    "MARKET": ("市场经营部", "Marketing", DepartmentKind.SUPPORT, False),
    "DATA": ("数据业务部", "Data services", DepartmentKind.SUPPORT, False),
    "CARE": ("客户服务部", "Customer service", DepartmentKind.SUPPORT, False),
    "CHANNEL": ("渠道管理部", "Channels", DepartmentKind.SUPPORT, False),
    "FINANCE": ("财务部", "Finance", DepartmentKind.SUPPORT, False),
    "GROUP": ("集团客户部", "Business customers", DepartmentKind.SUPPORT, False),
    "SECURITY": ("信息安全部", "Information security", DepartmentKind.SUPPORT, False),
    "CENTRE": ("投诉中心", "Complaint centre", DepartmentKind.CENTRE, True),
    "HOTLINE": ("热线中心", "Hotline", DepartmentKind.FRONT_LINE, True),
    "HALLS": ("营业厅", "Service halls", DepartmentKind.FRONT_LINE, False),
    "BOARD": ("公司管理层", "Management", DepartmentKind.MANAGEMENT, False),
}
SUPPORT = [code for code, (_name, _en, kind, _always) in DEPARTMENTS.items() if kind == DepartmentKind.SUPPORT]


def make_regions() -> dict[str, Region]:
    """Make the region tree, parents first."""
    made: dict[str, Region] = {}
    for key, (name, name_en, kind) in REGIONS.items():
        parent = made.get(key.rpartition("/")[0])
        made[key], _new = Region.objects.get_or_create(
            path=f"{key}/",
            defaults={"code": key.replace("/", "-"), "name": name, "name_en": name_en, "kind": kind, "parent": parent},
        )
    return made


def make_departments() -> dict[str, Department]:
    """Make the calendars and the departments on them."""
    always, _new = Calendar.objects.get_or_create(
        code="7x24",
        defaults={"name": "7×24 小时", "name_en": "Round the clock", "round_the_clock": True},
    )
    office, new = Calendar.objects.get_or_create(code="office", defaults={"name": "行政班", "name_en": "Office hours"})
    if new:
        WorkWindow.objects.bulk_create(
            WorkWindow(calendar=office, weekday=day, starts=starts, ends=ends) for day in WORKDAYS for starts, ends in OFFICE_HOURS
        )
    return {
        code: Department.objects.get_or_create(
            code=code,
            defaults={"name": name, "name_en": name_en, "kind": kind, "calendar": always if open_always else office},
        )[0]
        for code, (name, name_en, kind, open_always) in DEPARTMENTS.items()
    }


def _person(username: str, name: str, department: Department, roles: Sequence[str], region: Region | None = None) -> Staff:
    known = username in {login.username for login in LOGINS}
    return Staff.objects.create(
        username=username,
        name=name,
        department=department,
        roles=list(roles),
        region=region,
        password=make_password(password(username) if known else None),
        is_staff=Role.ADMIN in roles,
        is_superuser=Role.ADMIN in roles,
    )


def make_staff(departments: dict[str, Department], regions: dict[str, Region]) -> None:
    """Make the printed logins and, for every support department, a head, a contact and three handlers."""
    province, centre = regions["sd"], departments["CENTRE"]
    officer = [Role.TRIAGE, Role.DISPATCHER, Role.REVIEWER, Role.VISITOR]
    _person("agent", "热线坐席一", departments["HOTLINE"], [Role.AGENT], province)
    _person("agent2", "热线坐席二", departments["HOTLINE"], [Role.AGENT], province)
    _person("agent3", "热线坐席三", departments["HOTLINE"], [Role.AGENT], province)
    _person("hall", "青岛营业员一", departments["HALLS"], [Role.AGENT], regions["sd/east/qd"])
    for number, key in enumerate((key for key in CITY_KEYS if key != "sd/east/qd"), start=2):
        city = regions[key].name.removesuffix("分公司")
        _person(f"hall{number}", f"{city}营业员一", departments["HALLS"], [Role.AGENT], regions[key])
    _person("officer", "投诉专员一", centre, officer)
    _person("officer2", "投诉专员二", centre, officer)
    _person("triage", "预处理岗一", centre, [Role.TRIAGE])
    _person("dispatcher", "派单员一", centre, [Role.DISPATCHER])
    _person("reviewer", "质检员一", centre, [Role.REVIEWER])
    _person("visitor", "回访员一", centre, [Role.VISITOR])
    _person("duty", "值班长一", centre, [Role.DUTY, Role.SUPERVISOR])
    _person("supervisor", "督办考核岗一", centre, [Role.SUPERVISOR])
    centre.head = _person("centre-head", "投诉中心主任", centre, [Role.HEAD, Role.SUPERVISOR])
    centre.save(update_fields=["head"])
    _person("patrol", "一线督导一", departments["HALLS"], [Role.PATROL], regions["sd/east"])
    _person("manager", "管理者一", departments["BOARD"], [Role.MANAGER], province)
    _person("admin", "系统管理员", departments["BOARD"], [Role.ADMIN])
    named = {"NETWORK": ("head", "contact", "network"), "BOSS": ("boss-head", "billing", "boss-1")}
    for code in SUPPORT:
        department = departments[code]
        key = code.lower()
        head, contact, first = named.get(code, (f"{key}-head", f"{key}-contact", f"{key}-1"))
        department.head = _person(head, f"{department.name}负责人", department, [Role.HEAD])
        department.save(update_fields=["head"])
        _person(contact, f"{department.name}接口人", department, [Role.HANDLER, Role.CONTACT])
        _person(first, f"{department.name}处理人一", department, [Role.HANDLER])
        _person(f"{key}-2", f"{department.name}处理人二", department, [Role.HANDLER])
        _person(f"{key}-3", f"{department.name}处理人三", department, [Role.HANDLER])
