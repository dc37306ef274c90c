import { expect } from "vitest";
import { settingWithoutEffect } from "../src/rules/setting-without-effect.js";
import { table } from "./table.js";

const of = (image: string, more: string): string => `services: {web: {image: "${image}", ${more}}}`;
const auth = "environment: [N8N_BASIC_AUTH_ACTIVE=true]";
const found = ["services.web.environment.N8N_BASIC_AUTH_ACTIVE"];
const redis = ["services.web.environment.REDIS_PASSWORD"];

table(settingWithoutEffect, [
  {
    case: "the old name beside the new one",
    compose: of("pihole/pihole", "environment: {WEBPASSWORD: changeme, FTLCONF_webserver_api_password: changeme}"),
    finds: [],
  },
  { case: "switched off", compose: of("n8nio/n8n:1.0", "environment: {N8N_BASIC_AUTH_ACTIVE: 'false'}"), finds: [] },
  { case: "absent", compose: of("n8nio/n8n", "init: true"), finds: [] },
  {
    case: "a version without it",
    compose: of("n8nio/n8n:1.0", auth),
    finds: found,
    first: ({ fix }) => expect(fix?.applicability).toBe("safe"),
  },
  { case: "a version that read it", compose: of("n8nio/n8n:0.236.3", auth), finds: [] },
  {
    case: "no version",
    compose: of("n8nio/n8n:latest", auth),
    finds: found,
    first: ({ fix }) => expect(fix?.applicability).toBe("unsafe"),
  },
  { case: "no tag", compose: of("docker.n8n.io/n8nio/n8n", auth), finds: found },
  { case: "map form", compose: of("n8nio/n8n", "environment: {N8N_BASIC_AUTH_ACTIVE: true}"), finds: found },
  { case: "from a variable", compose: of("n8nio/n8n", 'environment: {N8N_BASIC_AUTH_ACTIVE: "${X}"}'), finds: found },
  { case: "another image", compose: of("example/n8n", auth), finds: [] },
  {
    case: "read once more, when the first account is made",
    compose: of("flowiseai/flowise:3.1.2", "environment: [FLOWISE_PASSWORD=x]"),
    finds: ["services.web.environment.FLOWISE_PASSWORD"],
    first: ({ message, fix }) => {
      expect(message).toContain("which only the page on which the first account is made reads");
      expect(fix).toMatchObject({ applicability: "unsafe", caveat: expect.stringContaining("FLOWISE_PASSWORD") });
    },
  },
  { case: "Redis never had it", compose: of("redis:8", "environment: [REDIS_PASSWORD=x]"), finds: redis },
  {
    case: "an option sets the password",
    compose: of("redis:8", "command: redis-server --requirepass x, environment: [REDIS_PASSWORD=x]"),
    finds: [],
  },
  {
    case: "a script reads it",
    compose: of(
      "redis:8",
      "command: 'sh -c \"redis-server --user $$REDIS_PASSWORD\"', environment: [REDIS_PASSWORD=x]",
    ),
    finds: [],
  },
  {
    case: "the health check reads it",
    compose: of(
      "redis:8",
      "healthcheck: {test: 'redis-cli -a $$REDIS_PASSWORD ping'}, environment: [REDIS_PASSWORD=x]",
    ),
    finds: [],
  },
  {
    case: "the last variable takes the whole environment with it",
    compose: of("redis:8", "environment: [REDIS_PASSWORD=x]"),
    finds: redis,
    first: ({ fix }) => expect(fix?.intents).toEqual([{ op: "unset", path: ["services", "web", "environment"] }]),
  },
  { case: "another maker's Redis", compose: of("bitnami/redis:7.4", "environment: [REDIS_PASSWORD=x]"), finds: [] },
  { case: "Pi-hole 5", compose: of("pihole/pihole:2024.07.0", "environment: [WEBPASSWORD=x]"), finds: [] },
  {
    case: "Pi-hole 6",
    compose: of("pihole/pihole:2025.08.0", "environment: [WEBPASSWORD=x]"),
    finds: ["services.web.environment.WEBPASSWORD"],
  },
  {
    case: "merge key",
    compose: `x-e: &e {environment: {N8N_BASIC_AUTH_ACTIVE: "true"}}\nservices: {web: {<<: *e, image: n8nio/n8n}}`,
    finds: found,
  },
  {
    case: "one underscore too few",
    compose: of("grafana/grafana:12.1.0", "environment: [GF_SECURITY_ADMIN_PASSWORD_FILE=/run/secrets/p]"),
    finds: ["services.web.environment.GF_SECURITY_ADMIN_PASSWORD_FILE"],
  },
  {
    case: "two underscores",
    compose: of("grafana/grafana:12.1.0", "environment: [GF_SECURITY_ADMIN_PASSWORD__FILE=/run/secrets/p]"),
    finds: [],
  },
]);
