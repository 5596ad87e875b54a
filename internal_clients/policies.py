"""Who may see and do what in the internal-customer scheme: a predicate, and a queryset beside it where there are rows."""

from django.utils.translation import gettext as _

from foundation.errors import NotAllowed
from organization.enums import Role
from organization.models import Staff

#: 考核岗: keeps the scheme, scores the months, issues penalties.
SCORERS = (Role.SUPERVISOR,)


def require(allowed: bool) -> None:  # noqa: FBT001 -- the answer of a predicate
    """Raise NotAllowed unless a predicate of this module said yes."""
    if not allowed:
        raise NotAllowed(_("Your role or department does not permit this."))


def may_keep_schemes(user: Staff) -> bool:
    """Tell whether the person may edit drafts of the scheme and put them in force."""
    return user.has_role(*SCORERS, Role.ADMIN, Role.SYSTEM)
