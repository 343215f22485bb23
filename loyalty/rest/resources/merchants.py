"""Keys, locations, staff, the test clock, and the news."""

from loyalty import ids
from loyalty.errors import NotFound
from loyalty.events.models import Event
from loyalty.merchants import auditing, keys
from loyalty.merchants.models import ApiKey, Location, Staff
from loyalty.rest import pagination
from loyalty.rest.resource import Resource, answer
from loyalty.rest.schema import operation
from loyalty.rest.shapes import merchants as shapes


class ApiKeyList(Resource):
    tells_secrets = True

    @operation("List API keys", scope="read", answers={200: shapes.ApiKeys}, pages=True)
    def get(self, request):
        rows, following = pagination.page(self.query, ApiKey.objects.filter(merchant=self.merchant))
        return answer(
            shapes.ApiKeys(data=[shapes.ApiKey(**_key(row)) for row in rows], next_cursor=following)
        )

    @operation("Make an API key", scope="admin", takes=shapes.NewApiKey, answers={201: shapes.IssuedApiKey})
    def post(self, request):
        body = self.body(shapes.NewApiKey)
        key, secret = keys.issue(merchant=self.merchant, name=body.name, scopes=body.scopes)
        auditing.record(self.actor, "key.issued", key.public_id, scope=", ".join(body.scopes))
        return answer(shapes.IssuedApiKey(**_key(key), key=secret), 201)


class ApiKeyDetail(Resource):
    @operation("Read an API key", scope="read", answers={200: shapes.ApiKey})
    def get(self, request, key_id):
        key = ApiKey.objects.filter(merchant=self.merchant, id=ids.parse("key", key_id)).first()
        if key is None:
            raise NotFound(id=key_id)
        return answer(shapes.ApiKey(**_key(key)))


class ApiKeyRevocation(Resource):
    @operation("Revoke an API key", scope="admin", answers={200: shapes.ApiKey})
    def post(self, request, key_id):
        key = keys.revoke(merchant=self.merchant, key_id=ids.parse("key", key_id))
        auditing.record(self.actor, "key.revoked", key.public_id)
        return answer(shapes.ApiKey(**_key(key)))


class LocationList(Resource):
    @operation("List locations", scope="read", answers={200: shapes.Locations}, pages=True)
    def get(self, request):
        rows, following = pagination.page(self.query, Location.objects.all())
        return answer(shapes.Locations(data=[_location(row) for row in rows], next_cursor=following))


class LocationDetail(Resource):
    @operation("Read a location", scope="read", answers={200: shapes.Location})
    def get(self, request, location_id):
        return answer(_location(Location.objects.by_public_id("loc", location_id)))


class StaffList(Resource):
    @operation("List the people who work here", scope="read", answers={200: shapes.Staff}, pages=True)
    def get(self, request):
        rows, following = pagination.page(self.query, Staff.objects.all())
        return answer(shapes.Staff(data=[_person(row) for row in rows], next_cursor=following))


class StaffDetail(Resource):
    @operation("Read a person who works here", scope="read", answers={200: shapes.StaffMember})
    def get(self, request, staff_id):
        return answer(_person(Staff.objects.by_public_id("stf", staff_id)))


class EventList(Resource):
    @operation(
        "List events, newest first", scope="read", answers={200: shapes.Events}, pages=True,
        query={"type": "Only events of this type.", "member": "Only events of this member."},
    )  # fmt: skip
    def get(self, request):
        rows = Event.objects.all()
        if kind := self.query.get("type"):
            rows = rows.filter(kind=kind)
        if member := self.query.get("member"):
            rows = rows.filter(member_id=ids.parse("mem", member))
        rows, following = pagination.page(self.query, rows, by="at")
        return answer(shapes.Events(data=[told_event(row) for row in rows], next_cursor=following))


class EventDetail(Resource):
    @operation("Read an event", scope="read", answers={200: shapes.Event})
    def get(self, request, event_id):
        return answer(told_event(Event.objects.by_public_id("evt", event_id)))


def _key(row):
    return {
        "id": row.public_id, "name": row.name, "hint": row.hint, "scopes": row.scopes,
        "created_at": row.created_at, "last_used_at": row.last_used_at, "revoked_at": row.revoked_at,
    }  # fmt: skip


def _location(row):
    return shapes.Location(id=row.public_id, name=row.name, address=row.address, created_at=row.created_at)


def _person(row):
    return shapes.StaffMember(
        id=row.public_id, name=row.name, role=row.role, created_at=row.created_at, left_at=row.left_at
    )


def told_event(row):
    return shapes.Event(
        id=row.public_id, type=row.kind, member=ids.public("mem", row.member_id), at=row.at, data=row.payload
    )
