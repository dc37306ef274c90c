import { expect } from "vitest";
import { homeAssistantPrivileged } from "../src/rules/home-assistant-privileged.js";
import { table } from "./table.js";

const of = (image: string, more: string): string => `services: {web: {image: "${image}", ${more}}}`;
const found = ["services.web.privileged"];
const image = "ghcr.io/home-assistant/home-assistant:stable";

table(homeAssistantPrivileged, [
  { case: "absent", compose: of(image, "init: true"), finds: [] },
  { case: "privileged", compose: of(image, "privileged: true"), finds: found },
  { case: "not privileged", compose: of(image, "privileged: false"), finds: [] },
  { case: "its other name", compose: of("homeassistant/home-assistant", "privileged: true"), finds: found },
  { case: "another maker's build", compose: of("lscr.io/linuxserver/homeassistant", "privileged: true"), finds: found },
  {
    case: "a capability it has already",
    compose: of(image, "privileged: true, cap_add: [CAP_NET_ADMIN]"),
    finds: found,
    first: ({ fix }) => expect(fix?.intents.map(({ op }) => op)).toEqual(["unset"]),
  },
  { case: "another image", compose: of("nginx", "privileged: true"), finds: [] },
  {
    case: "merge key",
    compose: `x-p: &p {privileged: true}\nservices: {web: {<<: *p, image: "${image}"}}`,
    finds: found,
  },
]);
