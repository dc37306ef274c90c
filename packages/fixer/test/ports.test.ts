import { describe, expect, it } from "vitest";
import { bind, fixed, patchOf } from "./fixed.js";

const web = (port: string) => `services:\n  web:\n    image: nginx\n    ports:\n      - ${port}\n`;
const http = { target: 80, published: "80" };

describe("a port bound to loopback", () => {
  it.each([
    ["80", { target: 80 }, '"127.0.0.1::80"'],
    ['"80"', { target: 80 }, '"127.0.0.1::80"'],
    ["'80'", { target: 80 }, "'127.0.0.1::80'"],
    ["80:80", http, "127.0.0.1:80:80"],
    ["22:22", { target: 22, published: "22" }, "127.0.0.1:22:22"],
    ['"80:80"', http, '"127.0.0.1:80:80"'],
    ['":80"', { target: 80 }, '"127.0.0.1::80"'],
    ['"::80"', { target: 80 }, '"127.0.0.1::80"'],
    ['"0.0.0.0:80:80"', { ...http, host_ip: "0.0.0.0" }, '"127.0.0.1:80:80"'],
    ['"0.0.0.0::80"', { target: 80, host_ip: "0.0.0.0" }, '"127.0.0.1::80"'],
    ['"53:53/udp"', { target: 53, published: "53", protocol: "udp" }, '"127.0.0.1:53:53/udp"'],
    ["53/udp", { target: 53, protocol: "udp" }, "127.0.0.1::53/udp"],
    ["80:80 # http", http, "127.0.0.1:80:80 # http"],
    [">-\n        80:80", http, '"127.0.0.1:80:80"'],
    ["{target: 80, published: 80}", http, "{target: 80, published: 80, host_ip: 127.0.0.1}"],
    ["{ target: 80, host_ip: 0.0.0.0 }", { target: 80, host_ip: "0.0.0.0" }, "{ target: 80, host_ip: 127.0.0.1 }"],
    ["target: 80\n        published: 80", http, "target: 80\n        published: 80\n        host_ip: 127.0.0.1"],
    [
      "target: 80\n        mode: host\n        host_ip: '0.0.0.0'",
      { target: 80, mode: "host", host_ip: "0.0.0.0" },
      "target: 80\n        mode: host\n        host_ip: '127.0.0.1'",
    ],
    ['"${PORT:-80}:80"', http, '"127.0.0.1:${PORT:-80}:80"'],
    ["${PORT:-80}:80", http, "127.0.0.1:${PORT:-80}:80"],
    ['"${PORT}:80"', { target: 80 }, '"127.0.0.1:${PORT}:80"'],
    ['"${SPEC:-80:80}"', http, '"127.0.0.1:${SPEC:-80:80}"'],
    ['"${PORT:-80}"', { target: 80 }, '"127.0.0.1::${PORT:-80}"'],
    ['"${BIND:-0.0.0.0}:80:80"', { ...http, host_ip: "0.0.0.0" }, '"${BIND:-127.0.0.1}:80:80"'],
    ['"${BIND-0.0.0.0}:80:80"', { ...http, host_ip: "0.0.0.0" }, '"${BIND-127.0.0.1}:80:80"'],
    ['"${BIND}:80:80"', http, '"${BIND:-127.0.0.1}:80:80"'],
    ['"$BIND:80:80"', http, '"${BIND:-127.0.0.1}:80:80"'],
  ])("%s", (before, port, after) => {
    expect(fixed(web(before), [bind("web", port)])).toBe(web(after));
  });

  it.each([
    ['"[::]:80:80"', { ...http, host_ip: "::" }, '"[::1]:80:80"'],
    ["'[::]:80:80'", { ...http, host_ip: "::" }, "'[::1]:80:80'"],
    ['":::80:80"', { ...http, host_ip: "::" }, '"[::1]:80:80"'],
  ])("of IPv6: %s", (before, port, after) => {
    expect(fixed(web(before), [bind("web", port, "::1")])).toBe(web(after));
  });

  it("changes a range once, for all its ports", () => {
    const range = ["3000", "3001", "3002"].map((number) => bind("web", { target: Number(number), published: number }));
    expect(fixed(web('"3000-3002:3000-3002"'), range)).toBe(web('"127.0.0.1:3000-3002:3000-3002"'));
  });

  it("refuses one port of a range", () => {
    expect(fixed(web('"3000-3001:3000-3001"'), [bind("web", { target: 3000, published: "3000" })])).toBe(
      "shared-definition: other entries come from the same text\n",
    );
  });

  it("is written with a way to override it", () => {
    const intent = bind("web", http, "127.0.0.1", "${BIND_ADDR:-127.0.0.1}");
    expect(fixed(web('"80:80"'), [intent])).toBe(web('"${BIND_ADDR:-127.0.0.1}:80:80"'));
    expect(fixed(web("{target: 80, published: 80}"), [intent])).toBe(
      web('{target: 80, published: 80, host_ip: "${BIND_ADDR:-127.0.0.1}"}'),
    );
  });

  it("is refused where a variable decides, and says so", () => {
    const entry = { env: { BIND: "0.0.0.0" } };
    const { refused, changes } = patchOf(
      web('"${BIND:-127.0.0.1}:80:80"'),
      [bind("web", { ...http, host_ip: "0.0.0.0" })],
      {},
      entry,
    );
    expect(changes).toEqual([]);
    expect(refused.map(({ refusal }) => refusal)).toEqual(["interpolated"]);
  });

  it("holds with the variables of .env and without", () => {
    const files = { "compose.yaml": web('"${FROM}-${TO}:8000-8001"'), ".env": "FROM=9000\nTO=9001\n" };
    const range = [8000, 8001].map((target) => bind("web", { target, published: String(target + 1000) }));
    expect(patchOf(files, range).refused.map(({ refusal }) => refusal)).not.toContain("not-proven");
  });

  it("stands in flow lists", () => {
    const text = 'services: {web: {image: nginx, ports: ["80:80", 81:81, 82]}}\n';
    const ports = [bind("web", http), bind("web", { target: 81, published: "81" }), bind("web", { target: 82 })];
    expect(fixed(text, ports)).toBe(
      'services: {web: {image: nginx, ports: ["127.0.0.1:80:80", 127.0.0.1:81:81, "127.0.0.1::82"]}}\n',
    );
  });

  it("changes both of two entries that Docker merges into one", () => {
    const files = {
      "compose.yaml": web('"80:80"'),
      "compose.override.yaml": "services:\n  web:\n    ports:\n      - 80:80 # again\n",
    };
    expect(fixed(files, [bind("web", http)])).toBe(
      `== compose.yaml\n${web('"127.0.0.1:80:80"')}== compose.override.yaml\nservices:\n  web:\n    ports:\n      - 127.0.0.1:80:80 # again\n`,
    );
  });

  it("changes both of two entries that say the same in two forms", () => {
    const files = {
      "compose.yaml": web('"80:80"'),
      "compose.override.yaml": "services:\n  web:\n    ports:\n      - target: 80\n        published: 80\n",
    };
    expect(fixed(files, [bind("web", http), bind("web", http)])).toBe(
      `== compose.yaml\n${web('"127.0.0.1:80:80"')}== compose.override.yaml\nservices:\n  web:\n    ports:\n      - target: 80\n        published: 80\n        host_ip: 127.0.0.1\n`,
    );
  });

  it("changes what an empty variable would leave open", () => {
    const files = { "compose.yaml": web('"${BIND-127.0.0.1}:80:80"'), ".env": "BIND=\n" };
    expect(fixed(files, [bind("web", http)])).toBe(web('"${BIND:-127.0.0.1}:80:80"'));
  });

  it("keeps what is the user's own", () => {
    const text = web("{target: 80, published: 80, x-note: here}");
    expect(fixed(text, [bind("web", http)])).toBe(web("{target: 80, published: 80, host_ip: 127.0.0.1, x-note: here}"));
  });
});
