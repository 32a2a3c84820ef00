# The box of a shop with its till. Build from the repository's root:
#   docker build -f ops/docker/edge.Dockerfile -t butik/edge .
FROM node:24.21.0-bookworm-slim AS packages
WORKDIR /butik
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY proto/package.json proto/
COPY domain/package.json domain/
COPY sync/package.json sync/
COPY edge/package.json edge/
# Not `pnpm deploy`: it copies our own packages into node_modules, where Node strips no types.
RUN npx --yes pnpm@12.21.0 install --frozen-lockfile --prod --filter "@butik/edge..."

FROM node:24.21.0-bookworm-slim AS till
WORKDIR /butik
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY edge/till/package.json edge/till/
RUN npx --yes pnpm@12.21.0 install --frozen-lockfile --filter "@butik/till..."
COPY tsconfig.json ./
COPY edge/till edge/till
RUN cd edge/till && NODE_ENV=production node node_modules/vite/bin/vite.js build --logLevel warn

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production \
    BUTIK_EDGE_HOST=0.0.0.0 \
    BUTIK_EDGE_PORT=4101 \
    BUTIK_EDGE_DATA=/data
WORKDIR /butik
COPY --from=packages /butik ./
COPY proto/src proto/src
COPY domain/src domain/src
COPY sync/src sync/src
COPY edge/src edge/src
COPY --from=till /butik/edge/till/dist edge/till/dist
# A new volume takes the owner of the folder that it covers. Nothing else is written to.
RUN mkdir /data && chown node:node /data
USER node
EXPOSE 4101
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.BUTIK_EDGE_PORT}/v1/health`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Node as process 1 gets the signals; it starts no other processes, so nothing has to be reaped.
ENTRYPOINT ["node", "edge/src/cli/butik-edge.ts"]
CMD ["run"]
