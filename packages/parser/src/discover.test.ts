import type { Entry, Read } from "@compose-harden/model";
import { describe, expect, it } from "vitest";
import { discover } from "./discover.js";

/** A disk of files by absolute path; `null` stands for a directory. */
function disk(files: Readonly<Record<string, string | null>>): Read {
  return (path) => {
    const text = files[path];
    if (text === undefined) return { kind: "missing" };
    return text === null ? { kind: "directory" } : { kind: "file", text };
  };
}

const EVERYTHING = {
  "/a/compose.yml": "",
  "/a/compose.yaml": "",
  "/a/docker-compose.yml": "",
  "/a/compose.override.yaml": "",
  "/a/compose.override.yml": "",
  "/a/other.yaml": "",
  "/a/b/docker-compose.yaml": "",
  "/a/b/docker-compose.override.yml": "",
};

describe("files", () => {
  const table: readonly (readonly [name: string, entry: Entry, files: readonly string[], directory: string])[] = [
    ["default names in order", { cwd: "/a" }, ["/a/compose.yaml", "/a/compose.override.yml"], "/a"],
    ["the nearest directory upwards", { cwd: "/a/c/d" }, ["/a/compose.yaml", "/a/compose.override.yml"], "/a"],
    ["any override name", { cwd: "/a/b" }, ["/a/b/docker-compose.yaml", "/a/b/docker-compose.override.yml"], "/a/b"],
    ["-f without override", { cwd: "/a", files: ["b/docker-compose.yaml"] }, ["/a/b/docker-compose.yaml"], "/a/b"],
    [
      "-f twice: the first one's directory",
      { cwd: "/a", files: ["b/x.yaml", "other.yaml"] },
      ["/a/b/x.yaml", "/a/other.yaml"],
      "/a/b",
    ],
    ["--project-directory", { cwd: "/a", files: ["b/x.yaml"], projectDirectory: "c" }, ["/a/b/x.yaml"], "/a/c"],
    [
      "COMPOSE_FILE",
      { cwd: "/a", env: { COMPOSE_FILE: "other.yaml:b/docker-compose.yaml" } },
      ["/a/other.yaml", "/a/b/docker-compose.yaml"],
      "/a",
    ],
    [
      "COMPOSE_PATH_SEPARATOR",
      { cwd: "/a", env: { COMPOSE_FILE: "x;y", COMPOSE_PATH_SEPARATOR: ";" } },
      ["/a/x", "/a/y"],
      "/a",
    ],
    ["-f over COMPOSE_FILE", { cwd: "/a", files: ["x"], env: { COMPOSE_FILE: "y" } }, ["/a/x"], "/a"],
    ["nothing", { cwd: "/z" }, [], "/z"],
  ];
  it.each(table)("%s", (_, entry, files, directory) => {
    expect(discover(entry, disk(EVERYTHING))).toMatchObject({ files, directory, gaps: [] });
  });
  it("warns of several candidates", () => {
    expect(discover({ cwd: "/a" }, disk(EVERYTHING)).warnings).toContain("Using /a/compose.yaml");
  });
  it("takes a directory of that name, as Compose does", () => {
    expect(discover({ cwd: "/a" }, disk({ "/a/compose.yaml": null })).files).toEqual(["/a/compose.yaml"]);
  });
});

describe("variables", () => {
  const files = {
    "/a/compose.yaml": "",
    "/a/.env": "A=dotenv\nB=${A}!\nCOMPOSE_PROFILES=x, y\n",
    "/a/one": "A=1\nC=1",
    "/a/two": "C=2",
  };
  const variables = (entry: Omit<Entry, "cwd">, names: readonly string[]) => {
    const { environment } = discover({ cwd: "/a", ...entry }, disk(files));
    return names.map((name) => environment.get(name));
  };
  it("come from the process first", () =>
    expect(variables({ env: { A: "shell" } }, ["A", "B"])).toEqual(["shell", "shell!"]));
  it("come from .env next", () => expect(variables({}, ["A", "B"])).toEqual(["dotenv", "dotenv!"]));
  it("come from --env-file instead, the last one first", () => {
    expect(variables({ envFiles: ["one", "two"] }, ["A", "B", "C"])).toEqual(["1", undefined, "2"]);
  });
  it("come from COMPOSE_ENV_FILES instead", () => {
    expect(variables({ env: { COMPOSE_ENV_FILES: "one,two" } }, ["A", "C"])).toEqual(["1", "2"]);
  });
  it("come from nowhere when .env is switched off", () => {
    expect(variables({ env: { COMPOSE_DISABLE_ENV_FILE: "1" } }, ["A"])).toEqual([undefined]);
  });
  it("know the working directory", () => expect(variables({}, ["PWD"])).toEqual(["/a"]));
  it("may name the profiles", () => {
    expect(discover({ cwd: "/a" }, disk(files)).profiles).toEqual(["x", "y"]);
    expect(discover({ cwd: "/a", profiles: ["z"] }, disk(files)).profiles).toEqual(["z"]);
    expect(discover({ cwd: "/" }, disk({})).profiles).toEqual([""]);
  });
  it("are missed when a chosen file is", () => {
    const { gaps } = discover({ cwd: "/a", envFiles: ["none"] }, disk(files));
    expect(gaps).toMatchObject([{ kind: "refused", reason: "env-file", message: "`none` does not exist" }]);
  });
});

describe("name", () => {
  it("may be given", () => {
    const read = disk({ "/a/compose.yaml": "" });
    expect(discover({ cwd: "/a", projectName: "p" }, read).name).toBe("p");
    expect(discover({ cwd: "/a", env: { COMPOSE_PROJECT_NAME: "q" } }, read).name).toBe("q");
    expect(discover({ cwd: "/a", projectName: "P!" }, read).gaps).toMatchObject([{ reason: "name" }]);
  });
});
