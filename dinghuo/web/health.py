"""Whether the site can serve: for load balancers and watchdogs."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from dinghuo.reference import access


def healthz(_request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("the database does not answer\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


healthz = access.declare(healthz, access.PUBLIC)
