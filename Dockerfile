FROM python:3.11-slim

# curl is not there: the health check asks with Python itself.
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    MATCHMAKER_DATA=/data \
    MATCHMAKER_INDEXES=/data/indexes \
    MATCHMAKER_HOST=0.0.0.0 \
    MATCHMAKER_PORT=8000

# Where wheels come from may be given: --build-arg PIP_INDEX_URL=... and PIP_EXTRA_INDEX_URL=...
ARG PIP_INDEX_URL
ARG PIP_EXTRA_INDEX_URL

WORKDIR /app
COPY pyproject.toml constraints.txt README.md LICENSE NOTICE ./
COPY matchmaker ./matchmaker
COPY templates ./templates
RUN pip install -c constraints.txt . \
    && useradd --system --uid 10001 --home-dir /data matchmaker \
    && mkdir /data \
    && chown matchmaker:matchmaker /data

USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["matchmaker", "run"]
