"""The environment of the tests, set before Django reads its settings (loaded with `-p tests.environment`)."""

import os

os.environ["PAINPLAN_DEV"] = "1"
os.environ["CELERY_WORKER_CONCURRENCY"] = "1"
# On in the tests that are about it (tests/accounts); the others sign in with one step, or with none.
os.environ["PAINPLAN_REQUIRE_MFA"] = "0"
# Nothing answers there: a test gets its database from tests/conftest.py, and none but the stack needs a broker.
os.environ["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:9/none"
os.environ["REDIS_URL"] = "redis://127.0.0.1:9/0"
for name in ("PAINPLAN_DEMO", "SECRET_KEY", "DATABASE_OWNER_URL"):
    os.environ.pop(name, None)
