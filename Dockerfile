# Style sheets and scripts of the pages, from npm's lock file.
FROM node:22-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --silent

# Everything that needs tools to be made; only its results go on.
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
RUN python -m venv /app/.venv
ENV PATH=/app/.venv/bin:$PATH
COPY requirements.txt requirements-build.txt ./
RUN pip install --require-hashes --no-deps --requirement requirements.txt --requirement requirements-build.txt
COPY --from=packages /app/node_modules node_modules
COPY LICENSE pyproject.toml ./
COPY scripts/web_assets.py scripts/web_assets.py
COPY marketplace marketplace
RUN python scripts/web_assets.py \
    && pybabel --quiet compile --directory marketplace/translations \
    && pip install --no-deps --no-build-isolation --editable . \
    && python -m compileall -q marketplace

FROM python:3.11-slim-bookworm
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MARKETPLACE_DATABASE_URL=sqlite:////data/marketplace.sqlite \
    MARKETPLACE_LOG_FORMAT=json
# The embedded database is for a trial; with PostgreSQL nothing is written here.
RUN useradd --system --uid 10001 --home-dir /data --create-home --shell /usr/sbin/nologin marketplace
WORKDIR /app
COPY --from=build /app/.venv .venv
COPY LICENSE pyproject.toml ./
COPY seed seed
COPY --from=build /app/marketplace marketplace
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/livez', timeout=4)"]
CMD ["marketplace", "serve", "--host", "0.0.0.0", "--port", "8000"]
