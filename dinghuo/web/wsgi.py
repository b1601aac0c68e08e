"""The site as a WSGI application, for granian or another server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dinghuo.web.settings")
os.environ.setdefault("DINGHUO_SERVING", "1")
# Threads share a pool of connections, so that a burst of requests does not become a burst of new ones.
os.environ.setdefault("DINGHUO_POOL", "16")

application = get_wsgi_application()
