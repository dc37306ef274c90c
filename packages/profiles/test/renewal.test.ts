import { expect, it } from "vitest";
import { describeProfile, profileById, renewalOf } from "../src/index.js";

it.each([
  ["OPENCLAW_GATEWAY_TOKEN", 30],
  ["QDRANT__SERVICE__API_KEY", 30],
  ["LITELLM_MASTER_KEY", 30],
  ["OPENAI_API_KEY", 90],
  ["N8N_OPENAI_API_KEY", 90],
  ["HF_TOKEN", 90],
  ["POSTGRES_PASSWORD", 90],
  ["JWT_SECRET", 90],
  ["FTLCONF_webserver_api_password", 90],
  ["N8N_ENCRYPTION_KEY", 0],
  ["SALT", 0],
])("knows when %s is due", (name, every) => {
  expect(renewalOf(name)?.every).toBe(every);
});

it("says nothing about what is no secret", () => {
  expect(renewalOf("WEBUI_AUTH")).toBeUndefined();
});

it("is part of what is known about an image", () => {
  const profile = profileById("openclaw");
  const section =
    profile === undefined ? undefined : describeProfile(profile).sections.find(({ title }) => title === "Renewal");
  expect(section?.facts.map(({ text }) => text)).toContain(
    "`OPENCLAW_GATEWAY_TOKEN`: a token that opens the service: every month",
  );
});
