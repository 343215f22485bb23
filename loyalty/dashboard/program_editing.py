"""What the editors save: a program together with the rewards that belong to it."""

from typing import Any

from django.db import transaction

from loyalty.dashboard.forms.programs import PointsForm, ProgramForm, PunchCardForm
from programs.models import Program
from rewards import catalogue
from rewards.models import Reward


@transaction.atomic
def create(form: ProgramForm, *, actor: str) -> Program:
    """Make the program that the editor describes, with its rewards."""
    settings = form.settings()
    if isinstance(form, PunchCardForm):
        settings |= {"reward": form.reward(), "interim": _interim(form, form.before)}
    program = catalogue.create_program(
        type=form.type,
        name=form.cleaned_data["name"],
        settings=settings,
        actor=actor,
    )
    if isinstance(form, PointsForm) and (first := form.reward()):
        catalogue.create_reward(program=program, **first)
    return program


@transaction.atomic
def change(program: Program, form: ProgramForm, *, actor: str) -> Program:
    """Save the editor's changes: a new version from the next purchase on. What was earned before stays.

    A reward that is called something else is a new one: who has earned the old one already keeps it.
    """
    settings = form.settings()
    if isinstance(form, PunchCardForm):
        reward = _kept_or_new(form.before.get("reward"), form.reward())
        settings |= {"reward": reward, "interim": _interim(form, form.before)}
    if settings == form.before:
        settings = None
    name = form.cleaned_data["name"]
    return catalogue.change_program(program, actor=actor, settings=settings, name=name)


def reward_of(public_id: str | None) -> Reward | None:
    """The reward that a full card gives, by the id in the settings."""
    return Reward.objects.by_public_id(Reward.prefix, public_id) if public_id else None


def _kept_or_new(before: str | None, wanted: dict[str, Any]) -> str | dict[str, Any]:
    """The id of the reward as it was, its figures changed if they differ; or a new one under another name."""
    held = reward_of(before)
    if held is None or held.name != wanted["name"]:
        return wanted
    if any(getattr(held, column) != value for column, value in wanted.items()):
        catalogue.change_reward(held, **wanted)
    return str(before)


def _interim(form: PunchCardForm, before: dict[str, Any]) -> list[dict[str, Any]]:
    """The rewards on the way. The editor shows the first; further ones stay as they are."""
    kept = list(before.get("interim", []))
    wanted = form.interim()
    if wanted is None:
        return kept[1:]
    held = reward_of(kept[0]["reward"]) if kept else None
    same = held is not None and held.name == wanted["name"]
    reward = kept[0]["reward"] if same else {"name": wanted["name"], "kind": "product"}
    return [{"at": wanted["at"], "reward": reward}, *kept[1:]]
