"""The container files name only what exists: they cannot be run everywhere, but they can be read."""

import importlib.util
import re
import shutil
from pathlib import Path

import pytest
import yaml

from launch.places import ROOT, VENV

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
OWN_IMAGE = {name for name, service in SERVICES.items() if "build" in service}


def python_target_exists(argument):
    """`package.module:attribute`, and Celery's way of naming a package for its module `celery`."""
    module, _, _ = argument.partition(":")
    return importlib.util.find_spec(module) is not None


def commands():
    found = {name: SERVICES[name]["command"] for name in OWN_IMAGE if "command" in SERVICES[name]}
    found |= {
        f"{name}'s health": service["healthcheck"]["test"][1:]
        for name, service in SERVICES.items()
        if name in OWN_IMAGE and "healthcheck" in service
    }
    found["image"] = yaml.safe_load(re.search(r"^CMD (\[.*\])$", DOCKERFILE, re.M)[1])
    return found


def test_an_installation_has_these_parts():
    assert set(SERVICES) == {"database", "queue", "migrate", "web", "worker", "beat", "relay"}


def test_all_programs_are_one_image_built_here():
    assert {(SERVICES[name]["build"], SERVICES[name]["image"]) for name in OWN_IMAGE} == {(".", "stammgast")}
    assert set(SERVICES) - OWN_IMAGE == {"database", "queue"}


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_is_a_program_of_the_environment_and_names_what_exists(name):
    program, *arguments = commands()[name]
    assert shutil.which(program, path=f"{VENV / 'bin'}:/bin:/usr/bin")
    for argument in arguments:
        if argument.startswith("docker/"):
            assert (ROOT / argument).is_file()
        if argument.startswith("loyalty"):
            assert python_target_exists(argument)


def test_what_migrates_runs_modules_and_commands_that_exist():
    from django.core.management import get_commands

    script = (ROOT / "docker/migrate.sh").read_text()
    for module in re.findall(r"python -m (\S+)", script):
        assert importlib.util.find_spec(module)
    names = re.findall(r"manage\.py (\S+)", script)
    assert names == ["migrate"]
    assert set(names) <= set(get_commands())


def test_the_programs_wait_for_the_schema_and_it_for_the_database():
    for name in OWN_IMAGE - {"migrate"}:
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert SERVICES["migrate"]["depends_on"] == {"database": {"condition": "service_healthy"}}


def test_only_what_migrates_holds_the_owners_password():
    for name in OWN_IMAGE - {"migrate"}:
        assert not [key for key in SERVICES[name]["environment"] if "OWNER" in key or "ADMIN" in key]
    assert "stammgast_owner" in SERVICES["migrate"]["environment"]["DATABASE_OWNER_URL"]
    assert "stammgast_app" in SERVICES["web"]["environment"]["DATABASE_URL"]


def test_no_secret_has_a_default():
    text = (ROOT / "docker-compose.yml").read_text()
    secrets = set(re.findall(r"\$\{(\w*(?:PASSWORD|SECRET)\w*)(:.)", text))
    required = {name for name, sign in secrets if sign == ":?"}
    assert required == {
        "SECRET_KEY",
        "DATABASE_ADMIN_PASSWORD",
        "DATABASE_OWNER_PASSWORD",
        "DATABASE_APP_PASSWORD",
    }
    assert {name for name, _ in secrets} - required == {"EMAIL_HOST_PASSWORD"}


def test_the_example_names_every_variable():
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    offered = set(re.findall(r"^(\w+)=", (ROOT / "docker/env.example").read_text(), re.M))
    assert asked == offered


def test_what_lasts_lies_in_named_volumes():
    for name in ("database", "queue", "web"):
        volume = SERVICES[name]["volumes"][0].partition(":")[0]
        assert volume in COMPOSE["volumes"]


def test_the_image_copies_what_exists():
    copies = [line.split()[1:] for line in DOCKERFILE.splitlines() if line.startswith("COPY ")]
    for words in copies:
        *sources, _target = [word for word in words if not word.startswith("--from")]
        inside = any(word.startswith("--from") for word in words)
        for source in sources:
            path = Path(source.removeprefix("/app/")) if inside else Path(source)
            if not path.is_absolute():
                assert (ROOT / path).exists(), source


def test_every_package_of_ours_is_in_the_image():
    ours = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "bench"}
    copied = set(re.findall(r"^COPY (?:--from=packages /app/)?(\w+)/ \w+/$", DOCKERFILE, re.M))
    assert ours <= copied


def test_it_does_not_run_as_root():
    last_stage = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER stammgast$", last_stage, re.M)
