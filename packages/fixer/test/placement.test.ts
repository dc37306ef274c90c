import type { Intent } from "@compose-harden/model";
import { describe, expect, it } from "vitest";
import { add, drop, fixed, patchOf, set, unset } from "./fixed.js";

describe("a careful person would write", () => {
  it("beside related keys", () => {
    const text = `services:
  web:
    image: nginx
    user: "101"
    cap_drop: [ALL]
    ports:
      - 127.0.0.1:80:80
    volumes:
      - data:/data
    networks:
      - front
volumes: {data: {}}
networks: {front: {}}
`;
    expect(
      fixed(text, [
        add("web", "security_opt", "no-new-privileges:true"),
        set("web", "read_only", true),
        add("web", "tmpfs", "/tmp"),
        set("web", "mem_limit", "536870912", "512m"),
        set("web", "cpus", 1),
      ]),
    ).toMatchInlineSnapshot(`
      "services:
        web:
          image: nginx
          user: "101"
          cap_drop: [ALL]
          security_opt:
            - no-new-privileges:true
          read_only: true
          ports:
            - 127.0.0.1:80:80
          volumes:
            - data:/data
          tmpfs:
            - /tmp
          networks:
            - front
          mem_limit: 512m
          cpus: 1
      volumes: {data: {}}
      networks: {front: {}}
      "
    `);
  });

  it("comments and blank lines stay", () => {
    const text = `services:

  # ---- web ----
  web: # trailing on the name
    image: nginx:1.27.2 # pinned by hand
    # before ports
    ports:
      # public
      - "127.0.0.1:8080:80" # http

      # admin
      - "127.0.0.1:9000:9000"
      # - "9001:9001"
    # after ports
    security_opt:
      # keep me
      - apparmor:unconfined  # why: legacy

  # ---- db ----
  db:
    image: postgres:16.4
# column-zero comment inside db
    volumes:
    - data:/var/lib/postgresql/data
    # - more:/more
    # last comment of db

volumes:
  data:
`;
    expect(
      fixed(text, [
        add("web", "security_opt", "no-new-privileges:true"),
        set("web", "read_only", true),
        add("web", "cap_drop", "ALL"),
        add("db", "security_opt", "no-new-privileges:true"),
        add("db", "tmpfs", "/tmp"),
        set("db", "read_only", true),
      ]),
    ).toMatchInlineSnapshot(`
      "services:

        # ---- web ----
        web: # trailing on the name
          image: nginx:1.27.2 # pinned by hand
          # before ports
          ports:
            # public
            - "127.0.0.1:8080:80" # http

            # admin
            - "127.0.0.1:9000:9000"
            # - "9001:9001"
          cap_drop:
            - ALL
          # after ports
          security_opt:
            # keep me
            - apparmor:unconfined  # why: legacy
            - no-new-privileges:true
          read_only: true

        # ---- db ----
        db:
          image: postgres:16.4
      # column-zero comment inside db
          volumes:
          - data:/var/lib/postgresql/data
          # - more:/more
          tmpfs:
          - /tmp
          security_opt:
          - no-new-privileges:true
          read_only: true
          # last comment of db

      volumes:
        data:
      "
    `);
  });

  it("empty services", () => {
    const text = `x-base: &base
  image: nginx
services:
  none:
  braces: {}
  commented: {} # nothing yet
  alias: *base
  tilde: ~
  last: *base # the base
`;
    expect(
      fixed(text, [
        add("braces", "security_opt", "a:b"),
        add("commented", "security_opt", "a:b"),
        set("alias", "read_only", true),
        add("last", "security_opt", "a:b"),
      ]),
    ).toMatchInlineSnapshot(`
      "x-base: &base
        image: nginx
      services:
        none:
        braces:
          security_opt:
            - a:b
        commented: # nothing yet
          security_opt:
            - a:b
        alias:
          <<: *base
          read_only: true
        tilde: ~
        last: # the base
          <<: *base
          security_opt:
            - a:b
      "
    `);
  });

  it("flow service", () => {
    const text = `services: {
  web: {image: "nginx:1.27.2", ports: ["127.0.0.1:8080:80", '127.0.0.1:9090:90'], security_opt: []},
  db: {image: "postgres:16.4", privileged: true}
}
`;
    expect(
      fixed(text, [
        add("web", "security_opt", "no-new-privileges:true"),
        set("web", "read_only", true),
        unset("db", "privileged"),
        add("db", "cap_drop", "ALL"),
        set("db", "deploy.resources.limits.memory", "536870912", "512M"),
      ]),
    ).toMatchInlineSnapshot(`
      "services: {
        web: {image: "nginx:1.27.2", ports: ["127.0.0.1:8080:80", '127.0.0.1:9090:90'], security_opt: [no-new-privileges:true], read_only: true},
        db: {image: "postgres:16.4", cap_drop: [ALL], deploy: {resources: {limits: {memory: 512M}}}}
      }
      "
    `);
  });

  it("JSON", () => {
    const text = `{
  "services": {
    "web": {
      "image": "nginx",
      "ports": [
        "127.0.0.1:80:80"
      ]
    },
    "db": { "image": "postgres" }
  }
}
`;
    expect(
      fixed(text, [
        add("web", "security_opt", "no-new-privileges:true"),
        set("web", "read_only", true),
        set("web", "cpus", 0.5),
        add("db", "security_opt", "no-new-privileges:true"),
        set("db", "mem_limit", "536870912", "512m"),
      ]),
    ).toMatchInlineSnapshot(`
      "{
        "services": {
          "web": {
            "image": "nginx",
            "ports": [
              "127.0.0.1:80:80"
            ],
            "security_opt": ["no-new-privileges:true"],
            "read_only": true,
            "cpus": 0.5
          },
          "db": { "image": "postgres", "security_opt": ["no-new-privileges:true"], "mem_limit": "512m" }
        }
      }
      "
    `);
  });

  it("JSON in which keys go where others come", () => {
    const text = JSON.stringify(
      {
        services: { web: { image: "nginx", group_add: ["docker"], privileged: true, user: "101", restart: "always" } },
      },
      undefined,
      2,
    );
    const result = fixed(text, [
      drop("web", "group_add", "docker"),
      unset("web", "privileged"),
      add("web", "cap_drop", "ALL"),
      set("web", "read_only", true),
      set("web", "init", true),
    ]);
    expect(result).toMatchInlineSnapshot(`
      "{
        "services": {
          "web": {
            "image": "nginx",
            "user": "101",
            "cap_drop": ["ALL"],
            "read_only": true,
            "restart": "always",
            "init": true
          }
        }
      }"
    `);
  });

  it("comments that describe what would go hold it back", () => {
    const text = `services:
  web:
    image: nginx
    group_add:
      - docker
      # - video
    # for the graphics card
    privileged: true
    cap_add:
      # for the clock
      - SYS_TIME
      - SYS_MODULE
  db:
    image: postgres
    cap_add:
      # for the clock

    - SYS_TIME
      # of what is above
    - SYS_MODULE
    - CHOWN
`;
    expect(
      fixed(text, [
        drop("db", "cap_add", "SYS_TIME"),
        drop("db", "cap_add", "SYS_MODULE"),
        drop("web", "group_add", "docker"),
        unset("web", "privileged"),
        drop("web", "cap_add", "SYS_TIME"),
        drop("web", "cap_add", "SYS_MODULE"),
      ]),
    ).toMatchInlineSnapshot(`
      "services:
        web:
          image: nginx
          group_add:
            - docker
            # - video
          # for the graphics card
          privileged: true
          cap_add:
            # for the clock
            - SYS_TIME
        db:
          image: postgres
          cap_add:
            # for the clock

          - SYS_TIME
            # of what is above
          - CHOWN
      would-drop-comment: a comment stands on the lines that would go
      would-drop-comment: a comment beside the lines that would go describes them
      would-drop-comment: a comment beside the lines that would go describes them
      would-drop-comment: a comment beside the lines that would go describes them
      "
    `);
  });

  it("a list that one fix empties and another fills is written anew", () => {
    const text = `services:
  web:
    image: nginx
    cap_add: [ "SYS_TIME", SYS_MODULE ]
    ports:
      - "127.0.0.1:80:80"
`;
    const wishes = [
      drop("web", "cap_add", "SYS_TIME"),
      drop("web", "cap_add", "SYS_MODULE"),
      add("web", "cap_add", "CHOWN"),
    ];
    const once = fixed(text, wishes);
    expect(once).toMatchInlineSnapshot(`
      "services:
        web:
          image: nginx
          cap_add:
            - CHOWN
          ports:
            - "127.0.0.1:80:80"
      "
    `);
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
    ]) {
      let step = text;
      for (const [i, index] of order.entries()) {
        const open = patchOf(
          step,
          order.slice(i).map((other) => wishes[other] as Intent),
        ).applied.map(({ finding }) => finding);
        step = fixed(step, [wishes[index] as Intent], { open });
      }
      expect(step).toBe(once);
    }
  });

  it("a file that ends in a removed line keeps ending as it did", () => {
    expect(
      fixed("services:\n\n  web:\n\n    image: nginx  \n\n    privileged: true", [unset("web", "privileged")]),
    ).toBe("services:\n\n  web:\n\n    image: nginx  ");
    expect(
      fixed("services:\r\n  web: {image: nginx}\r\n  \r\nversion: '3'", [{ op: "unset", path: ["version"] }]),
    ).toBe("services:\r\n  web: {image: nginx}");
  });

  it("compact lists, no final newline", () => {
    const text = `services:
    web:
        image: nginx:1.27.2
        environment:
        - TZ=UTC
    db:
        image: postgres:16.4`;
    expect(
      fixed(text, [
        add("web", "security_opt", "no-new-privileges:true"),
        set("web", "read_only", true),
        add("db", "security_opt", "no-new-privileges:true"),
        set("db", "deploy.resources.limits.memory", "536870912", "512M"),
      ]),
    ).toMatchInlineSnapshot(`
      "services:
          web:
              image: nginx:1.27.2
              environment:
              - TZ=UTC
              security_opt:
              - no-new-privileges:true
              read_only: true
          db:
              image: postgres:16.4
              security_opt:
              - no-new-privileges:true
              deploy:
                  resources:
                      limits:
                          memory: 512M"
    `);
  });

  it("quoted keys", () => {
    const text = `"services":
  "web":
    "image": nginx
`;
    expect(
      fixed(text, [add("web", "security_opt", "no-new-privileges:true"), set("web", "read_only", true)]),
    ).toMatchInlineSnapshot(`
      ""services":
        "web":
          "image": nginx
          "security_opt":
            - "no-new-privileges:true"
          "read_only": true
      "
    `);
  });

  it("scalars of every style", () => {
    const text = `services:
  a: {image: x, read_only: "false"}
  b:
    image: x
    read_only: 'false'
  c:
    image: x
    read_only: false # really
  d:
    image: x
    tmpfs: /run # scratch
  e:
    image: x
    user: >-
      root
  f:
    image: x
    read_only: \${RO:-false}
`;
    expect(
      fixed(text, [
        set("a", "read_only", true),
        set("b", "read_only", true),
        set("c", "read_only", true),
        add("d", "tmpfs", "/tmp"),
        set("e", "user", "1000:1000"),
        set("f", "read_only", true),
      ]),
    ).toMatchInlineSnapshot(`
      "services:
        a: {image: x, read_only: "true"}
        b:
          image: x
          read_only: 'true'
        c:
          image: x
          read_only: true # really
        d:
          image: x
          tmpfs: # scratch
            - /run
            - /tmp
        e:
          image: x
          user: "1000:1000"
        f:
          image: x
          read_only: \${RO:-true}
      "
    `);
  });

  it("limits beside deploy", () => {
    const text = `services:
  web:
    image: nginx
    deploy:
      replicas: 2
      resources:
        reservations:
          memory: 100M
  api:
    image: nginx
    deploy:
      resources:
        limits:
          cpus: "0.5"
    restart: always
  flow:
    image: nginx
    deploy: {resources: {limits: {memory: 100M}}}
`;
    expect(
      fixed(text, [
        set("web", "deploy.resources.limits.memory", "536870912", "512M"),
        set("web", "deploy.resources.limits.pids", 100),
        set("api", "deploy.resources.limits.memory", "536870912", "512M"),
        set("api", "deploy.resources.limits.pids", 100),
        set("flow", "deploy.resources.limits.pids", 100),
      ]),
    ).toMatchInlineSnapshot(`
      "services:
        web:
          image: nginx
          deploy:
            replicas: 2
            resources:
              reservations:
                memory: 100M
              limits:
                memory: 512M
                pids: 100
        api:
          image: nginx
          deploy:
            resources:
              limits:
                memory: 512M
                cpus: "0.5"
                pids: 100
          restart: always
        flow:
          image: nginx
          deploy: {resources: {limits: {memory: 100M, pids: 100}}}
      "
    `);
  });

  it("merge keys keep their lists", () => {
    const text = `x-base: &base
  image: nginx
  cap_drop: [ALL]
  security_opt:
    - no-new-privileges:true
    - label:disable
services:
  a:
    <<: *base
  b:
    <<: *base
    environment:
      A: b
`;
    expect(
      fixed(text, [
        add("a", "cap_drop", "NET_RAW"),
        drop("b", "security_opt", "label:disable"),
        set("b", "read_only", true),
      ]),
    ).toMatchInlineSnapshot(`
      "x-base: &base
        image: nginx
        cap_drop: [ALL]
        security_opt:
          - no-new-privileges:true
          - label:disable
      services:
        a:
          <<: *base
          cap_drop:
            - ALL
            - NET_RAW
        b:
          <<: *base
          environment:
            A: b
          security_opt:
            - no-new-privileges:true
          read_only: true
      "
    `);
  });

  it("a shared definition is changed once", () => {
    const text = `x-base: &base
  image: nginx
  security_opt: [label:disable]
services:
  a:
    <<: *base
    environment:
      A: a
  b:
    <<: *base
    environment:
      A: b
`;
    expect(
      fixed(text, [
        set("a", "read_only", true),
        set("b", "read_only", true),
        add("a", "security_opt", "no-new-privileges:true"),
        add("b", "security_opt", "no-new-privileges:true"),
        drop("a", "security_opt", "label:disable"),
        drop("b", "security_opt", "label:disable"),
      ]),
    ).toMatchInlineSnapshot(`
      "x-base: &base
        image: nginx
        security_opt:
          - no-new-privileges:true
        read_only: true
      services:
        a:
          <<: *base
          environment:
            A: a
        b:
          <<: *base
          environment:
            A: b
      "
    `);
  });

  it("aliased lists", () => {
    const text = `x-opts: &opts
  - no-new-privileges:true
x-deploy: &deploy
  restart_policy: {condition: any}
services:
  a:
    image: nginx
    security_opt: *opts
    deploy: *deploy
  b:
    image: nginx
    security_opt: *opts # shared
`;
    expect(
      fixed(text, [
        add("a", "security_opt", "apparmor:docker-default"),
        set("a", "deploy.resources.limits.memory", "536870912", "512M"),
      ]),
    ).toMatchInlineSnapshot(`
      "x-opts: &opts
        - no-new-privileges:true
      x-deploy: &deploy
        restart_policy: {condition: any}
      services:
        a:
          image: nginx
          security_opt:
            - no-new-privileges:true
            - apparmor:docker-default
          deploy:
            <<: *deploy
            resources:
              limits:
                memory: 512M
        b:
          image: nginx
          security_opt: *opts # shared
      "
    `);
  });

  it("extends", () => {
    const text = `services:
  base:
    image: nginx
    cap_drop: [NET_RAW]
  web:
    extends: base
    environment:
      - A=b
`;
    expect(fixed(text, [add("web", "cap_drop", "ALL"), set("web", "read_only", true)])).toMatchInlineSnapshot(`
      "services:
        base:
          image: nginx
          cap_drop: [NET_RAW]
        web:
          extends: base
          environment:
            - A=b
          cap_drop:
            - ALL
          read_only: true
      "
    `);
  });

  it("extends, all users", () => {
    const text = `services:
  base:
    image: nginx
    cap_drop: [NET_RAW]
  web:
    extends: base
    environment:
      - A=b
`;
    expect(
      fixed(text, [
        add("web", "cap_drop", "ALL"),
        add("base", "cap_drop", "ALL"),
        set("web", "read_only", true),
        set("base", "read_only", true),
      ]),
    ).toMatchInlineSnapshot(`
      "services:
        base:
          image: nginx
          cap_drop: [NET_RAW, ALL]
          read_only: true
        web:
          extends: base
          environment:
            - A=b
      "
    `);
  });

  it("extends, with an empty list of its own", () => {
    const text = `services:
  base:
    image: nginx
    restart: always
  web:
    extends: base
    security_opt: []
`;
    expect(fixed(text, [add("web", "security_opt", "a:b"), add("base", "security_opt", "a:b")])).toMatchInlineSnapshot(`
      "services:
        base:
          image: nginx
          restart: always
          security_opt:
            - a:b
        web:
          extends: base
          security_opt:
            - a:b
      "
    `);
  });

  it("shares what one service has already", () => {
    const text = `x-common: &common
  image: nginx
  restart: always
services:
  a: {<<: *common}
  b: {<<: *common}
  c:
    <<: *common
    read_only: true
`;
    expect(fixed(text, [set("a", "read_only", true), set("b", "read_only", true)])).toBe(
      text.replace("restart: always\n", "restart: always\n  read_only: true\n"),
    );
    expect(fixed(text, [set("a", "read_only", true)])).toBe(
      text.replace("a: {<<: *common}", "a: {<<: *common, read_only: true}"),
    );
  });

  it("shares each key by itself, and leaves a list that differs with the services", () => {
    const text = `x-common: &common
  image: nginx
  restart: always
services:
  a:
    <<: *common
  b:
    <<: *common
`;
    const intents = ["a", "b"].flatMap((name) => [set(name, "read_only", true), add(name, "tmpfs", "/tmp")]);
    expect(fixed(text, [...intents, add("b", "tmpfs", "/run")])).toBe(`x-common: &common
  image: nginx
  restart: always
  read_only: true
services:
  a:
    <<: *common
    tmpfs:
      - /tmp
  b:
    <<: *common
    tmpfs:
      - /run
      - /tmp
`);
  });

  it("fills an empty list where it waits", () => {
    const files = {
      "compose.yaml": "services:\n  web:\n    image: nginx\n",
      "compose.override.yaml": "services:\n  web:\n    cap_add: []\n",
    };
    expect(fixed(files, [add("web", "cap_add", "CHOWN")])).toBe("services:\n  web:\n    cap_add:\n      - CHOWN\n");
  });

  it("extends a service of one key", () => {
    const text = `services:
  base:
    image: nginx
  web:
    extends: base
`;
    expect(fixed(text, [set("web", "read_only", true), set("base", "read_only", true)])).toMatchInlineSnapshot(`
      "services:
        base:
          image: nginx
          read_only: true
        web:
          extends: base
      "
    `);
  });

  it("removals", () => {
    const text = `version: "3.8"

services:
  web:
    image: nginx
    privileged: true
    cap_add:
      - SYS_ADMIN
    security_opt: [seccomp:unconfined, label:disable]
    devices: [/dev/a, /dev/b]
  db:
    image: nginx
    cap_add: [SYS_ADMIN]
    privileged: true # needed
`;
    expect(
      fixed(text, [
        { op: "unset", path: ["version"] },
        unset("web", "privileged"),
        drop("web", "cap_add", "SYS_ADMIN"),
        drop("web", "security_opt", "seccomp:unconfined"),
        drop("db", "cap_add", "SYS_ADMIN"),
        unset("db", "privileged"),
      ]),
    ).toMatchInlineSnapshot(`
      "services:
        web:
          image: nginx
          security_opt: [label:disable]
          devices: [/dev/a, /dev/b]
        db:
          image: nginx
          privileged: true # needed
      would-drop-comment: a comment stands on the lines that would go
      "
    `);
  });

  it("environment as a list and as a map", () => {
    const text = `services:
  a:
    image: x
    environment:
      - A=1
      - B=2
  b:
    image: x
    environment:
      A: "1"
  c:
    image: x
    environment: {A: "1"}
`;
    expect(
      fixed(text, [
        set("a", "environment.A", "2"),
        set("a", "environment.C", "3"),
        set("b", "environment.A", "2"),
        set("b", "environment.C", "3"),
        set("c", "environment.C", "true"),
      ]),
    ).toMatchInlineSnapshot(`
      "services:
        a:
          image: x
          environment:
            - A=2
            - B=2
            - C=3
        b:
          image: x
          environment:
            A: "2"
            C: "3"
        c:
          image: x
          environment: {A: "1", C: "true"}
      "
    `);
  });

  it("two documents", () => {
    const text = `services:
  web:
    image: nginx
---
services:
  web:
    ports:
      - "127.0.0.1:8080:80"
`;
    expect(
      fixed(text, [set("web", "read_only", true), add("web", "security_opt", "no-new-privileges:true")]),
    ).toMatchInlineSnapshot(`
      "services:
        web:
          image: nginx
          security_opt:
            - no-new-privileges:true
          read_only: true
      ---
      services:
        web:
          ports:
            - "127.0.0.1:8080:80"
      "
    `);
  });

  it("override tag", () => {
    const text = `services:
  web:
    image: nginx
    cap_drop: !override
      - NET_RAW
    security_opt: !override [label:disable]
`;
    expect(
      fixed(text, [add("web", "cap_drop", "ALL"), add("web", "security_opt", "no-new-privileges:true")]),
    ).toMatchInlineSnapshot(`
      "services:
        web:
          image: nginx
          cap_drop: !override
            - NET_RAW
            - ALL
          security_opt: !override [label:disable, no-new-privileges:true]
      "
    `);
  });
});

describe("a service that leaves the machine's network", () => {
  const text = "services:\n  web:\n    image: nginx\n    network_mode: host\n";
  it.each([
    ["joins the project's own", text, ""],
    ["joins it as it is set", text, "networks:\n  default:\n    driver: bridge\n"],
    ["joins it beside others", text, "networks:\n  other: {}\n"],
  ])("%s", (_, services, networks) => {
    expect(fixed(services + networks, [unset("web", "network_mode")])).toBe(
      services.replace("    network_mode: host\n", "") + networks,
    );
  });

  it("does so in an override file too", () => {
    const { changes } = patchOf(text, [unset("web", "network_mode")], { overlay: "/project/compose.override.yaml" });
    expect(changes[0]?.after).toContain("network_mode: !reset null");
  });
});

describe("where a later file takes back what an earlier one says", () => {
  it.each([
    [
      "a list, with `!override`",
      "security_opt: !reset []",
      add("web", "security_opt", "no-new-privileges:true"),
      "security_opt: !override\n      - no-new-privileges:true",
    ],
    [
      "a list with nothing behind",
      "security_opt: !reset",
      add("web", "security_opt", "no-new-privileges:true"),
      "security_opt: !override\n      - no-new-privileges:true",
    ],
    ["a text", "mem_limit: !reset null # none", set("web", "mem_limit", "536870912", "512m"), "mem_limit: 512m # none"],
    ["a switch", "read_only: !reset false", set("web", "read_only", true), "read_only: true"],
  ])("%s", (_, before, intent, after) => {
    const later = (attribute: string) => `services:\n  web:\n    ${attribute}\n`;
    const files = {
      "compose.yaml":
        "services:\n  web:\n    image: nginx\n    security_opt: [label:disable]\n    mem_limit: 1g\n    read_only: false\n",
      "compose.override.yaml": later(before),
    };
    expect(fixed(files, [intent])).toBe(later(after));
  });
});

describe("settings that lose their last entry", () => {
  it.each([
    ["in a block", "    sysctls:\n      net.ipv4.ip_forward: 1\n"],
    ["in flow style", "    sysctls: {net.ipv4.ip_forward: 1}\n"],
    ["in a list", "    sysctls: [net.ipv4.ip_forward=1]\n"],
  ])("%s", (_, sysctls) => {
    const text = `services:\n  web:\n    image: nginx\n${sysctls}    init: true\n`;
    const path = ["services", "web", "sysctls", "net.ipv4.ip_forward"];
    expect(fixed(text, [{ op: "unset", path }])).toBe(text.replace(sysctls, ""));
  });

  it("come from an env file", () => {
    const files = {
      "compose.yaml": "services: {web: {image: nginx, env_file: a.env}}\n",
      "a.env": "A=1\n",
    };
    expect(fixed(files, [unset("web", "environment.A")])).toBe(
      "unsupported-syntax: it comes from elsewhere than the Compose files\n",
    );
  });
});

it("a mount's propagation is changed among its options", () => {
  const text = "services:\n  web:\n    image: nginx\n    volumes:\n      - /mnt:/mnt:rw,rshared\n";
  const item = { type: "bind", source: "/mnt", target: "/mnt", bind: { propagation: "rshared" } };
  const by = { ...item, bind: { propagation: "rprivate" } };
  expect(fixed(text, [{ op: "replace", path: ["services", "web", "volumes"], item, by }])).toBe(
    text.replace("rshared", "rprivate"),
  );
});

describe("services that come all at once", () => {
  it.each([
    ["by an alias", "services: *s\n"],
    ["by `<<`", "services:\n  <<: *s\n"],
  ])("%s", (_, services) => {
    const text = `x-services: &s\n  web:\n    image: nginx\n${services}`;
    expect(fixed(text, [set("web", "read_only", true)])).toBe(
      text.replace("image: nginx\n", "image: nginx\n    read_only: true\n"),
    );
  });
});

describe("members of a list that are aliases", () => {
  const text = "x-cap: &cap SYS_ADMIN\nservices:\n  web:\n    image: nginx\n    cap_add: [*cap, CHOWN] # two\n";
  it.each([
    ["go", [drop("web", "cap_add", "SYS_ADMIN")], "[CHOWN]"],
    ["make room for others", [drop("web", "cap_add", "SYS_ADMIN"), add("web", "cap_add", "KILL")], "[CHOWN, KILL]"],
  ] as const)("%s", (_, intents, after) => {
    expect(fixed(text, intents)).toBe(text.replace("[*cap, CHOWN]", after));
  });
});

it("a list in flow style is filled anew where a comment stands behind it", () => {
  const text = "services:\n  web: {image: nginx, cap_add: [SYS_ADMIN]} # why\n";
  expect(fixed(text, [drop("web", "cap_add", "SYS_ADMIN"), add("web", "cap_add", "KILL")])).toBe(
    text.replace("SYS_ADMIN", "KILL"),
  );
});
