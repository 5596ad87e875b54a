"""By what a case is known before it is filed."""

from organization.models import Staff


def page_key(user: Staff, key: object) -> str:
    """Return the filing key of what this person enters on the page with the token `key`."""
    return f"page:{user.pk}:{key}"
