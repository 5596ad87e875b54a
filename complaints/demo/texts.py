"""What the demo's customers complain about, by category: subject, what happened, what they ask for, what was found."""

import random
from typing import NamedTuple

PLACES = (
    "历下区文化东路", "市南区香港中路", "芝罘区南大街", "奎文区胜利东街", "张店区柳泉路", "泰山区东岳大街", "任城区太白路", "兰山区解放路",
    "高新区软件园", "某小区 3 号楼地下车库", "某写字楼 12 层", "高速 K218 附近", "大学城宿舍区", "火车站候车厅", "城郊村委会附近",
)
PLANS = ("畅享 39 元套餐", "家庭融合 129 元套餐", "校园 19 元卡", "商务 88 元套餐", "流量王 59 元套餐", "老年关爱 18 元套餐")
AMOUNTS = ("6 元", "15 元", "28.5 元", "36 元", "60 元", "118 元", "260 元")
DAYS = ("昨天", "前天", "上周五", "本月 3 日", "上月底", "这两天", "最近一周")
WANTS = ("请尽快核实并回电。", "要求退还费用并说明原因。", "希望三天内解决。", "要求给出书面解释。", "请恢复正常使用。", "要求道歉并保证不再发生。")


class Text(NamedTuple):
    """A complaint's wording with slots, and what the department found."""

    subject: str
    story: str
    result: str
    cause: str


TEXTS: dict[str, tuple[Text, ...]] = {
    "NET-COVER": (
        Text("{place}室内信号弱", "客户反映{day}起在{place}室内手机经常只有一格信号，靠窗才能打电话，邻居也有同样情况，之前信号正常。",
             "现场测试室内电平偏低，原因为附近站点天线被遮挡，已调整方位角并加装室分，复测正常。", "coverage"),
        Text("{place}无信号", "客户称在{place}完全没有信号，快递和家人都联系不上，已重启手机、换机试过仍然不行。",
             "该区域弱覆盖，已列入补点计划，临时开启邻站功率补偿，客户现场确认可以通话。", "coverage"),
    ),
    "NET-CALL": (
        Text("通话经常掉线", "客户{day}多次通话两三分钟即中断，在{place}最明显，影响工作联系。", "定位为切换参数不当，已优化邻区关系，连续拨测 50 次无掉话。", "fault"),
        Text("打不通电话", "客户在{place}拨打电话提示无法接通，别人拨打客户也听到关机提示，实际手机开机。", "核查为载频故障，已更换板卡，业务恢复。", "fault"),
    ),
    "NET-DATA": (
        Text("{place}上网很慢", "客户{day}在{place}使用手机上网，视频一直缓冲，测速不到 1M，晚上更严重。", "该小区晚忙时负荷高，已完成扩容，忙时速率恢复。", "coverage"),
    ),
    "NET": (Text("短信收不到", "客户{day}收不到银行验证码短信，其他短信正常，已清理收件箱。", "核查短信网关对该号段误拦截，已修正策略并测试通过。", "system"),),
    "BILL-STOP": (
        Text("已缴费仍被停机", "客户{day}通过{place}代理点缴费{amount}，有收据，但手机仍被停机，影响使用。", "缴费接口延迟入账，已手工补账并复机，向客户致歉。", "system"),
    ),
    "BILL": (
        Text("账单金额与实际不符", "客户查询本月账单多出{amount}，使用的是{plan}，未超出套餐，要求逐项说明。", "核对详单为系统重复计费，已全额退还并修正批价规则。", "system"),
        Text("缴费未到账", "客户{day}用银行代扣缴费{amount}，银行已扣款但话费余额没有增加。", "银行对账文件缺失一笔，已补录入账。", "system"),
    ),
    "FEE-REFUND": (Text("退费一直未到账", "客户上次投诉承诺退还{amount}，过了两周还没有到账。", "退费工单未流转，已加急处理，{amount}已退至账户。", "process"),),
    "FEE": (
        Text("{plan}收费规则未告知", "客户办理{plan}时营业员没有说明超出后的资费，{day}发现被扣{amount}，认为是乱收费。", "核查受理单无告知记录，按首次处理退还{amount}并补充说明资费规则。", "publicity"),
        Text("优惠到期没有提醒", "客户的{plan}优惠到期后恢复原价，没有收到任何提醒，要求按原优惠执行。", "到期提醒短信未下发，已为客户续订同档优惠。", "process"),
    ),
    "BIZ": (
        Text("套餐变更未生效", "客户{day}在营业厅申请把{plan}改为低档套餐，本月仍按原套餐扣费。", "系统变更任务失败，已重新执行并退还差额。", "system"),
        Text("无法办理销户", "客户要求销户，营业厅以有合约为由拒绝，客户称合约已到期。", "核实合约已到期，系统未及时解除限制，已为客户办理销户。", "process"),
    ),
    "SVC": (
        Text("营业员态度不好", "客户{day}在{place}营业厅办业务，营业员边玩手机边应付，还说“不愿意办就别办”。", "调阅录像情况属实，已对当事人处理并上门致歉。", "staff"),
        Text("排队等候时间过长", "客户{day}在营业厅排队一个多小时，只开一个窗口。", "当日两名员工请假，已安排机动岗并增加自助设备。", "staff"),
    ),
    "VAS": (
        Text("不知情被订购增值业务", "客户发现{day}起每月被扣{amount}增值业务费，本人从未订购，也没有收到确认短信。", "订购无二次确认记录，已退订并双倍返还，对合作方按协议处理。", "partner"),
    ),
    "SPAM": (Text("频繁收到垃圾短信", "客户{day}开始每天收到多条贷款、房产类短信，发送号码不同，回复退订无效。", "已对发送端口关停，客户号码加入免打扰名单。", "partner"),),
    "MKT": (
        Text("活动赠品一直没有发放", "客户参加“存话费送礼品”活动，存入{amount}，承诺的礼品两个月没有收到。", "活动礼品缺货，已协商折算话费返还。", "publicity"),
    ),
    "GRP": (
        Text("宽带故障两天未修好", "客户{place}的宽带{day}断网，报修后装维人员没有按约上门。", "光缆被施工挖断，已抢修恢复，减免当月费用。", "fault"),
        Text("宽带装机超时", "客户{day}预约装机，工作人员改约三次，到现在还没有装上。", "端口资源不足，已扩容并完成装机。", "process"),
    ),
    "OTH": (Text("其他诉求", "客户{day}反映合作商户的优惠券无法使用，金额{amount}。", "已与商户核实并补发优惠券。", "other"),),
}


def text_for(code: str, draw: random.Random) -> tuple[Text, dict[str, str]]:
    """Return a wording for a category's code, and what to fill its slots with."""
    key = max((key for key in TEXTS if code.startswith(key)), key=len)
    slots = {"place": draw.choice(PLACES), "plan": draw.choice(PLANS), "amount": draw.choice(AMOUNTS), "day": draw.choice(DAYS)}
    return draw.choice(TEXTS[key]), slots
