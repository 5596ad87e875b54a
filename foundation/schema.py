"""How the API describes itself: every operation may answer with a problem body, and says which."""

from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from foundation.problems import CONTENT_TYPE

READING = {
    "400": "The query is malformed.",
    "401": "Nobody is logged in.",
    "403": "Your role does not permit this.",
    "404": "There is nothing here that you may see.",
}
WRITING = {"409": "Someone was faster, or what you saw has changed.", "422": "A field is wrong; `errors` says why."}


class ProblemSerializer(serializers.Serializer):
    """What went wrong (RFC 9457)."""

    type = serializers.CharField(help_text="urn:problem:<code>")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="What to tell the person, in their language.")
    # The member is called as the standard's examples call it, though DRF has a property of that name.
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="Field → what is wrong with it.",
    )


class Schema(AutoSchema):
    """DRF's own description, with the problems."""

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        """Add the problem bodies to what the operation answers when all is well."""
        bodies = super()._get_response_bodies(direction)
        problem = self.resolve_serializer(ProblemSerializer, direction)
        for status, why in (READING if self.method == "GET" else READING | WRITING).items():
            bodies.setdefault(status, {"description": why, "content": {CONTENT_TYPE: {"schema": problem.ref}}})
        return bodies
