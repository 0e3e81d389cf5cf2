#!/bin/sh
# What a new release does once before its processes start. May be run again. Tables are changed as their owner.
set -eu
env DATABASE_URL="${DATABASE_OWNER_URL:-$DATABASE_URL}" python manage.py migrate --noinput
python manage.py collectstatic --noinput --verbosity 0
python manage.py load_library
python manage.py load_templates
python manage.py build_figures
