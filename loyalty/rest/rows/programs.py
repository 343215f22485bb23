"""Programs and rules as the API tells them."""

from loyalty import ids
from loyalty.rest.rows.members import unit
from loyalty.rest.shapes import programs as shapes


def program(live):
    """A catalogue.Live: the row with its settings of now."""
    row, settings = live.program, live.settings
    told = shapes.TOLD[row.type](
        id=row.public_id, type=row.type, name=row.name, unit=unit(row), status=row.status, starts_at=row.starts_at,
        ends_at=row.ends_at, redeem_until=row.redeem_until, auto_enrol=row.auto_enrol, version=row.version,
        created_at=row.created_at,
        **{name: getattr(settings, name) for name in type(settings).model_fields},
    )  # fmt: skip
    return shapes.Program(told)


def rule(row):
    # As it was kept: JSON, in which lists stand for the shapes' tuples.
    kept = shapes.NewRule.model_validate(row.definition, strict=False)
    return shapes.Rule(
        id=row.public_id, program=ids.public("prg", row.program_id), active=row.active, created_at=row.created_at,
        **{"if": kept.if_}, **{name: getattr(kept, name) for name in ("name", "when", "gives", "limit", "stacking")},
    )  # fmt: skip
