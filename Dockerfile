# Two stages: the first builds the environment, the second runs it as a user without rights.
# The checks lint this file (make docker-lint) and build no image; docs/operations.md says what was tried of it by hand.
FROM python:3.12-slim-bookworm AS build
WORKDIR /build
RUN python -m venv /opt/bangkom
COPY constraints.txt pyproject.toml README.md LICENSE ./
COPY training_catalog training_catalog
COPY models models
COPY recommender recommender
COPY service service
RUN /opt/bangkom/bin/pip install --no-cache-dir -c constraints.txt ".[fast,postgresql,telemetry]"

FROM python:3.12-slim-bookworm
# One OpenMP thread: several on shared cores make fits slower, see docs/adr/0001.
ENV OMP_NUM_THREADS=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PATH=/opt/bangkom/bin:$PATH \
    BANGKOM_DATABASE_URL=sqlite:////data/bangkom.db
RUN useradd --create-home --uid 10001 bangkom && mkdir /data && chown bangkom /data
COPY --from=build /opt/bangkom /opt/bangkom
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
# The same image runs commands and workers, which no port answers for: ask the server's /health/ready from outside.
HEALTHCHECK NONE
ENTRYPOINT ["bangkom"]
CMD ["serve", "--host", "0.0.0.0"]
