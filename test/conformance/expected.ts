import type { Output } from "./case.js";

/** A difference that is meant to be, and why. */
export interface ExpectedDifference {
  readonly suite: string;
  readonly id: string;
  /** Absent: every output. */
  readonly output?: Output;
  readonly reason: string;
}

const SSH =
  "Docker loads `build.ssh` with a path and then prints invalid JSON of it (types/ssh.go), so `--format json` fails; ours prints it";
const NULL_PID = "Docker crashes on `pid:` without a value; here it counts as absent";
const SCALE =
  "with --no-consistency Docker leaves `deploy.replicas` as written; this program always checks, and copies `scale` there as the check does";

/** Every difference between Docker's loader and this one over the recorded cases. The suite fails on any other, and on one that is gone. */
export const EXPECTED: readonly ExpectedDifference[] = [
  { suite: "probes", id: "build__ssh", reason: SSH },
  { suite: "probes", id: "control-pid__null", reason: NULL_PID },
  { suite: "probes", id: "conflict__scale-differ", output: "noConsistency", reason: SCALE },
  { suite: "compose-go-inline", id: "loader-loader__TestLoadSSHWithKeyValueInBuildConfig__0", reason: SSH },
  { suite: "compose-go-inline", id: "loader-loader__TestLoadSSHWithKeysValuesInBuildConfig__0", reason: SSH },
  { suite: "compose-cli-e2e", id: "fixtures-build-test-ssh__auto", reason: SSH },
  { suite: "corpus", id: "docker+compose/pkg/e2e/fixtures/build-test/ssh/compose.yaml", reason: SSH },
  {
    suite: "corpus",
    id: "docker+compose/pkg/e2e/fixtures/build-test/ssh/compose-without-ssh.yaml + pkg/e2e/fixtures/build-test/ssh/compose.yaml",
    reason: SSH,
  },
];
