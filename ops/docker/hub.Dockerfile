# The hub: all services, or those of BUTIK_SERVICES. Build from the repository's root:
#   docker build -f ops/docker/hub.Dockerfile -t butik/hub .
FROM node:24.21.0-bookworm-slim AS packages
WORKDIR /butik
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY proto/package.json proto/
COPY domain/package.json domain/
COPY sync/package.json sync/
COPY hub/package.json hub/
# Not `pnpm deploy`: it copies our own packages into node_modules, where Node strips no types.
RUN npx --yes pnpm@12.21.0 install --frozen-lockfile --prod --filter "@butik/hub..."

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production \
    BUTIK_HUB_HOST=0.0.0.0 \
    BUTIK_HUB_PORT=4100 \
    BUTIK_HUB_DATA=/data
WORKDIR /butik
COPY --from=packages /butik ./
COPY proto/src proto/src
COPY domain/src domain/src
COPY sync/src sync/src
COPY hub/src hub/src
COPY hub/cli hub/cli
# A new volume takes the owner of the folder that it covers. Nothing else is written to.
RUN mkdir /data && chown node:node /data
USER node
EXPOSE 4100 4200
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.BUTIK_HUB_PORT}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Node as process 1 gets the signals; it starts no other processes, so nothing has to be reaped.
ENTRYPOINT ["node", "hub/cli/butik-hub.ts"]
CMD ["serve"]
