import { expect } from "vitest";
import { piholeCapabilities } from "../src/rules/pihole-capabilities.js";
import { table } from "./table.js";

const of = (more: string): string => `services: {web: {image: pihole/pihole, ${more}}}`;
const found = ["services.web.cap_add[0]"];
const dns = "ports: ['53:53/udp']";

table(piholeCapabilities, [
  { case: "absent", compose: of(dns), finds: [] },
  { case: "without DHCP", compose: of(`${dns}, cap_add: [NET_ADMIN]`), finds: found },
  { case: "another spelling", compose: of(`${dns}, cap_add: [CAP_NET_ADMIN]`), finds: found },
  { case: "DHCP's port", compose: of("ports: ['67:67/udp'], cap_add: [NET_ADMIN]"), finds: [] },
  { case: "host network", compose: of("network_mode: host, cap_add: [NET_ADMIN]"), finds: [] },
  {
    case: "DHCP by a setting",
    compose: of(`${dns}, environment: {FTLCONF_dhcp_active: "true"}, cap_add: [NET_ADMIN]`),
    finds: [],
  },
  {
    case: "the clock, which Pi-hole sets unasked",
    compose: of(`${dns}, cap_add: [SYS_TIME]`),
    finds: found,
    first: ({ message }) => expect(message).toContain("version 6 does unasked"),
  },
  {
    case: "the clock, asked for",
    compose: of(`${dns}, environment: {FTLCONF_ntp_sync_active: "true"}, cap_add: [SYS_TIME]`),
    finds: [],
  },
  { case: "another capability", compose: of(`${dns}, cap_add: [SYS_NICE]`), finds: [] },
  { case: "another image", compose: "services: {web: {image: nginx, cap_add: [NET_ADMIN]}}", finds: [] },
]);
