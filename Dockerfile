# The program in a container that may write nothing: docker build -t compose-harden . && docker run --rm --read-only --cap-drop ALL
# --security-opt no-new-privileges --network none --user "$(id -u):$(id -g)" -v "$PWD:/work:ro" compose-harden check
# For `fix --write`, leave out `:ro`. Build arguments name the base images, for a digest or a mirror of your own.
ARG NODE_IMAGE=node:22-bookworm-slim
FROM ${NODE_IMAGE} AS build
WORKDIR /source
COPY . .
RUN npm start -- --version

FROM ${NODE_IMAGE}
# Answers of git, for `--changed-since`, and no npm: nothing is installed at run time.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/* /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack
COPY --from=build /source/packages/cli/dist/ /opt/compose-harden/
COPY --from=build /source/LICENSE /opt/compose-harden/
# The compiled code would have no place to be kept; the mounted repository belongs to somebody else.
ENV NODE_DISABLE_COMPILE_CACHE=1 \
    GIT_CONFIG_COUNT=1 \
    GIT_CONFIG_KEY_0=safe.directory \
    GIT_CONFIG_VALUE_0=*
USER node
WORKDIR /work
ENTRYPOINT ["node", "/opt/compose-harden/compose-harden.js"]
CMD ["check"]
