"""The shape of an event's data: plain JSON."""

type Json = str | int | float | bool | None | list[Json] | dict[str, Json]
type Data = dict[str, Json]
