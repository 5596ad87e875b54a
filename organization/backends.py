"""How a session finds its person."""

from allauth.account.auth_backends import AuthenticationBackend

from organization.models import Staff


class StaffBackend(AuthenticationBackend):
    """Reads a person together with their department, which every page's policies ask for."""

    def get_user(self, user_id: object) -> Staff | None:
        """Return the person whose session it is, or None when they may no longer log in."""
        user = Staff.objects.select_related("department").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
