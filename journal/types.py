"""The shape of an event's data: plain JSON."""

type Json = str | int | float | bool | list[Json] | dict[str, Json] | None
type Data = dict[str, Json]
