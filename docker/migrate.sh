#!/bin/sh
# Before the programs start: roles and database, then the schema. Safe to run again.
set -eu
python -m launch.roles
exec python manage.py migrate --database owner --noinput
