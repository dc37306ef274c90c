/**
 * One step of work: a command in a service's container, or a request to a published port; it is done when the answer fits, and begun
 * again until then. The first start of a database ends in the middle of whatever it is asked, so that steps must bear repeating.
 */
export type Step =
  | { readonly in: string; readonly as?: string; readonly shell?: "sh"; readonly run: string; readonly says: RegExp }
  | { readonly get: string; readonly upload?: number; readonly says: RegExp };

/** What the services of a stack are for. */
export interface Work {
  /** A shell command in the stack's folder that makes what no repository keeps. */
  readonly prepare?: string;
  /** A capability that the safe fixes keep, and how the stack fails without it. */
  readonly needs?: { readonly capability: string; readonly without: RegExp };
  /** Secrets that everybody knows, which the stack works without after `--new-secrets`. */
  readonly known?: readonly string[];
  /** The first start: something is served, something is kept. */
  readonly first: readonly Step[];
  /** After all containers were made anew: what was kept is still there. */
  readonly again: readonly Step[];
  /** Service and port that other services of the project reach. */
  readonly sibling: readonly [string, number];
}

const sql = (service: string, client: string, statement: string, says: RegExp): Step => ({
  in: service,
  run: `${client} '${statement}'`,
  says,
});
const web = (port: number, says: RegExp, path = "/"): Step => ({ get: `http://127.0.0.1:${port}${path}`, says });
const redis = (service: string, login: string) =>
  ({
    first: [{ in: service, run: `redis-cli ${login} set kept yes`, says: /OK/ }],
    again: [{ in: service, run: `redis-cli ${login} get kept`, says: /yes/ }],
    sibling: [service, 6379],
  }) as const;
const postgres = (service: string, user: string) =>
  ({
    first: [
      sql(service, `psql -U ${user} -c`, "create table if not exists kept (word text)", /CREATE TABLE/),
      sql(service, `psql -U ${user} -c`, "insert into kept values ($$yes$$)", /INSERT 0 1/),
      // Sorting more than fits in memory needs temporary files.
      sql(
        service,
        `psql -U ${user} -tc`,
        "set work_mem = 64; select count(*) from (select g from generate_series(1, 200000) g order by g desc) s",
        /200000/,
      ),
    ],
    again: [sql(service, `psql -U ${user} -tc`, "select word from kept", /yes/)],
    sibling: [service, 5432],
  }) as const;

/** Opens a connection to Redis and gives the password that the client has. */
const REDIS_LOGIN = `exec 3<>/dev/tcp/cache/6379; printf 'AUTH %s\\r\\n' "$REDIS_PASSWORD" >&3`;

/** The work of each stack in `stacks/`. */
export const works: Readonly<Record<string, Work>> = {
  redis: redis("cache", ""),
  "redis-bind": redis("redis", "-a engine-suite"),
  "redis-init": {
    ...redis("cache", ""),
    needs: { capability: "KILL", without: /get kept/ },
  },
  nginx: {
    first: [web(8080, /a page of this stack/)],
    again: [web(8080, /a page of this stack/)],
    sibling: ["nginx", 80],
  },
  web: {
    first: [
      web(8081, /received 0 bytes/),
      { get: "http://127.0.0.1:8081/upload.php", upload: 300_000, says: /stored 300000 bytes/ },
    ],
    again: [web(8081, /received 0 bytes/)],
    sibling: ["app", 80],
  },
  tls: {
    prepare:
      "mkdir certs && openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -keyout certs/site.key -out certs/site.crt && chown 1000:1000 certs/* && chmod 600 certs/site.key",
    needs: { capability: "DAC_OVERRIDE", without: /permission denied/i },
    first: [{ in: "web", run: "curl -sk https://127.0.0.1/", says: /served over TLS/ }],
    again: [{ in: "web", run: "curl -sk https://127.0.0.1/", says: /served over TLS/ }],
    sibling: ["web", 443],
  },
  postgres: postgres("db", "app"),
  "postgres-bind": postgres("postgres", "postgres"),
  "known-secrets": {
    known: ["changeme"],
    // What Redis appends to lies in a folder that the start script may not enter without it, from the second start on.
    needs: { capability: "DAC_OVERRIDE", without: /Permission denied/ },
    first: [
      sql("client", 'psql "$DATABASE_URL" -c', "create table if not exists kept (word text)", /CREATE TABLE/),
      sql("client", 'psql "$DATABASE_URL" -c', "insert into kept values ($$yes$$)", /INSERT 0 1/),
      { in: "client", run: `${REDIS_LOGIN}; printf 'SET kept yes\\r\\nQUIT\\r\\n' >&3; cat <&3`, says: /\+OK\s+\+OK/ },
    ],
    again: [
      sql("client", 'psql "$DATABASE_URL" -tc', "select word from kept", /yes/),
      { in: "client", run: `${REDIS_LOGIN}; printf 'GET kept\\r\\nQUIT\\r\\n' >&3; cat <&3`, says: /yes/ },
    ],
    sibling: ["db", 5432],
  },
  mariadb: {
    first: [
      sql(
        "mariadb",
        "mariadb -ushop -pengine-suite shop -e",
        'create table if not exists kept (word text); insert into kept values ("yes"); select * from kept',
        /yes/,
      ),
      sql(
        "mariadb",
        "mariadb -ushop -pengine-suite shop -e",
        'create or replace temporary table t as select seq, repeat("x", 2000) r from seq_1_to_20000; select count(distinct r, seq) from t',
        /20000/,
      ),
    ],
    again: [sql("mariadb", "mariadb -ushop -pengine-suite shop -e", "select * from kept", /yes/)],
    sibling: ["mariadb", 3306],
  },
  mysql: {
    first: [
      sql(
        "db",
        "mysql -ushop -pengine-suite shop -e",
        'create table if not exists kept (word text); insert into kept values ("yes"); select * from kept',
        /yes/,
      ),
      // Sorting more than fits in memory needs temporary files.
      sql(
        "db",
        "mysql -ushop -pengine-suite shop -e",
        'set sort_buffer_size = 32768; set cte_max_recursion_depth = 30000; with recursive n (i) as (select 1 union all select i + 1 from n where i < 20000) select count(*) from (select i, repeat("x", 2000) r from n order by r, i desc limit 20000) s',
        /20000/,
      ),
    ],
    again: [sql("db", "mysql -ushop -pengine-suite shop -e", "select * from kept", /yes/)],
    sibling: ["db", 3306],
  },
  memcached: {
    first: [
      {
        in: "memcached",
        run: `exec 3<>/dev/tcp/127.0.0.1/11211; printf 'set kept 0 0 3\\r\\nyes\\r\\nget kept\\r\\nquit\\r\\n' >&3; cat <&3`,
        says: /STORED[\s\S]*yes/,
      },
    ],
    again: [
      {
        in: "memcached",
        run: `exec 3<>/dev/tcp/127.0.0.1/11211; printf 'stats\\r\\nquit\\r\\n' >&3; cat <&3`,
        says: /STAT uptime/,
      },
    ],
    sibling: ["memcached", 11211],
  },
  mosquitto: {
    first: [
      { in: "mqtt", run: "(sleep 1; mosquitto_pub -t live -m heard) & mosquitto_sub -t live -C 1 -W 5", says: /heard/ },
      { in: "mqtt", run: "mosquitto_pub -r -q 1 -t kept -m yes && echo done", says: /done/ },
    ],
    again: [{ in: "mqtt", run: "mosquitto_sub -t kept -C 1 -W 5", says: /yes/ }],
    sibling: ["mqtt", 1883],
  },
  haproxy: {
    first: [web(8082, /served by httpd/)],
    again: [web(8082, /served by httpd/)],
    sibling: ["site", 80],
  },
  rabbitmq: {
    first: [
      {
        in: "rabbit",
        as: "rabbitmq",
        run: `rabbitmqctl -q await_startup && rabbitmqctl -q eval 'Q = rabbit_misc:r(<<"/">>, queue, <<"kept">>), rabbit_amqqueue:declare(Q, true, false, [], none, <<"suite">>), rabbit_basic:publish(rabbit_misc:r(<<"/">>, exchange, <<>>), <<"kept">>, [{delivery_mode, 2}], <<"yes">>), ok.'`,
        says: /^ok$/m,
      },
      { in: "rabbit", as: "rabbitmq", run: "rabbitmqctl -q list_queues name messages", says: /kept\s+[1-9]/ },
    ],
    again: [
      {
        in: "rabbit",
        as: "rabbitmq",
        run: "rabbitmqctl -q await_startup && rabbitmqctl -q list_queues name messages",
        says: /kept\s+[1-9]/,
      },
    ],
    sibling: ["rabbit", 5672],
  },
  caddy: {
    first: [web(8083, /served by Caddy/)],
    again: [web(8083, /served by Caddy/), { in: "caddy", run: "ls /config/caddy", says: /autosave/ }],
    sibling: ["caddy", 80],
  },
  prometheus: {
    first: [
      web(9090, /"value":\[[\d.]+,"1"\]/, "/api/v1/query?query=up"),
      web(9090, /"value":\[[\d.]+,"[4-9]"\]/, "/api/v1/query?query=count_over_time(up[60s])"),
    ],
    // Samples that lie before this start.
    again: [web(9090, /"value":\[[\d.]+,"([5-9]|\d\d)"\]/, "/api/v1/query?query=count_over_time(up[120s])")],
    sibling: ["prometheus", 9090],
  },
  traefik: {
    first: [web(8084, /found by its labels/)],
    again: [web(8084, /found by its labels/)],
    sibling: ["traefik", 80],
  },
  alpine: {
    first: [{ in: "job", shell: "sh", run: "cat /var/lib/job/log", says: /:3\b/ }],
    // It went on counting where it was.
    again: [{ in: "job", shell: "sh", run: "sed -n 5p /var/lib/job/log", says: /:([5-9]|\d\d)/ }],
    sibling: ["cache", 6379],
  },
};
