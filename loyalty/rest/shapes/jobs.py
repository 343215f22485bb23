"""Work in the background, as it is looked at."""

from typing import Literal

from loyalty.rest.shapes.fields import Answer, Moment, Page


class Job(Answer):
    """`done` of `total` rows are there. `url`: where to read what comes of it. `error`: the code of what ended it."""

    id: str
    kind: str
    status: Literal["waiting", "running", "done", "failed"]
    done: int
    total: int
    url: str | None
    error: str | None
    created_at: Moment
    finished_at: Moment | None


class Jobs(Page):
    data: list[Job]
