"""The base of every settings shape: strict types, unknown fields refused, never changed after it was read."""

import json

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    @classmethod
    def read(cls, data):
        """From JSON-ready data, as strictly as from a request: lists for tuples, text for datetimes, but no
        text for numbers. Raises pydantic.ValidationError."""
        return cls.model_validate_json(json.dumps(data))
