"""Rewards are made, changed and put away here, and programs together with the rewards that they give."""

from decimal import Decimal

from django.db.models import F, Q

from loyalty import clock, ids
from programs import catalogue as programs
from programs import types
from rewards import checks, waiting
from rewards.models import Reward


def create_reward(**columns) -> Reward:
    """Make a reward from its columns (see rewards.models.Reward). Raises Invalid."""
    reward = Reward(**columns)
    checks.check(reward)
    reward.save(force_insert=True)
    return reward


def change_reward(reward, **columns) -> Reward:
    """Change a reward. What was redeemed before stays as it was paid. Raises Invalid.

    Places that are added go to those who wait. Locks them, then the reward.
    """
    queue = waiting.lock(reward) if "capacity" in columns else set()
    reward.refresh_from_db(from_queryset=Reward.objects.select_for_update(no_key=True))
    for name, value in columns.items():
        setattr(reward, name, value)
    checks.check(reward)
    # These alone: how often it was taken is counted by others.
    reward.save(update_fields=list(columns))
    if "capacity" in columns:
        waiting.offer(reward, queue)
    return reward


def archive(reward) -> Reward:
    """Put a reward away: it can no longer be had, vouchers for it stay good. `restore` brings it back."""
    return change_reward(reward, archived_at=clock.now())


def restore(reward) -> Reward:
    return change_reward(reward, archived_at=None)


def create_program(*, type, settings=None, **rest):
    """Make a program; rewards given as objects in its settings are made with it.

    Where a type names rewards in its settings (ProgramType.rewards_at) an id ("rwd_…") may stand, or the columns of a
    reward. Raises Invalid, NotFound.
    """
    made = []
    program = programs.create(type=type, settings=_with_rewards(type, settings or {}, made), **rest)
    Reward.objects.filter(id__in=[reward.id for reward in made]).update(program=program)
    return program


def change_program(program, *, settings=None, **rest):
    """Change a program, with rewards in its settings as in create_program."""
    made = []
    if settings is not None:
        settings = _with_rewards(program.type, settings, made)
    changed = programs.change(program, settings=settings, **rest)
    Reward.objects.filter(id__in=[reward.id for reward in made]).update(program=program)
    return changed


def _with_rewards(type_name, settings, made):
    """A copy of the settings in which every reward is named by its id; those that were made are added to `made`."""
    for path in types.get(type_name).rewards_at:
        settings = _replaced(settings, path.split("."), lambda given: _reward_id(given, made))
    return settings


def settings_not_made(type_name, settings):
    """Settings as change_program takes them, for who only wants to know what they would do: rewards that are given as
    objects are not made."""
    for path in types.get(type_name).rewards_at:
        settings = _replaced(settings, path.split("."), lambda given: given if isinstance(given, str) else "")
    return settings


def costs(program) -> list[int]:
    """What the rewards cost that can be had for a program's points now."""
    return list(available().filter(program=program, cost__gt=0).values_list("cost", flat=True))


def _replaced(value, path, replace):
    """A copy of nested settings with what lies at a path replaced; "*" stands for every one of a list."""
    if not path:
        return replace(value)
    name, *rest = path
    if name == "*":
        return [_replaced(one, rest, replace) for one in value]
    if not isinstance(value, dict) or value.get(name) is None:
        return value
    return value | {name: _replaced(value[name], rest, replace)}


def available(at=None):
    """Rewards that can be had for points at a moment, cheapest first."""
    at = at or clock.now()
    begun = Q(starts_at=None) | Q(starts_at__lte=at)
    not_over = Q(ends_at=None) | Q(ends_at__gt=at)
    not_past = Q(takes_place_at=None) | Q(takes_place_at__gt=at)
    in_stock = Q(stock=None) | Q(taken__lt=F("stock"))
    has_places = Q(capacity=None) | Q(taken__lt=F("capacity"))
    listed = Reward.objects.filter(archived_at=None, unlocked_only=False, program__isnull=False)
    listed = listed.exclude(kind=Reward.Kind.RECOGNITION)
    return listed.filter(begun & not_over & not_past & in_stock & has_places).order_by("cost", "id")


def _reward_id(given, made):
    if given is None or isinstance(given, str):
        return given and Reward.objects.by_public_id("rwd", given).public_id
    given = given | {"applies_to": given.get("applies_to") or ""}
    if given.get("percent") is not None:
        given = given | {"percent": Decimal(given["percent"])}
    reward = create_reward(**given, unlocked_only=True)
    made.append(reward)
    return ids.public("rwd", reward.id)
