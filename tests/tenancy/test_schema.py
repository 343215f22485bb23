"""The catalog itself: that every tenant table is keyed, guarded and referred to as a distributed database needs it."""

import re

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import Error, connection, connections, transaction

from loyalty.tenancy.constraints import Reference
from loyalty.tenancy.engine.base import is_tenant
from loyalty.tenancy.models import TenantForeignKey

pytestmark = pytest.mark.django_db
TENANTS = sorted(
    (model for model in apps.get_models() if is_tenant(model)), key=lambda model: model._meta.db_table
)
TABLES = [model._meta.db_table for model in TENANTS]
IN_SCOPE = "(merchant_id = (NULLIF(current_setting('app.merchant'::text, true), ''::text))::uuid)"
# Who has work that is due is asked of these, across merchants; and no more than these columns.
SCANNED = {
    "campaigns_message": {"merchant_id", "status", "due_at", "claimed_at"},
    "campaigns_monthlysummaryrun": {"merchant_id", "month", "finished_at"},
    "events_event": {"merchant_id", "relayed_at"},
    "jobs_job": {"merchant_id", "id", "status", "claimed_until"},
    "merchants_idempotencyrecord": {"merchant_id", "created_at"},
    "programs_account": {"merchant_id", "next_due_at", "review_at"},
    "subscriptions_subscription": {"merchant_id", "next_due_at"},
    "programs_program": {"merchant_id", "next_due_at", "status", "ends_at"},
    "programs_unlock": {"merchant_id", "status", "as_voucher"},
    "endings_lastday": {"merchant_id", "at"},
    "endings_look": {"merchant_id", "next_at"},
}
# What a coalition's partner may read of an operator's rows (loyalty/tenancy/partners.py): which, and of which columns.
ACTING = "(NULLIF(current_setting('app.acting'::text, true), ''::text))::uuid"
OWN, ANY = f"(partner_id = {ACTING})", f"({ACTING} IS NOT NULL)"
PARTNERED = {
    "coalition_introduction": OWN,
    "coalition_partner": OWN,
    "coalition_posting": f"((payer_id = {ACTING}) OR (payee_id = {ACTING}))",
    "coalition_prepaidblock": OWN,
    "members_member": ANY,
    "programs_account": ANY,
    "programs_entry": OWN,
    "programs_program": f"({ANY} AND ((type)::text = 'coalition'::text))",
    "programs_purchase": OWN,
    "programs_refund": OWN,
    "rewards_redemption": OWN,
}
SHOWN_TO_PARTNERS = {
    "members_member": {"merchant_id", "id", "number", "status", "language"},
    "programs_account": {
        "merchant_id", "id", "member_id", "program_id", "balance", "pending", "debt", "level",
    },
}  # fmt: skip


def ask(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def test_there_are_tenant_tables():
    assert {"members_member", "programs_entry", "rewards_voucher", "events_event"} <= set(TABLES)
    every = {table for (table,) in ask("SELECT table_name FROM information_schema.columns"
                                       " WHERE column_name = 'merchant_id' AND table_schema = 'public'")}  # fmt: skip
    # These are read before it is known whose scope to open.
    assert every - set(TABLES) == {
        "members_cardtoken", "merchants_apikey", "merchants_device", "merchants_membership",
    }  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
def test_the_key_begins_with_the_merchant(table):
    (key,) = ask("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass"
                 " AND contype = 'p'", table)  # fmt: skip
    assert key == ("PRIMARY KEY (merchant_id, id)",)


@pytest.mark.parametrize("table", TABLES)
def test_row_security_is_on_and_holds_for_the_owner_too(table):
    assert ask(
        "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", table
    ) == [(True, True)]


@pytest.mark.parametrize("table", TABLES)
def test_there_is_one_permissive_policy_for_each_role(table):
    found = ask("SELECT policyname, permissive, roles::text[], cmd, qual, with_check FROM pg_policies"
                " WHERE tablename = %s ORDER BY policyname DESC", table)  # fmt: skip
    tenant = ("tenant", "PERMISSIVE", ["stammgast_app"], "ALL", IN_SCOPE, IN_SCOPE)
    scan = ("scan", "PERMISSIVE", ["stammgast_scan"], "SELECT", "true", None)
    partner = ("partner", "PERMISSIVE", ["stammgast_partner"], "SELECT",
               f"({IN_SCOPE} AND {PARTNERED.get(table)})", None)  # fmt: skip
    expected = [tenant, *([scan] if table in SCANNED else []), *([partner] if table in PARTNERED else [])]
    assert found == expected


def columns_granted_to(role):
    granted = {}
    for table, column in ask("SELECT attrelid::regclass::text, attname FROM pg_attribute, aclexplode(attacl) AS one"
                             " WHERE one.grantee = %s::regrole AND one.privilege_type = 'SELECT'", role):  # fmt: skip
        granted.setdefault(table, set()).add(column)
    return granted


def test_a_partner_reads_what_is_named_here_and_writes_nothing():
    granted = columns_granted_to("stammgast_partner")
    assert set(granted) == set(PARTNERED)
    assert {table: granted[table] for table in SHOWN_TO_PARTNERS} == SHOWN_TO_PARTNERS
    assert ask("SELECT oid::regclass FROM pg_class, aclexplode(relacl) AS one"
               " WHERE one.grantee = 'stammgast_partner'::regrole") == []  # fmt: skip
    assert ask("SELECT attname FROM pg_attribute, aclexplode(attacl) AS one"
               " WHERE one.grantee = 'stammgast_partner'::regrole"
               " AND one.privilege_type <> 'SELECT'") == []  # fmt: skip


def test_the_scan_role_sees_only_who_has_work():
    granted = {}
    for table, column in ask("SELECT attrelid::regclass::text, attname FROM pg_attribute, aclexplode(attacl) AS one"
                             " WHERE one.grantee = 'stammgast_scan'::regrole"):  # fmt: skip
        granted.setdefault(table, set()).add(column)
    assert granted == SCANNED
    assert ask("SELECT oid::regclass FROM pg_class, aclexplode(relacl) AS one"
               " WHERE one.grantee = 'stammgast_scan'::regrole") == []  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
def test_every_unique_contains_the_merchant(table):
    found = ask("SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
                " WHERE indrelid = %s::regclass AND indisunique", table)  # fmt: skip
    assert found
    assert [name for name, definition in found if "(merchant_id," not in definition] == []


def test_references_between_tenants_carry_the_merchant_and_are_checked_at_once():
    found = ask(
        "SELECT conname, pg_get_constraintdef(oid), condeferrable, confdeltype, convalidated FROM pg_constraint"
        " WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)",
        TABLES,
    )
    assert len(found) >= 30
    for name, definition, deferrable, on_delete, valid in found:
        assert re.match(r"FOREIGN KEY \(merchant_id, \w+\) REFERENCES \w+\(merchant_id, id\)", definition), (
            name
        )
        # "a": no action; never SET NULL, which would also empty the merchant.
        assert (name, deferrable, on_delete, valid) == (name, False, "a", True)


@pytest.mark.parametrize("model", TENANTS, ids=TABLES)
def test_every_reference_of_a_model_is_held_in_the_database(model):
    keys = {field.name for field in model._meta.local_fields if isinstance(field, TenantForeignKey)}
    references = {one.field: one.name for one in model._meta.constraints if isinstance(one, Reference)}
    assert set(references) == keys
    held = {name for (name,) in ask("SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass"
                                    " AND contype = 'f'", model._meta.db_table)}  # fmt: skip
    assert held == set(references.values())


def test_no_tenant_table_has_any_other_foreign_key():
    others = [
        (model.__name__, field.name)
        for model in TENANTS
        for field in model._meta.local_fields
        if field.remote_field and not isinstance(field, TenantForeignKey)
    ]
    assert others == []


def test_the_runtime_role_owns_nothing_and_can_make_nothing():
    assert ask("SELECT current_user") == [("stammgast_app",)]
    assert ask("SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = 'stammgast_app'") == []
    (rights,) = ask("SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles"
                    " WHERE rolname = current_user")  # fmt: skip
    assert rights == (False, False, False, False)
    for statement in (
        "CREATE TABLE mine (id int)",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER TABLE members_member DISABLE ROW LEVEL SECURITY",
        "DROP TABLE members_member",
    ):
        with pytest.raises(Error, match=r"permission denied|must be owner"), transaction.atomic():
            connection.cursor().execute(statement)


def test_no_function_of_ours_runs_with_its_owners_rights_and_no_table_has_a_trigger_of_ours():
    assert ask("SELECT proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace"
               " WHERE nspname = 'public' AND prosecdef") == []  # fmt: skip
    assert ask("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal") == []


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_migrations_are_what_the_models_say():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_migrations_run_as_the_owner_who_is_not_bound_by_row_security():
    assert connections["owner"].settings_dict["USER"] == "stammgast_owner"
    assert ask("SELECT rolbypassrls FROM pg_roles WHERE rolname = 'stammgast_owner'") == [(True,)]
