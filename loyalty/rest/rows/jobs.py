"""Jobs as the API tells them."""

from loyalty.rest.shapes import jobs as shapes


def job(row):
    return shapes.Job(**columns(row))


def columns(row):
    return {
        "id": row.public_id, "kind": row.kind, "status": row.status, "done": row.done, "total": row.total,
        "url": row.result_url or None, "error": row.error or None, "created_at": row.created_at,
        "finished_at": row.finished_at,
    }  # fmt: skip
