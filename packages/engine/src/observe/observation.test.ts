import type { ObservedService } from "@compose-harden/model";
import { observedSeconds } from "@compose-harden/model";
import { expect, it } from "vitest";
import { isSameSubject, joinObserved } from "./observation.js";

const seen: ObservedService = {
  image: "a:1",
  image_id: "sha256:1",
  start: "0000",
  user: "",
  mounts: ["/data"],
  read_only: false,
  runs: [{ container: "c1", from: "2026-01-01T00:00:00Z", to: "2026-01-01T00:10:00Z" }],
  watched: 60,
  writes: [{ path: "/tmp", kind: "scratch", hides: "nothing", bytes: 5 }],
  image_writes: [],
  memory_peak: 100,
  ports: [{ port: 80, protocol: "tcp", listens: true, from: ["self"] }],
  capabilities: [],
};

it("adds up what was seen of one container, and of two", () => {
  const later = { container: "c1", from: "2026-01-01T00:00:00Z", to: "2026-01-01T01:00:00Z" };
  const other = { container: "c2", from: "2026-01-02T00:00:00Z", to: "2026-01-02T00:30:00Z" };
  const again = joinObserved(joinObserved(seen, { ...seen, runs: [later] }), { ...seen, runs: [other] });
  expect(again.runs).toEqual([later, other]);
  expect(observedSeconds(again)).toBe(5400);
  expect(again.watched).toBe(180);
  // Three that ran side by side for ten minutes tell of ten minutes.
  const runs = ["a", "b", "c"].map((container) => ({ ...seen.runs[0], container })) as ObservedService["runs"];
  expect(observedSeconds({ runs })).toBe(600);
});

it("keeps everything that was seen, and the less favourable of two answers", () => {
  const joined = joinObserved(seen, {
    ...seen,
    writes: [
      { path: "/run", kind: "scratch", hides: "folders" },
      { path: "/tmp", kind: "data", hides: "files", bytes: 3, exec: true },
    ],
    image_writes: ["/etc/x"],
    memory_peak: 50,
    ports: [{ port: 80, protocol: "tcp", listens: true, from: ["elsewhere"] }],
    capabilities: ["CHOWN"],
    users: ["0:0"],
  });
  expect(joined).toMatchObject({
    writes: [
      { path: "/run", kind: "scratch", hides: "folders" },
      { path: "/tmp", kind: "data", hides: "files", bytes: 5, exec: true },
    ],
    image_writes: ["/etc/x"],
    memory_peak: 100,
    ports: [{ port: 80, from: ["self", "elsewhere"] }],
    capabilities: ["CHOWN"],
    users: ["0:0"],
  });
  expect(joinObserved(joined, joined)).toEqual({ ...joined, watched: joined.watched * 2 });
});

it("tells another image, start, user or mount", () => {
  expect(isSameSubject(seen, { ...seen, watched: 1, writes: [] })).toBe(true);
  for (const other of [{ image_id: "sha256:2" }, { start: "1" }, { user: "1" }, { mounts: [] }, { read_only: true }])
    expect(isSameSubject(seen, { ...seen, ...other })).toBe(false);
});
