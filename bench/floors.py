"""What a purchase and a redemption need of PostgreSQL at least, as statements for pgbench (see bench/floor.py)."""

from bench import floor

NEW = "lpad(to_hex(n), 32, '0')"


def of_a_purchase(below, members: int) -> list[str]:
    """below: a shop of one member whose first purchase the product has just recorded. Makes so many copies of it."""
    here = {"merchant_id": below.merchant.id}
    accounts = _copy_member(below, here, members)
    purchase = {"purchase_id": floor.ROW, "account_id": "", "id": ""}
    books = []
    for place, account_id in enumerate(accounts):
        of = here | {"account_id": account_id}
        own = purchase | {"id": floor.row(place), "account_id": floor.account(place)}
        books += floor.inserts("programs_entry", of, own | {"number": ":row::bigint"})
        books += floor.inserts("programs_lot", of, own | {"entry_id": floor.row(place)})
        books += floor.inserts("programs_credit", of, own)
        books.append(_grown(below, place))
    return [
        *floor.scoped(below.merchant.id), _locked_accounts(below),
        *floor.inserts("programs_purchase", here, {"id": floor.ROW, "member_id": floor.MEMBER}),
        *books,
        f"UPDATE members_member SET visits = visits + 1, last_visit_at = now() WHERE {_here(below)}"
        f" AND id = {floor.MEMBER}",
        *_told(here, "purchase.recorded"), "COMMIT",
    ]  # fmt: skip


def of_a_redemption(below, members: int) -> list[str]:
    """below: a shop of one member whose first redemption the product has just recorded."""
    here = {"merchant_id": below.merchant.id}
    [account_id] = _copy_member(below, here, members)
    earned = here | {"account_id": account_id, "kind": "earn"}
    own = {"account_id": "lpad(to_hex(n * 16), 32, '0')", "id": NEW}
    floor.copies("programs_entry", earned, members, **own)
    floor.copies("programs_lot", here | {"account_id": account_id}, members, **own, entry_id=NEW,
                 amount="10^12", remaining="10^12")  # fmt: skip
    entry = {"id": floor.ROW, "account_id": floor.account(0), "number": ":row::bigint"}
    cost = below.rewards[0].cost
    return [
        *floor.scoped(below.merchant.id), _locked_accounts(below),
        f"SELECT * FROM programs_lot WHERE {_here(below)} AND account_id = {floor.account(0)} AND remaining > 0",
        f"UPDATE rewards_reward SET taken = taken + 1 WHERE {_here(below)} AND id = '{below.rewards[0].id}'",
        *floor.inserts("programs_entry", here | {"kind": "redeem"}, entry),
        *floor.inserts("programs_lotuse", here, {"id": floor.ROW, "entry_id": floor.ROW, "lot_id": floor.MEMBER}),
        f"UPDATE programs_lot SET remaining = remaining - {cost} WHERE {_here(below)} AND id = {floor.MEMBER}",
        f"UPDATE programs_account SET balance = balance - {cost}, entries = entries + 1"
        f" WHERE {_here(below)} AND id = {floor.account(0)}",
        *floor.inserts("rewards_redemption", here, {
            "id": floor.ROW, "member_id": floor.MEMBER, "entry_id": floor.ROW, "account_id": floor.account(0)}),
        *_told(here, "reward.redeemed"), "COMMIT",
    ]  # fmt: skip


def _copy_member(below, here, members):
    """Copies of the only member, with its accounts full enough for anything; the ids of the accounts copied."""
    [member] = below.members
    floor.copies("members_member", here | {"id": member.id}, members, id=NEW, number=f"'f' || right({NEW}, 7)",
                 external_id="NULL")  # fmt: skip
    accounts = [floor.account_id(below.merchant, member, program) for program in below.programs]
    for place, account_id in enumerate(accounts):
        floor.copies("programs_account", here | {"id": account_id}, members,
                     id=f"lpad(to_hex(n * 16 + {place}), 32, '0')", member_id=NEW, balance="10^12")  # fmt: skip
    return accounts


def _locked_accounts(below):
    return (
        f"SELECT * FROM programs_account WHERE {_here(below)} AND member_id = {floor.MEMBER} ORDER BY id"
        " FOR NO KEY UPDATE"
    )


def _grown(below, place):
    return (
        "UPDATE programs_account SET balance = balance + 1, lifetime = lifetime + 1, entries = entries + 1,"
        f" last_activity_at = now() WHERE {_here(below)} AND id = {floor.account(place)}"
    )


def _told(here, kind):
    """The event and the kept answer."""
    return [
        *floor.inserts("events_event", here | {"kind": kind}, {"id": floor.ROW}),
        *floor.inserts("merchants_idempotencyrecord", here, {"id": floor.ROW, "key": floor.KEY}),
    ]


def _here(below):
    return f"merchant_id = '{below.merchant.id}'"
