"""Thank-you letters: one page for each member, with a code of their own, to be signed by hand.

Rule: docs/rules/promotions.md, "Thank-you letters".
"""

import re

from django.utils.translation import gettext as _

from loyalty import ids
from loyalty.errors import Invalid
from loyalty.jobs import jobs
from loyalty.tenancy import bulk
from members.models import Member
from rewards.models import Voucher
from rewards.promotions import making
from rewards.promotions.models import Letter, LetterRun

KIND = "promotion_letters"
AT_ONCE = 50
MOST = 10_000
CHUNK = 500
# What a text may name, in braces; anything else in braces is a slip of the pen.
MERGED = ("name", "first_name", "reward", "shop", "until")
BRACES = re.compile(r"\{([^{}]*)\}")


def write(promotion, *, text, member_ids, result_url=None, actor=""):
    """Write a letter to each of these members, with a new single-use code of the promotion, which is theirs.

    text: {"de": …, "en": …}, at least one; it may name MERGED in braces. Returns (LetterRun, None) up to AT_ONCE
    letters, (LetterRun, Job) for more. result_url: told the run, gives the address of the pages. Locks the promotion.
    Raises Invalid.
    """
    _check(text, member_ids)
    run = LetterRun(promotion=promotion, text=text, count=len(member_ids), created_by=actor)
    job = None
    if run.count > AT_ONCE:
        url = result_url(run) if result_url else ""
        job = jobs.start(KIND, {"run": run.public_id}, run.count, result_url=url)
        run.job_id = job.id
    run.save(force_insert=True)
    numbered = enumerate(member_ids, start=1)
    rows = [(ids.new(), run.id, number, member_id) for number, member_id in numbered]
    bulk.insert(Letter, ("id", "run", "number", "member"), rows)
    if job is None:
        _give_codes(run, run.count)
    return run, job


def next_chunk(job):
    """The codes of the next letters of a job's run."""
    run = LetterRun.objects.get(id=ids.parse(LetterRun.prefix, job.params["run"]))
    return _give_codes(run, CHUNK)


def merged(text, facts):
    """A text with what it names in braces filled in."""
    return BRACES.sub(lambda found: facts[found[1]], text)


def _give_codes(run, most):
    waiting = list(Letter.objects.filter(run=run, voucher=None).order_by("number")[:most])
    if not waiting:
        return 0
    promotion = making.lock_by_id(ids.public("prm", run.promotion_id))
    members = [letter.member_id for letter in waiting]
    codes = making.insert(promotion, len(waiting), members)
    keys = dict(Voucher.objects.filter(code__in=codes).values_list("code", "id"))
    bulk.update(
        Letter,
        ("voucher_id",),
        [(letter.id, keys[code]) for letter, code in zip(waiting, codes, strict=True)],
    )
    return len(waiting)


def active(member_ids):
    """Of these members those who take part, in the order given, each once."""
    there = set(
        Member.objects.filter(id__in=list(member_ids), status=Member.Status.ACTIVE).values_list(
            "id", flat=True
        )
    )
    return [member_id for member_id in dict.fromkeys(member_ids) if member_id in there]


def _check(text, member_ids):
    wrong = {}
    if not 1 <= len(member_ids) <= MOST:
        wrong["members"] = [_("Choose 1 to %(most)s guests.") % {"most": MOST}]
    for language, words in text.items():
        unknown = [name for name in BRACES.findall(words) if name not in MERGED]
        if unknown:
            wrong[f"text.{language}"] = [
                _("{%(name)s} stands for nothing. Write {name}, {first_name}, {reward}, {shop} or {until}.")
                % {"name": unknown[0]}
            ]
    if not text:
        wrong["text"] = [_("Write the letter in one language at least.")]
    if wrong:
        raise Invalid(wrong)
