"""Who complains about what, when, to whom: the plans that a director plays."""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import replace

from complaints.bulk.cast import Cast, Leaf, Person
from complaints.bulk.rows import CustomerRow
from complaints.demo.plan import Plan
from organization.enums import Role
from workorders.enums import Channel, Tier, Urgency

MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
CHANNELS = {
    Channel.HOTLINE: 58,
    Channel.HALL: 15,
    Channel.APP: 12,
    Channel.WEB: 6,
    Channel.SOCIAL: 4,
    Channel.MANAGER: 2,
    Channel.REGULATOR: 2,
    Channel.CONSUMER: 0.6,
    Channel.MEDIA: 0.2,
    Channel.GROUP: 0.2,
}
#: What complaints are about, by first level, in per cent.
SUBJECTS = {"NET": 28, "BILL": 16, "FEE": 16, "VAS": 10, "BIZ": 8, "GRP": 8, "SVC": 6, "MKT": 5, "SPAM": 4, "OTH": 1}
#: Complaints by local hour of the day.
HOURS = (1, 1, 0.5, 0.5, 0.5, 1, 2, 4, 9, 12, 12, 9, 6, 7, 10, 10, 9, 8, 6, 6, 6, 5, 3, 2)
#: Complaints by weekday, Monday first.
WEEKDAYS = (1.25, 1.1, 1.0, 1.0, 1.05, 0.85, 0.75)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
VIP_SHARE, URGENT_SHARE = 0.05, 0.08
#: Of a hundred complaints: the same matter again within hours, to be merged; and within 30 days, as a repeat.
AGAIN_SHARE, REPEAT_SHARE = 0.012, 0.05
#: Shanghai has no summer time.
LOCAL = dt.timedelta(hours=8)


def filing_times(count: int, start: dt.datetime, end: dt.datetime, draw: random.Random) -> list[dt.datetime]:
    """Return `count` instants in [start, end), in order: by day of the week and hour of the day."""
    span = (end - start).total_seconds()
    highest = max(HOURS) * max(WEEKDAYS)
    times: list[dt.datetime] = []
    while len(times) < count:
        at = start + dt.timedelta(seconds=int(draw.random() * span))
        local = at + LOCAL
        if draw.random() * highest <= HOURS[local.hour] * WEEKDAYS[local.weekday()]:
            times.append(at)
    return sorted(times)


def customers(count: int, first_pk: int, numbers: Sequence[str], cast: Cast, draw: random.Random) -> list[CustomerRow]:
    """Return `count` customers with consecutive ids."""
    made = []
    for index in range(count):
        city = draw.choice(cast.cities)
        made.append(
            CustomerRow(
                pk=first_pk + index,
                number=numbers[index],
                name=draw.choice(SURNAMES) + draw.choice(("先生", "女士")),
                tier=Tier.VIP if draw.random() < VIP_SHARE else Tier.STANDARD,
                region=city.pk,
                city=city.code,
            )
        )
    return made


class Planner:
    """Draws complaints."""

    def __init__(self, cast: Cast, people: Sequence[CustomerRow]) -> None:
        self._customers = people
        self._leaves: dict[str, list[Leaf]] = {}
        for leaf in cast.leaves:
            self._leaves.setdefault(leaf.path.split("/")[0], []).append(leaf)
        self._tops = list(self._leaves)
        self._weights = [SUBJECTS.get(top, 1) for top in self._tops]
        agents = cast.with_role(Role.AGENT)
        here = {city.pk for city in cast.cities}
        self._everywhere = [agent for agent in agents if agent.region not in here]
        self._in_city: dict[int, list[Person]] = {}
        for agent in agents:
            if agent.region in here:
                self._in_city.setdefault(agent.region or 0, []).append(agent)

    def plan(
        self,
        at: dt.datetime,
        key: str,
        draw: random.Random,
        *,
        top: str = "",
        customer: CustomerRow | None = None,
    ) -> Plan:
        """Return a complaint that comes in at `at`, about anything or about `top`."""
        caller = customer or draw.choice(self._customers)
        leaf = draw.choice(self._leaves[top or draw.choices(self._tops, self._weights)[0]])
        channel = draw.choices(list(CHANNELS), list(CHANNELS.values()))[0]
        return Plan(
            at=at,
            customer=caller,
            leaf=leaf,
            channel=channel,
            filing_key=key,
            agent=self._agent(caller, channel, draw),
            urgency=Urgency.URGENT if draw.random() < URGENT_SHARE else Urgency.NORMAL,
        )

    def again(self, plan: Plan, at: dt.datetime, key: str, draw: random.Random) -> Plan:
        """Return the same customer's second complaint about the same thing."""
        agent = self._agent(plan.customer, Channel.HOTLINE, draw)
        return Plan(
            at=at,
            customer=plan.customer,
            leaf=plan.leaf,
            channel=Channel.HOTLINE,
            urgency=plan.urgency,
            filing_key=key,
            agent=agent,
        )

    def repeat(self, plan: Plan, earlier: Plan, draw: random.Random) -> Plan:
        """Return `plan` as a complaint of the same customer about the same thing as `earlier`."""
        agent = self._agent(earlier.customer, plan.channel, draw)
        return replace(plan, customer=earlier.customer, leaf=earlier.leaf, agent=agent)

    def _agent(self, customer: CustomerRow, channel: str, draw: random.Random) -> Person:
        nearby = self._in_city.get(customer.region)
        return draw.choice(nearby if nearby and channel == Channel.HALL else self._everywhere or nearby or [])
