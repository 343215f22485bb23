#!/usr/bin/env python3
"""Django's command line. Where no DATABASE_URL is given, it finds or starts the services of DATA_DIR."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty.settings")
    from launch.command import run_command, use_environment

    use_environment(sys.argv)
    run_command(sys.argv)


if __name__ == "__main__":
    main()
