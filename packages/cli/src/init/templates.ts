import { version } from "../generated/version.js";
import type { Ci, Hook } from "./surroundings.js";

/** Files of stacks, for tools that look at names: Compose files, env files, the configuration. */
const FILES_PATTERN =
  "(^|/)((docker-)?(compose|stack)([._-][^/]*)?\\.ya?ml|[^/]*[._-](docker-)?compose\\.ya?ml|[^/]*\\.env|compose-harden\\.[^/]+)$";

const CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1";
const SETUP_NODE = "actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7.0.0";

/** The first configuration of a repository. */
export const CONFIGURATION: string = `# What compose-harden looks for. All keys: docs/configuration.md of compose-harden.
extends: [recommended]
# Findings of lower severity are shown and do not fail a run.
fail-on: high
`;

/** A workflow of GitHub Actions. Renovate keeps the versions up to date: by the tags behind the digests, and by the line above the program's. */
const GITHUB = `name: compose-harden
on:
  pull_request:
  push:
    branches: [main]
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-latest
    env:
      # renovate: datasource=npm depName=compose-harden
      COMPOSE_HARDEN_VERSION: ${version}
    steps:
      - uses: ${CHECKOUT}
        with:
          persist-credentials: false
      - uses: ${SETUP_NODE}
        with:
          node-version: 22
      - run: npx --yes "compose-harden@$COMPOSE_HARDEN_VERSION" check --format github --output "markdown=$GITHUB_STEP_SUMMARY"
`;

/** The same for Forgejo and Gitea, which know neither annotations nor summaries. */
const FORGEJO = `name: compose-harden
on:
  pull_request:
  push:
    branches: [main]
jobs:
  check:
    runs-on: docker
    container: node:22
    env:
      # renovate: datasource=npm depName=compose-harden
      COMPOSE_HARDEN_VERSION: ${version}
    steps:
      - uses: https://data.forgejo.org/actions/checkout@v4
      - run: npx --yes "compose-harden@$COMPOSE_HARDEN_VERSION" check
`;

/** A job that GitLab's merge requests show in their changes. */
const GITLAB = `compose-harden:
  image: node:22
  variables:
    # renovate: datasource=npm depName=compose-harden
    COMPOSE_HARDEN_VERSION: "${version}"
  script:
    - npx --yes "compose-harden@$COMPOSE_HARDEN_VERSION" check --output gl-code-quality-report.json --output junit.xml
  artifacts:
    when: always
    reports:
      codequality: gl-code-quality-report.json
      junit: junit.xml
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
`;

/** A file for a repository, and what to do where one of its name is there already. */
export interface Template {
  /** From the top of the repository. */
  readonly path: string;
  readonly text: string;
  /** True for a script that is run by its name. */
  readonly isExecutable?: boolean;
  /** Said after writing: what else has to be done by hand. */
  readonly followUp?: string;
}

/** What a CI system reads. */
export function ciTemplate(ci: Ci): Template {
  switch (ci) {
    case "github":
      return { path: ".github/workflows/compose-harden.yml", text: GITHUB };
    case "forgejo":
      return { path: ".forgejo/workflows/compose-harden.yml", text: FORGEJO };
    case "gitlab":
      return {
        path: ".gitlab/compose-harden.yml",
        text: GITLAB,
        followUp: "add to .gitlab-ci.yml:\ninclude:\n  - local: .gitlab/compose-harden.yml",
      };
    default:
      return ci satisfies never;
  }
}

/** What a hook manager reads. */
export function hookTemplate(hook: Hook): Template {
  switch (hook) {
    case "pre-commit":
      return {
        path: ".pre-commit-config.yaml",
        text: `repos:
  - repo: local
    hooks:
      - id: compose-harden
        name: compose-harden
        language: node
        additional_dependencies: ["compose-harden@${version}"]
        entry: compose-harden check
        files: '${FILES_PATTERN}'
        pass_filenames: false
`,
        followUp: "switch it on: pre-commit install",
      };
    case "lefthook":
      return {
        path: "lefthook.yml",
        text: `pre-commit:
  commands:
    compose-harden:
      glob: "*{compose,stack}*.{yml,yaml}"
      run: npx --yes compose-harden@${version} check
`,
        followUp: "switch it on: npx lefthook install",
      };
    case "husky":
      return {
        path: ".husky/pre-commit",
        text: `npx --yes compose-harden@${version} check\n`,
        isExecutable: true,
        // Not `husky init`: that writes its own hook over this one.
        followUp:
          "switch it on, if it is not yet: npm install --save-dev husky && npm pkg set scripts.prepare=husky && npx husky",
      };
    default:
      return hook satisfies never;
  }
}
