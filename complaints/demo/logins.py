"""The demo's logins, one for each role. Pure, so that tools can read them."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Login:
    """One login that the demo prints."""

    username: str
    role: str
    hint: str


LOGINS = (
    Login(username="agent", role="热线坐席 / hotline agent", hint="受理、催办、回访"),
    Login(username="hall", role="营业员 / hall clerk", hint="青岛分公司营业厅受理"),
    Login(username="network", role="处理人 / handler (网络部)", hint="接单、回单"),
    Login(username="contact", role="部门接口人 / department contact (网络部)", hint="退单、转派、挂起审批"),
    Login(username="head", role="部门负责人 / department head (网络部)", hint="指派、看板"),
    Login(username="billing", role="部门接口人 / department contact (业务支撑部)", hint="协办回单"),
    Login(username="officer", role="投诉专员 / complaint-centre officer", hint="预处理、派单、质检、回访"),
    Login(username="duty", role="投诉中心值班长 / duty officer", hint="裁定退单、撤单、重开"),
    Login(username="manager", role="管理者 / manager", hint="时限看板"),
    Login(username="admin", role="管理员 / administrator", hint="部门、人员、日历、时限"),
)


def password(username: str) -> str:
    """Return the demo's password of a login: printed, never used outside a demo."""
    return f"demo-{username}-{hashlib.sha256(username.encode()).hexdigest()[:4]}"
