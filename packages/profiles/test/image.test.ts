import { describe, expect, test } from "vitest";
import { imageName, inRange, parseImage, profileOf, variantOf, versionOf } from "../src/index.js";

describe("parseImage", () => {
  test.each([
    ["postgres", "docker.io", "library/postgres", undefined, undefined, "postgres"],
    ["postgres:17-alpine", "docker.io", "library/postgres", "17-alpine", undefined, "postgres"],
    ["library/postgres:17", "docker.io", "library/postgres", "17", undefined, "postgres"],
    ["grafana/grafana:11.2.0@sha256:ab12", "docker.io", "grafana/grafana", "11.2.0", "sha256:ab12", "grafana/grafana"],
    ["redis@sha256:ab12", "docker.io", "library/redis", undefined, "sha256:ab12", "redis"],
    ["localhost:5000/team/app:1", "localhost:5000", "team/app", "1", undefined, "localhost:5000/team/app"],
    ["localhost/app", "localhost", "app", undefined, undefined, "localhost/app"],
    [
      "ghcr.io/Open-WebUI/open-webui:main",
      "ghcr.io",
      "Open-WebUI/open-webui",
      "main",
      undefined,
      "ghcr.io/open-webui/open-webui",
    ],
    ["  nginx:1.27 ", "docker.io", "library/nginx", "1.27", undefined, "nginx"],
  ])("%s", (reference, registry, repository, tag, digest, name) => {
    expect(parseImage(reference)).toEqual({ registry, repository, tag, digest, name, variableTag: false });
  });

  test.each([
    ["postgres:${TAG:-17-alpine}", "postgres", true],
    ["postgres:$TAG", "postgres", true],
    ["postgres@${DIGEST}", "postgres", true],
    ["postgres:17${SUFFIX:-}", "postgres", true],
    ["${REGISTRY:-docker.io}/postgres:17", undefined, false],
    ["${IMAGE:-ghcr.io/a/b:1}", undefined, true],
    ["ghcr.io/${OWNER}/app:2@sha256:00", undefined, false],
  ])("%s holds a variable", (reference, name, variableTag) => {
    expect(parseImage(reference)).toMatchObject({ name, variableTag });
  });

  test("what cannot be an image has no name", () => {
    expect(parseImage("").name).toBeUndefined();
    expect(parseImage(":17").name).toBeUndefined();
  });
});

describe("imageName", () => {
  test.each([
    ["docker.io/library/postgres", "postgres"],
    ["index.docker.io/library/postgres", "postgres"],
    ["registry-1.docker.io/library/postgres", "postgres"],
    ["mirror.gcr.io/library/postgres", "postgres"],
    ["mirror.gcr.io/grafana/grafana", "grafana/grafana"],
    ["public.ecr.aws/docker/library/postgres", "postgres"],
    ["m.daocloud.io/ghcr.io/immich-app/immich-server", "ghcr.io/immich-app/immich-server"],
    ["m.daocloud.io/docker.io/library/redis", "redis"],
    ["arm64v8/postgres", "postgres"],
    ["arm64v8/team/app", "arm64v8/team/app"],
    ["lscr.io/linuxserver/sonarr", "linuxserver/sonarr"],
    ["ghcr.io/linuxserver/sonarr", "linuxserver/sonarr"],
    // No host is taken for a mirror by its looks.
    ["mirror.example.org/library/postgres", "mirror.example.org/library/postgres"],
    ["registry.example.org:5000/postgres", "registry.example.org:5000/postgres"],
    ["public.ecr.aws/team/postgres", "public.ecr.aws/team/postgres"],
  ])("%s is %s", (path, name) => expect(imageName(path)).toBe(name));
});

describe("profileOf", () => {
  test.each([
    ["postgres:17", "postgres"],
    ["docker.io/postgres", "postgres"],
    ["public.ecr.aws/docker/library/redis:7-alpine", "redis"],
    ["mirror.gcr.io/library/nginx:1.27@sha256:ab", "nginx"],
    ["lscr.io/linuxserver/sonarr:4.0.1-ls200", "lsio-sonarr"],
    ["quay.io/vaultwarden/server", "vaultwarden"],
    ["docker.n8n.io/n8nio/n8n:1.70.0", "n8n"],
    ["LScr.io/LinuxServer/Sonarr", "lsio-sonarr"],
  ])("%s is %s", (reference, id) => expect(profileOf(reference)?.id).toBe(id));

  test.each([
    "acme/postgres",
    "registry.example.org/postgres",
    "postgre",
    "postgres postgres",
    "",
    "#postgres",
    ":postgres",
  ])("%j is unknown", (reference) => expect(profileOf(reference)).toBeUndefined());

  test("a variable in the name is unknown, one in the tag is not", () => {
    expect(profileOf("${REPO}/postgres:17")).toBeUndefined();
    expect(profileOf("postgres:${TAG}")?.id).toBe("postgres");
  });

  test("a derived profile has its parent's claims and its own", () => {
    const profile = profileOf("pgvector/pgvector:pg17");
    expect(profile?.capabilities.start?.add).toEqual(profileOf("postgres")?.capabilities.start?.add);
    expect(profile?.evidence.some(({ where }) => where.startsWith("pgvector/pgvector/"))).toBe(true);
    expect(profile?.title).not.toBe(profileOf("postgres")?.title);
  });
});

describe("versions", () => {
  test.each([
    ["17", [17]],
    ["17.2-alpine3.21", [17, 2]],
    ["v1.130.0", [1, 130, 0]],
    ["version-4.0.1", [4, 0, 1]],
    ["pg17", [17]],
    ["0.8.1-pg17", [17]],
    ["2.17.2-pg16-trixie", [16]],
    ["latest-pg18", [18]],
    ["2026.8.2", [2026, 8, 2]],
    ["latest", undefined],
    ["alpine", undefined],
    ["8c4fa12b", undefined],
    [undefined, undefined],
  ])("%s", (tag, version) => expect(versionOf(tag)).toEqual(version));

  test.each([
    [">=18", [17], false],
    [">=18", [18], true],
    ["<18", [17, 9], true],
    ["<18", [18], false],
    [">=14 <18", [16, 1], true],
    [">=14 <18", [13], false],
    [">=8.8", [8], true],
    ["<=17", [17, 5], true],
    ["<=17", [18], false],
    ["6.2", [6, 2, 1], true],
    [">=1.0", undefined, true],
    ["<18", undefined, false],
  ])("%s holds for %j: %s", (range, version, holds) => expect(inRange(range, version)).toBe(holds));

  test.each([
    ["17-alpine3.21", "alpine3.21"],
    ["17", ""],
    ["alpine", "alpine"],
    [undefined, ""],
  ])("variant of %s", (tag, variant) => expect(variantOf(tag)).toBe(variant));
});
