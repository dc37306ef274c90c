import { expect, it } from "vitest";
import { newSecretFor } from "./new-secret.js";

it.each([
  { old: "changeme", form: /^[A-Za-z][A-Za-z0-9-]{31}$/ },
  { old: "sk-1234", form: /^sk-[A-Za-z][A-Za-z0-9-]{28}$/ },
  { old: "0123456789abcdef0123456789abcdef0123456789abcdef", form: /^[0-9a-f]{48}$/ },
  { old: "base64:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", form: /^base64:[A-Za-z0-9]{43}=$/ },
  { old: "46BKJoQYlPPOexq0OhDZnIlNepKFf87WFwLbfzqDDho=", form: /^[A-Za-z0-9]{43}=$/ },
  { old: "a-very-long-secret-that-the-documentation-shows", form: /^[A-Za-z][A-Za-z0-9-]{46}$/ },
])("a new secret for `$old` has its form", ({ old, form }) => {
  const made = new Set(Array.from({ length: 200 }, () => newSecretFor(old)));
  expect(made.size).toBe(200);
  for (const secret of made) {
    expect(secret).toMatch(form);
    expect(secret).not.toMatch(/-$|--/);
  }
});

it("holds every kind of character that a server may ask for", () => {
  for (let i = 0; i < 200; i++)
    for (const kind of [/[a-z]/, /[A-Z]/, /\d/, /-/]) expect(newSecretFor("x")).toMatch(kind);
});
