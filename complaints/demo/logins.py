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
    Login(username="triage", role="预处理岗 / triage officer", hint="预处理：改正分类、一线办结、并单"),
    Login(username="dispatcher", role="派单员 / dispatcher", hint="派单到主办和协办部门"),
    Login(username="reviewer", role="质检员 / reviewer", hint="质检回单，不合格的退回返工"),
    Login(username="visitor", role="回访员 / callback officer", hint="回复客户、回访"),
    Login(username="duty", role="投诉中心值班长 / duty officer", hint="裁定退单、撤单、重开"),
    Login(username="supervisor", role="督办考核岗 / supervision officer", hint="全省在途工单、催办"),
    Login(username="patrol", role="一线督导 / front-line supervisor", hint="巡检账号"),
    Login(username="manager", role="管理者 / manager", hint="时限看板"),
    Login(username="admin", role="管理员 / administrator", hint="部门、人员、日历、时限"),
)


def password(username: str) -> str:
    """Return the demo's password of a login: printed, never used outside a demo."""
    return f"demo-{username}-{hashlib.sha256(username.encode()).hexdigest()[:4]}"
