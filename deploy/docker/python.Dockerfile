# Image of the provider in Python. From the root of the checkout:
#
#   docker build -f deploy/docker/python.Dockerfile -t duroxide-provider-python .
ARG BASE=debian:bookworm-slim

FROM ${BASE} AS built
RUN apt-get update -qq && \
    DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends \
      ca-certificates python3 python3-venv && \
    rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY proto proto
COPY providers/python providers/python
# PIP_INDEX_URL and its like may be given, for a mirror.
ARG PIP_INDEX_URL
ARG PIP_TRUSTED_HOST
RUN python3 -m venv /opt/duroxide && \
    /opt/duroxide/bin/pip install --quiet --no-cache-dir --disable-pip-version-check \
      --constraint providers/python/constraints.txt ./providers/python && \
    /opt/duroxide/bin/pip uninstall --quiet --yes pip setuptools

FROM ${BASE}
RUN apt-get update -qq && \
    DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends python3-minimal \
      libpython3-stdlib && \
    rm -rf /var/lib/apt/lists/* && \
    install -d -o 10001 -g 10001 /data
COPY --from=built /opt/duroxide /opt/duroxide
COPY deploy/docker/python-health /usr/local/bin/python-health
USER 10001:10001
ENV PYTHONDONTWRITEBYTECODE=1
VOLUME /data
EXPOSE 50051
HEALTHCHECK --interval=2s --timeout=10s --start-period=10s --retries=3 \
    CMD ["/opt/duroxide/bin/python", "/usr/local/bin/python-health"]
ENTRYPOINT ["/opt/duroxide/bin/duroxide-provider-python"]
CMD ["--listen=0.0.0.0:50051", "--database=/data/provider.db"]
