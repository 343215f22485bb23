"""`./run` after the environment is there: demo, test, or any command inside the environment."""

import os
import sys

from launch.complaints import explain_os_error
from launch.failure import Failed
from launch.progress import styled

USAGE = """Usage: ./run demo                 everything up, with example merchants, until Ctrl-C
       ./run test [pytest options] all checks and tests, or the chosen tests
       ./run manage COMMAND …      a Django command (the same as ./manage.py)
       ./run bench NAME …          a measurement from bench/

Settings by environment: HOST (127.0.0.1), PORT (8000), DATA_DIR (.data), DATABASE_URL,
DATABASE_OWNER_URL, REDIS_URL."""

LOCKS = {"demo": "requirements.txt", "test": "requirements-dev.txt", "manage": "requirements.txt"}
LOCKS |= {"bench": "requirements-dev.txt"}


def main(argv: list[str]) -> int:
    """Returns the exit code: 0, or 1 with one sentence on standard error."""
    command, rest = (argv[0], argv[1:]) if argv else ("help", [])
    if command not in LOCKS:
        print(USAGE)
        return 0 if command in {"help", "--help", "-h"} else 1
    try:
        return _run(command, rest)
    except Failed as failure:
        return _refuse(str(failure))
    except OSError as error:
        return _refuse(explain_os_error(error))
    except KeyboardInterrupt:
        return 0


def _refuse(sentence: str) -> int:
    print(f"\n{styled(sentence, 'bold')}", file=sys.stderr)
    return 1


def _run(command: str, rest: list[str]) -> int:
    _enter_environment(command, rest)
    if command == "demo":
        from launch import demo

        demo.main()
    elif command == "test":
        from launch import suite

        return suite.main(rest)
    elif command == "manage":
        _become(["manage.py", *rest])
    else:
        _measure(rest)
    return 0


def _measure(rest: list[str]) -> None:
    from launch.places import ROOT

    names = sorted(file.stem for file in (ROOT / "bench").glob("[a-z]*.py"))
    if not rest or rest[0] not in names:
        raise Failed(
            f"Say which measurement: ./run bench NAME, with one of {', '.join(names) or 'none yet'}."
        )
    _become(["-m", f"bench.{rest[0]}", *rest[1:]])


def _enter_environment(command: str, rest: list[str]) -> None:
    """Install what the command needs, and go on in the environment's Python, in this same process."""
    from launch import environment
    from launch.places import VENV, Home, data_dir
    from launch.progress import step

    lock = LOCKS[command]
    if not environment.installed(lock):
        with step("Python packages"):
            environment.install(lock, log=Home(data_dir()).logs / "environment.log")
    if os.path.realpath(sys.prefix) != os.path.realpath(VENV):
        _become(["-m", "launch", command, *rest])


def _become(arguments: list[str]) -> None:
    from launch.environment import PYTHON
    from launch.places import ROOT

    if arguments[0] == "manage.py":
        arguments = [str(ROOT / "manage.py"), *arguments[1:]]
    else:
        # Without -P, Python would look for the modules in the current folder first, which may be anywhere.
        arguments = ["-P", *arguments]
    os.execv(PYTHON, [str(PYTHON), *arguments])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
