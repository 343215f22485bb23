"""The base of every settings shape: strict types, unknown fields refused, never changed after it was read."""

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
