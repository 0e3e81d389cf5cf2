#!/bin/sh
# Makes Painplan's two roles and its database. May be run again. Needs psql (PGHOST, PGUSER .. name a superuser),
# OWNER_PASSWORD and APP_PASSWORD. painplan_owner owns the tables and migrates; painplan_app reads and writes rows.
# The rights are those of painplan/embedded.py, with which every test runs; tests/test_deploy.py compares them.
set -eu
: "${OWNER_PASSWORD:?}" "${APP_PASSWORD:?}"
psql --quiet --set=ON_ERROR_STOP=1 --username "${PGUSER:-postgres}" --dbname postgres \
    --set=owner_password="$OWNER_PASSWORD" --set=app_password="$APP_PASSWORD" <<'SQL'
SELECT 'CREATE ROLE painplan_owner' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'painplan_owner') \gexec
SELECT 'CREATE ROLE painplan_app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'painplan_app') \gexec
ALTER ROLE painplan_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
ALTER ROLE painplan_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'app_password';
SELECT 'CREATE DATABASE painplan OWNER painplan_owner'
    WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'painplan') \gexec
REVOKE ALL ON DATABASE painplan FROM PUBLIC;
GRANT CONNECT ON DATABASE painplan TO painplan_app;
SQL
psql --quiet --set=ON_ERROR_STOP=1 --username "${PGUSER:-postgres}" --dbname painplan <<'SQL'
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO painplan_app;
GRANT CREATE, USAGE ON SCHEMA public TO painplan_owner;
ALTER DEFAULT PRIVILEGES FOR ROLE painplan_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO painplan_app;
ALTER DEFAULT PRIVILEGES FOR ROLE painplan_owner GRANT USAGE, SELECT ON SEQUENCES TO painplan_app;
SQL
