# syntax=docker/dockerfile:1

FROM node:24-alpine AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
RUN node scripts/build.mjs
RUN npm ci --ignore-scripts --omit=dev
RUN rm -rf node_modules/better-sqlite3/deps node_modules/better-sqlite3/src

FROM node:24-alpine
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY fixtures/*.yaml fixtures/*.json fixtures/
COPY scenarios scenarios
RUN mkdir -p /data /buckets && chown node:node /data /buckets
USER node
ENV IMS_HOST=0.0.0.0 \
    IMS_PORT=7878 \
    IMS_DATA=/data \
    IMS_BUCKETS=/buckets
VOLUME ["/data", "/buckets"]
EXPOSE 7878
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=2s --start-period=5s --retries=3 \
    CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.IMS_PORT}/_ims/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/bin.js"]
