"""Working days, as the whole house counts them."""

from organization.queries.days import local_day, working_day

__all__ = ["local_day", "working_day"]
