"""A program that is told by its rules: what it says, who takes part, and whom a change would touch."""

import hashlib
import json

from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from loyalty import tenancy
from loyalty.dashboard.forms.rules import RulesForm
from loyalty.design import wording
from programs import catalogue as programs
from programs import foreseeing, units
from programs.accounts import Account
from programs.catalogue import Live
from programs.models import Program
from programs.subscriptions.models import Subscription
from rewards import catalogue
from rewards.gift_cards.models import GiftCard
from rewards.models import Reward

Figure = tuple[str, str]


def values(live: Live) -> dict[str, object]:
    """What the controls show at first."""
    settings = live.settings.model_dump(mode="json", by_alias=True)
    reward = _rewards(live).get(settings.get("reward") or "")
    return settings | {
        "name": live.program.name, "value_minor": reward.value_minor if reward else None,
        "categories": ", ".join(settings.get("categories", ())),
    }  # fmt: skip


def names(live: Live) -> dict[str, str]:
    """The names of the program's own rewards, by public id."""
    return {public_id: reward.name for public_id, reward in _rewards(live).items()}


def fingerprint(form: RulesForm) -> str:
    """Of what the form would save, to know whether what it touches has been shown."""
    wanted = json.dumps([form.cleaned_data["name"], form.settings()], sort_keys=True, default=str)
    return hashlib.sha256(wanted.encode()).hexdigest()[:16]


def foresee(live: Live, form: RulesForm) -> list[str]:
    """Whom the form's settings would touch, in sentences. Raises Invalid."""
    settings = programs.read_settings(
        live.program.type, catalogue.settings_not_made(live.program.type, form.settings())
    )
    found = foreseeing.foresee(live, settings, costs=catalogue.costs(live.program))
    return list(_sentences(live, found))


@transaction.atomic
def save(live: Live, form: RulesForm, *, actor: str) -> Program:
    """A new version, from the next purchase on; none where only the name is another. Raises Invalid."""
    settings = form.settings()
    changed = settings if settings != form.before else None
    return catalogue.change_program(
        live.program, actor=actor, settings=changed, name=form.cleaned_data["name"]
    )


def figures(live: Live) -> list[Figure]:
    """Who takes part, and what is there: label and figure."""
    accounts = Account.objects.filter(program=live.program)
    told = [(_("Cards"), _plain(accounts.count()))]
    told += _by_level(live, accounts)
    if units.collects(live):
        held = accounts.aggregate(n=Sum("balance"))["n"] or 0
        told.append((_("Collected and not spent"), units.counted(int(held), live.program)))
    if hasattr(live.settings, "plans"):
        running = Subscription.objects.filter(program=live.program, covers=True).count()
        told.append((_("Subscriptions that hold"), _plain(running)))
    return told + _gift_cards(live)


def _by_level(live, accounts):
    counted = dict(accounts.exclude(level="").values_list("level").annotate(n=Count("id")))
    listed = [one.name for one in getattr(live.settings, "tiers", ())]
    return [(name, _plain(counted.get(name, 0))) for name in listed]


def _gift_cards(live):
    found = GiftCard.objects.filter(reward__program=live.program).aggregate(
        n=Count("id"), left=Sum("balance_minor")
    )
    if not found["n"]:
        return []
    left = wording.amount(found["left"] or 0, tenancy.merchant().currency, _language())
    return [(_("Gift cards issued"), _plain(found["n"])), (_("Still on them"), left)]


def _sentences(live, found):
    yield ngettext(
        "It holds for %(count)s card from the next purchase on.",
        "It holds for %(count)s cards from the next purchase on.",
        found.members,
    ) % {"count": _plain(found.members)}
    if found.tiers:
        yield from _tier_steps(found.tiers)
    if found.steps.reached:
        yield ngettext(
            "%(count)s guest would have a reward at once.", "%(count)s guests would have a reward at once.",
            found.steps.reached,
        ) % {"count": _plain(found.steps.reached)}  # fmt: skip
    replay = found.replay
    if replay.before != replay.after:
        yield _("The purchases of the last 90 days would have given %(after)s instead of %(before)s.") % {
            "after": units.counted(replay.after, live.program), "before": units.counted(replay.before, live.program),
        }  # fmt: skip
    yield _("What was earned stays by the old rules.")


def _tier_steps(steps):
    if steps.rise:
        text = ngettext("%(count)s guest rises.", "%(count)s guests rise.", steps.rise)
        yield text % {"count": _plain(steps.rise)}
    if steps.fall:
        text = ngettext(
            "%(count)s guest falls, after the time of grace.", "%(count)s guests fall, after the time of grace.",
            steps.fall,
        )  # fmt: skip
        yield text % {"count": _plain(steps.fall)}
    if not steps.rise and not steps.fall:
        yield _("Every guest keeps the tier.")


def _rewards(live):
    return {one.public_id: one for one in Reward.objects.filter(program=live.program, unlocked_only=True)}


def _plain(count: int) -> str:
    return wording.plain(count, _language())


def _language() -> str:
    return get_language() or "en"
