"""Who may see and do what in the internal-customer scheme: a predicate, and a queryset beside it where there are rows."""

from django.db.models import Q, QuerySet

from internal_clients.enums import AppealOutcome, AppealSubject, EvidenceKind, KpiLevel, RunKind, SurveyState
from internal_clients.models import Appeal, KnowledgeAudit, KpiNode, PlannedOutage, Rater, Sanction, Scorecard, ScoreRun, Survey
from organization.enums import DepartmentKind, Role
from organization.models import Staff

#: 考核岗: keeps the scheme, scores the months, issues penalties.
SCORERS = (Role.SUPERVISOR,)
#: The runs that departments have seen.
SEEN = Q(kind__in=RunKind.SHOWN) & ~Q(hash="")
#: Who made what stands on a card, from its item.
ISSUERS = (
    "sanction__proposed_by",
    "sanction__decided_by",
    "sanction__finding__inspector",
    "release__verdict_by",
    "ticket__complaint__over_head__decided_by",
)


def may_keep_schemes(user: Staff) -> bool:
    """Tell whether the person may edit drafts of the scheme and put them in force."""
    return user.has_role(*SCORERS, Role.ADMIN, Role.SYSTEM)


def _of(user: Staff, department_id: int | None, *roles: str) -> bool:
    """Tell whether the person holds one of `roles` in that department; the system acts for every department."""
    own = user.department_id is not None and user.department_id == department_id
    return user.has_role(Role.SYSTEM) or (own and user.has_role(*roles))


def may_record_for(user: Staff, department_id: int | None) -> bool:
    """Tell whether the person keeps the department's records: faults, outages, notices, answers."""
    return _of(user, department_id, *Role.DEPARTMENT)


def may_lead(user: Staff, department_id: int | None) -> bool:
    """Tell whether the person answers for the department: approves outages, commits to dates, launches."""
    return _of(user, department_id, Role.CONTACT, Role.HEAD)


def may_approve_outage(user: Staff, outage: PlannedOutage) -> bool:
    """Tell whether the person may approve the outage: the department's head, who did not plan it."""
    return _of(user, outage.department_id, Role.HEAD) and outage.planned_by_id != user.pk


def may_ask(user: Staff) -> bool:
    """Tell whether the person belongs to the front line and may ask departments."""
    return user.has_role(Role.AGENT, Role.PATROL, Role.SYSTEM)


def may_file_requests(user: Staff) -> bool:
    """Tell whether the person may ask departments for support as the front line does."""
    return user.has_role(Role.AGENT, Role.SYSTEM)


def may_propose(user: Staff) -> bool:
    """Tell whether the person may propose requirements: everybody who serves customers or works for those who do."""
    return user.has_role(Role.AGENT, Role.PATROL, *Role.CENTRE, *Role.DEPARTMENT, Role.SYSTEM)


def may_review(user: Staff) -> bool:
    """Tell whether the person records what the review meeting (需求评审会) decided."""
    return user.has_role(Role.SUPERVISOR, Role.MANAGER, Role.SYSTEM)


def may_assess(user: Staff) -> bool:
    """Tell whether the person assesses, for the service department, what a release does to service (服务影响评估)."""
    return user.has_role(Role.DUTY, Role.SUPERVISOR, Role.SYSTEM)


def is_general_manager(user: Staff) -> bool:
    """Tell whether the person may overrule a veto in writing: a manager in the company's management."""
    in_management = user.department is not None and user.department.kind == DepartmentKind.MANAGEMENT
    return user.has_role(Role.SYSTEM) or (user.has_role(Role.MANAGER) and in_management)


def may_audit(user: Staff) -> bool:
    """Tell whether the person checks articles of the knowledge base."""
    return user.has_role(Role.REVIEWER, *SCORERS, Role.SYSTEM)


def may_confirm(user: Staff, audit: KnowledgeAudit) -> bool:
    """Tell whether the person may confirm that an article is wrong: another one than who found it."""
    return user.has_role(Role.DUTY, *SCORERS) and audit.audited_by_id != user.pk


def may_fix_causes(user: Staff) -> bool:
    """Tell whether the person fixes what a complaint warning came from."""
    return user.has_role(Role.DUTY, Role.SYSTEM)


def rater_of(user: Staff) -> Rater | None:
    """Return the person's voice in the monthly rating, or None."""
    return Rater.objects.filter(staff=user, is_active=True).first()


def may_score(user: Staff) -> bool:
    """Tell whether the person scores months, shows and publishes them."""
    return user.has_role(*SCORERS, Role.SYSTEM)


def may_see_scores(user: Staff) -> bool:
    """Tell whether the person sees everybody's totals: the departments themselves, the centre, managers, and who rates them."""
    return user.has_role(*Role.DEPARTMENT, *Role.CENTRE, Role.MANAGER, Role.AGENT, Role.PATROL, Role.SYSTEM)


def may_see_card(user: Staff, department_id: int) -> bool:
    """Tell whether the person sees a department's lines and what is behind them: its own people, the centre and managers."""
    return user.has_role(*Role.CENTRE, Role.MANAGER, Role.SYSTEM) or _of(user, department_id, *Role.DEPARTMENT)


def cards_visible_to(user: Staff) -> QuerySet[Scorecard]:
    """Return the scorecards whose lines this person sees."""
    if user.has_role(*Role.CENTRE, Role.MANAGER, Role.SYSTEM):
        return Scorecard.objects.all()
    own = user.department_id if user.has_role(*Role.DEPARTMENT) else None
    return Scorecard.objects.filter(department=own) if own else Scorecard.objects.none()


def may_propose_sanctions(user: Staff) -> bool:
    """Tell whether the person proposes penalties, bonuses and vetoes."""
    return user.has_role(*SCORERS, Role.DUTY)


def may_decide_sanction(user: Staff, sanction: Sanction) -> bool:
    """Tell whether the person decides on a proposal: another one than who made it."""
    return user.has_role(*SCORERS, Role.MANAGER) and sanction.proposed_by_id != user.pk


def sanctions_visible_to(user: Staff) -> QuerySet[Sanction]:
    """Return the proposals and decisions that this person sees: the centre and managers all, a department its own decided ones."""
    if user.has_role(*Role.CENTRE, Role.MANAGER):
        return Sanction.objects.all()
    own = user.department_id if user.has_role(*Role.DEPARTMENT) else None
    return Sanction.objects.filter(department=own, is_approved=True) if own else Sanction.objects.none()


def may_contest(user: Staff, department_id: int) -> bool:
    """Tell whether the person contests the department's scores: its head only (domain.md 7.1.6)."""
    return _of(user, department_id, Role.HEAD)


def concerning(department_id: int) -> Q:
    """Match the appeals that a department raised, and those by which a row was charged to it."""
    return Q(department=department_id) | Q(belongs_to=department_id) | Q(final_belongs_to=department_id)


def may_escalate(user: Staff, appeal: Appeal) -> bool:
    """Tell whether the person takes the centre's ruling to the committee: the head of who appealed, or of who was charged by it."""
    charged = appeal.belongs_to_id is not None and may_contest(user, appeal.belongs_to_id)
    return charged or may_contest(user, appeal.department_id)


def _issued(appeal: Appeal) -> set[int | None]:
    """Return who made what is contested: proposed, approved or inspected it, decided on the fault, assessed or checked it."""
    if appeal.kind == EvidenceKind.AUDIT:
        checks = KnowledgeAudit.objects.filter(pk=appeal.object_id or 0)
        return {pk for pair in checks.values_list("audited_by", "confirmed_by") for pk in pair}
    found: set[int | None] = set()
    if appeal.item and (sanction := appeal.item.sanction):
        found |= {sanction.proposed_by_id, sanction.decided_by_id, sanction.finding.inspector_id if sanction.finding else None}
    if appeal.item and appeal.item.release:
        found.add(appeal.item.release.verdict_by_id)
    if appeal.item and appeal.item.ticket:
        register = getattr(getattr(appeal.item.ticket, "complaint", None), "over_head", None)
        found.add(register.decided_by_id if register else None)
    return found


def _had_a_hand(user: Staff, appeal: Appeal) -> bool:
    """Tell whether the person raised the appeal, took it further, scored the month for others to see, or made what it is about."""
    scored = ScoreRun.objects.filter(SEEN, period=appeal.card.run.period_id, computed_by=user)
    return user.pk in {appeal.raised_by_id, appeal.escalated_by_id, *_issued(appeal)} or scored.exists()


def may_rule(user: Staff, appeal: Appeal) -> bool:
    """Tell whether the person rules on the appeal for the centre: a scorer who had no hand in what is contested."""
    return user.has_role(*SCORERS) and not _had_a_hand(user, appeal)


def may_rule_finally(user: Staff, appeal: Appeal) -> bool:
    """Tell whether the person rules for the assessment committee (考核委员会): a manager who had no hand in it either.

    Nobody of the department itself or of the one that the row was charged to, nobody who ruled before.
    """
    of_theirs = user.department_id is not None and user.department_id in {appeal.department_id, appeal.belongs_to_id}
    barred = of_theirs or user.pk == appeal.ruled_by_id or _had_a_hand(user, appeal)
    return user.has_role(Role.MANAGER) and not barred


def _not_by(user: Staff) -> QuerySet[Appeal]:
    """Return the appeals that a person had no hand in, as `_had_a_hand` tells it."""
    scored = ScoreRun.objects.filter(SEEN, computed_by=user).values("period")
    checked = KnowledgeAudit.objects.filter(Q(audited_by=user) | Q(confirmed_by=user)).values("pk")
    rows = Appeal.objects.exclude(raised_by=user).exclude(escalated_by=user).exclude(card__run__period__in=scored)
    rows = rows.exclude(kind=EvidenceKind.AUDIT, object_id__in=checked)
    for way in ISSUERS:
        rows = rows.exclude(**{f"item__{way}": user})
    return rows


def appeals_to_rule(user: Staff) -> QuerySet[Appeal]:
    """Return the appeals that wait for a ruling of the centre which this person may give."""
    return _not_by(user).filter(outcome=AppealOutcome.PENDING) if user.has_role(*SCORERS) else Appeal.objects.none()


def appeals_to_rule_finally(user: Staff) -> QuerySet[Appeal]:
    """Return the appeals before the assessment committee that this person may rule on."""
    if not user.has_role(Role.MANAGER):
        return Appeal.objects.none()
    rows = _not_by(user).filter(escalated_at__isnull=False, final_outcome="").exclude(ruled_by=user)
    own = user.department_id
    return rows.exclude(department=own).exclude(belongs_to=own) if own else rows


def may_state(user: Staff, appeal: Appeal) -> bool:
    """Tell whether the person states, for the front line, how it was: on work; on a penalty only who sees it anyway."""
    sees = user.has_role(*Role.CENTRE, Role.MANAGER, Role.SYSTEM)
    return may_ask(user) and (sees or appeal.about in AppealSubject.WORK)


def appeals_to_state(user: Staff) -> QuerySet[Appeal]:
    """Return the appeals that wait for the internal client's statement which this person may give."""
    if not may_ask(user):
        return Appeal.objects.none()
    rows = Appeal.objects.filter(outcome=AppealOutcome.PENDING, statement="")
    sees = user.has_role(*Role.CENTRE, Role.MANAGER, Role.SYSTEM)
    return rows if sees else rows.filter(about__in=AppealSubject.WORK)


def appeals_visible_to(user: Staff) -> QuerySet[Appeal]:
    """Return the appeals this person sees: the centre and managers all, the front line those about its work, a department its own.

    A department's own are those that it raised, and those by which a row was charged to it.
    """
    if user.has_role(*Role.CENTRE, Role.MANAGER):
        return Appeal.objects.all()
    seen = Q(about__in=AppealSubject.WORK) if user.has_role(Role.AGENT, Role.PATROL) else Q(pk__in=())
    if user.department_id and user.has_role(*Role.DEPARTMENT):
        seen |= concerning(user.department_id)
    return Appeal.objects.filter(seen)


def may_see_run(user: Staff, run: ScoreRun) -> bool:
    """Tell whether the person sees a run's totals: everybody's who sees scores, but trials are the scorers' own."""
    return bool(run.hash) and may_see_scores(user) and (run.kind in RunKind.SHOWN or may_score(user))


def runs_visible_to(user: Staff) -> QuerySet[ScoreRun]:
    """Return the runs whose totals this person sees."""
    if not may_see_scores(user):
        return ScoreRun.objects.none()
    runs = ScoreRun.objects.exclude(hash="")
    return runs if may_score(user) else runs.filter(kind__in=RunKind.SHOWN)


def may_keep_surveys(user: Staff) -> bool:
    """Tell whether the person drafts, opens and closes the quarterly surveys: the centre's appraisal officer."""
    return user.has_role(*SCORERS, Role.SYSTEM)


def may_read_surveys(user: Staff) -> bool:
    """Tell whether the person reads results: the centre and managers all, a department's people their own department's."""
    return user.has_role(*Role.CENTRE, Role.MANAGER, *Role.DEPARTMENT, Role.SYSTEM)


def surveys_visible_to(user: Staff) -> QuerySet[Survey]:
    """Return the surveys this person sees: who keeps them all, raters the open ones, readers the closed ones."""
    if may_keep_surveys(user):
        return Survey.objects.all()
    states = [SurveyState.OPEN] if rater_of(user) else []
    states += [SurveyState.CLOSED] if may_read_surveys(user) else []
    return Survey.objects.filter(state__in=states)


def may_see_node(user: Staff, node: KpiNode) -> bool:
    """Tell whether the person sees a place's targets and figures: managers all, heads their department's, others their own."""
    return user.has_role(Role.MANAGER, Role.SYSTEM) or node.speaker_id == user.pk or _of(user, node.department_id, Role.HEAD)


def nodes_visible_to(user: Staff) -> QuerySet[KpiNode]:
    """Return the places of the target tree that this person sees."""
    if user.has_role(Role.MANAGER, Role.SYSTEM):
        return KpiNode.objects.all()
    led = Q(department=user.department_id) if user.has_role(Role.HEAD) and user.department_id else Q(pk__in=())
    return KpiNode.objects.filter(led | Q(speaker=user.pk))


def may_set_targets(user: Staff, node: KpiNode) -> bool:
    """Tell whether the person is the side above a place: drafts its targets, puts them forward, judges its process.

    Managers are above the company, the departments and the heads, heads above everybody else in their department.
    """
    if user.has_role(Role.SYSTEM):
        return True
    if node.level in {KpiLevel.COMPANY, KpiLevel.DEPARTMENT} or node.speaker.has_role(Role.HEAD):
        return user.has_role(Role.MANAGER)
    return _of(user, node.department_id, Role.HEAD) and node.speaker_id != user.pk


def may_answer_targets(user: Staff, node: KpiNode) -> bool:
    """Tell whether the person is the side below, who agrees or objects: whoever answers for the place."""
    return node.speaker_id == user.pk


def may_judge(user: Staff, node: KpiNode) -> bool:
    """Tell whether the person judges the place's process: the side above, never the judged themselves (domain.md 11)."""
    return may_set_targets(user, node) and node.speaker_id != user.pk


def may_add_below(user: Staff, node: KpiNode) -> bool:
    """Tell whether the person adds places below this one: managers below the company, heads within their department."""
    if node.level == KpiLevel.COMPANY:
        return user.has_role(Role.MANAGER, Role.SYSTEM)
    return node.level != KpiLevel.EMPLOYEE and _of(user, node.department_id, Role.HEAD)
