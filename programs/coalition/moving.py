"""Names given at the counters of partners, when two members become one, and when one is forgotten.

Rule: docs/rules/moving.md, "Merges"
"""

from programs.coalition.models import Introduction


def move(from_id, into_id):
    """The names under which a merged member is known to partners go to the survivor, where it has none there itself.

    Both members are locked by the caller.
    """
    known = Introduction.objects.filter(member=into_id).values_list("partner_id", flat=True)
    theirs = Introduction.objects.filter(member=from_id)
    theirs.filter(partner_id__in=list(known))._raw_delete("default")
    theirs.update(member=into_id)


def forget(member_ids):
    """Art. 17 GDPR: no partner keeps a name."""
    Introduction.objects.filter(member_id__in=list(member_ids))._raw_delete("default")
