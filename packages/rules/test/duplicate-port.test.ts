import { expect } from "vitest";
import { duplicatePort } from "../src/rules/duplicate-port.js";
import { table } from "./table.js";

const two = (a: string, b: string): string => `services: {a: {image: x, ${a}}, b: {image: x, ${b}}}`;
const found = ["services.b.ports[0]"];

table(duplicatePort, [
  {
    case: "pieces that others extend",
    compose: "services: {a: {ports: ['80:80']}, b: {ports: ['80:81']}}",
    finds: [],
  },
  { case: "no ports", compose: "services: {web: {image: nginx}}", finds: [] },
  {
    case: "the same port",
    compose: two("ports: ['80:80']", "ports: ['80:81']"),
    finds: found,
    first: ({ related, service }) => {
      expect(related).toHaveLength(1);
      expect(service).toBe("b");
    },
  },
  { case: "different ports", compose: two("ports: ['80:80']", "ports: ['81:80']"), finds: [] },
  { case: "tcp and udp", compose: two("ports: ['53:53']", "ports: ['53:53/udp']"), finds: [] },
  { case: "different addresses", compose: two("ports: ['127.0.0.1:80:80']", "ports: ['127.0.0.2:80:80']"), finds: [] },
  { case: "one address and all", compose: two("ports: ['127.0.0.1:80:80']", "ports: ['80:80']"), finds: found },
  {
    case: "different profiles",
    compose: two("profiles: [x], ports: ['80:80']", "profiles: [y], ports: ['80:80']"),
    finds: [],
  },
  { case: "random ports", compose: two("ports: ['80']", "ports: ['80']"), finds: [] },
  { case: "a range", compose: two("ports: ['80-82:80-82']", "ports: ['81:80']"), finds: found },
  {
    case: "one service, two protocols",
    compose: "services: {a: {image: x, ports: ['53:53', '53:53/udp']}}",
    finds: [],
  },
  { case: "wrong type", compose: two("ports: 80", "ports: ['80:80']"), finds: [] },
  {
    case: "build only",
    compose: "services: {a: {build: ., ports: ['80:80']}, b: {build: ., ports: ['80:80']}}",
    finds: found,
  },
  {
    case: "a profile beside a service that always runs",
    compose: two("ports: ['80:80']", "profiles: [tls], ports: ['80:80']"),
    finds: found,
  },
]);
