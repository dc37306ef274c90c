import type { AuditRow } from "@compose-harden/model";
import { expect, it } from "vitest";
import { audit, check } from "../src/index.js";
import { loadFiles } from "./table.js";

function rowOf(compose: string): AuditRow | undefined {
  const project = loadFiles(compose);
  return audit(project, check(project))[0];
}

const hardened = `
services:
  web:
    image: ollama/ollama:0.12.3@sha256:${"a".repeat(64)}
    ports: ["127.0.0.1:11434:11434"]
    read_only: true
    tmpfs: ["/tmp:rw,noexec,nosuid,nodev,size=64m"]
    security_opt: ["no-new-privileges:true"]
    cap_drop: [ALL]
    mem_limit: 8g
    cpus: 2
    pids_limit: 512
`;

it("fills a row for a careless service", () => {
  expect(rowOf("services: {web: {image: ollama/ollama, ports: ['11434:11434']}}")).toMatchObject({
    service: "web",
    ports: ["11434"],
    reach: { mark: "no", text: "every machine" },
    login: { mark: "no", text: "has none" },
    noNewPrivileges: { mark: "no" },
    readOnly: { mark: "no" },
    limits: { mark: "no", text: "no memory, cpus, pids" },
    secrets: { mark: "yes" },
    image: { mark: "no", text: "no tag" },
    grade: "D",
  });
});

it("ticks every column of a hardened one", () => {
  const row = rowOf(hardened);
  const marks = [row?.reach, row?.login, row?.noNewPrivileges, row?.readOnly, row?.limits, row?.secrets, row?.image];
  expect(marks.map((cell) => cell?.mark)).toEqual(Array.from({ length: 7 }, () => "yes"));
});

it.each([
  ["an address of the network", "image: x, ports: ['192.168.1.2:8080:8080']", "unknown", "one network"],
  ["loopback", "image: x, ports: ['127.0.0.1:80:80']", "yes", "this machine"],
  ["no ports", "image: x", "yes", "the project"],
  ["host network", "image: x, network_mode: host", "no", "every machine (host network)"],
  ["what is made for other machines", "image: pihole/pihole, ports: ['53:53/udp']", "yes", "every machine"],
])("says from where %s is reached", (_, more, mark, text) => {
  expect(rowOf(`services: {web: {${more}}}`)?.reach).toEqual({ mark, text });
});

it("makes no claim about an unknown image's login", () => {
  expect(rowOf("services: {web: {image: example/x, ports: ['80:80']}}")?.login).toEqual({
    mark: "unknown",
    text: "unknown",
  });
});

it("counts secrets in the file", () => {
  expect(rowOf("services: {web: {image: x, environment: {API_KEY: 8f14e45fceea167a}}}")?.secrets).toEqual({
    mark: "no",
    text: "1 in the file",
  });
});

it("says that an image is built here", () => {
  expect(rowOf("services: {web: {build: .}}")?.image).toEqual({ mark: "unknown", text: "built here" });
});

it("grades by the worst finding", () => {
  expect(rowOf("services: {web: {image: x, privileged: true}}")?.grade).toBe("F");
  const project = loadFiles("services: {web: {image: x}}");
  expect(audit(project, []).map(({ grade }) => grade)).toEqual(["A"]);
});
