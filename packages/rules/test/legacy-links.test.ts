import { expect } from "vitest";
import { legacyLinks } from "../src/rules/legacy-links.js";
import { table } from "./table.js";

const web = (more: string): string => `services: {web: {image: nginx, ${more}}, db: {image: a}}`;

table(legacyLinks, [
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "empty list", compose: web("links: []"), finds: [] },
  { case: "wrong type", compose: web("links: db"), finds: [] },
  {
    case: "links that nothing else orders",
    compose: web("links: [db]"),
    finds: ["services.web.links"],
    first: ({ fix }) => expect(fix).toBeUndefined(),
  },
  {
    case: "depends_on as well",
    compose: web("links: [db], depends_on: [db]"),
    finds: ["services.web.links"],
    first: ({ fix }) => expect(fix?.intents).toHaveLength(1),
  },
  {
    case: "another name",
    compose: web("links: ['db:database']"),
    finds: ["services.web.links"],
    first: ({ fix }) => expect(fix).toBeUndefined(),
  },
  {
    case: "the same name twice",
    compose: web("links: ['db:db'], depends_on: [db]"),
    finds: ["services.web.links"],
    first: ({ fix }) => expect(fix).toBeDefined(),
  },
  {
    case: "links in two files",
    compose: { "compose.yaml": web("links: [db]"), "compose.override.yaml": "services: {web: {links: [db]}}" },
    finds: ["services.web.links"],
    first: ({ fix }) => expect(fix).toBeUndefined(),
  },
  { case: "other projects", compose: web("external_links: [a_db_1]"), finds: ["services.web.external_links"] },
  {
    case: "volumes",
    compose: web("volumes_from: [db]"),
    finds: ["services.web.volumes_from"],
    first: ({ severity }) => expect(severity).toBe("low"),
  },
  { case: "depends_on alone", compose: web("depends_on: [db]"), finds: [] },
  {
    case: "build only",
    compose: "services: {web: {build: ., links: [db]}, db: {image: a}}",
    finds: ["services.web.links"],
  },
  {
    case: "merge key",
    compose: "x-l: &l {links: [db]}\nservices: {web: {<<: *l, image: a}, db: {image: a}}",
    finds: ["services.web.links"],
  },
]);
