"""/metrics for Prometheus: what safety rests on, queues, mail, jobs. For this machine or with a token; numbers."""

import hmac
import ipaddress
from collections.abc import Iterator, Sequence
from datetime import datetime

import redis
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.policy import public
from painplan import __version__
from plans.actions import overview, scheduled, soundness
from plans.models import JobRun

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REAL_IP", "HTTP_FORWARDED")
Labels = dict[str, str]
Sample = tuple[Labels, float | None]


@public
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """All numbers; for anybody else this address does not exist."""
    if not allowed(request):
        raise Http404
    return HttpResponse("".join(lines(at=timezone.now())), content_type=CONTENT_TYPE)


def allowed(request: HttpRequest) -> bool:
    """With the token; or from this machine itself, not through a proxy that runs on it."""
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    if settings.METRICS_TOKEN and kind == "Bearer":
        return hmac.compare_digest(token.encode(), settings.METRICS_TOKEN.encode())
    try:
        near = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
    return near and not any(name in request.META for name in FORWARDED)


def lines(*, at: datetime) -> Iterator[str]:
    """The text format, one family after the other."""
    facts = soundness.facts(at=at)
    yield from family("painplan_info", "Which Painplan runs.", [({"version": __version__}, 1)])
    yield from family(
        "painplan_safe", "1 when /health/safety finds nothing wrong.", [({}, not soundness.breaches(facts))]
    )
    for name, value in facts.items():
        yield from family(f"painplan_{name}", f"{name} of /health/safety.", [({}, value)])
    mail: list[Sample] = [({"state": state}, float(count)) for state, count in overview.mail_waiting(at=at).items()]
    yield from family("painplan_mail_waiting", "Mail that is not sent yet.", mail)
    yield from _jobs(at)
    yield from _queues()


def family(name: str, about: str, samples: Sequence[Sample]) -> Iterator[str]:
    """HELP, TYPE and the samples of one gauge; a number that nobody knows is NaN."""
    yield f"# HELP {name} {about}\n# TYPE {name} gauge\n"
    for labels, value in samples:
        inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        yield f"{name}{f'{{{inside}}}' if inside else ''} {'NaN' if value is None else f'{float(value):g}'}\n"


def _jobs(at: datetime) -> Iterator[str]:
    ages: list[Sample] = []
    failures: list[Sample] = []
    for job in overview.job_list(at=at):
        age = max((at - job.last.started_at).total_seconds(), 0) if job.last else None
        ages.append(({"job": job.name}, age))
        failures.append(({"job": job.name}, job.failures))
    yield from family("painplan_job_age_seconds", "Seconds since a job last began.", ages)
    yield from family("painplan_job_failures", "Failed runs in 24 hours.", failures)
    done = JobRun.objects.filter(name=scheduled.BACK_UP, error="", finished_at__isnull=False).order_by("-started_at")
    last = done.values_list("started_at", flat=True).first()
    age = (at - last).total_seconds() if last else None
    yield from family("painplan_backup_age_seconds", "Seconds since the last backup that succeeded.", [({}, age)])


def queue_lengths() -> dict[str, int]:
    """How many tasks no worker has taken yet, by queue; nothing when the broker is away, which holds up nothing."""
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5)
    try:
        return {queue: int(client.llen(queue)) for queue in settings.CELERY_TASK_QUEUES}  # type: ignore[arg-type]
    except (redis.RedisError, OSError):
        return {}
    finally:
        client.close()


def _queues() -> Iterator[str]:
    waiting: list[Sample] = [({"queue": queue}, float(length)) for queue, length in queue_lengths().items()]
    yield from family("painplan_broker_up", "1 when the broker answers.", [({}, bool(waiting))])
    if waiting:
        yield from family("painplan_queue_length", "Tasks that no worker has taken yet.", waiting)


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
