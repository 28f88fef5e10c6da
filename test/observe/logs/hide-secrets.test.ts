import fc from "fast-check";
import { expect, it } from "vitest";
import { hideSecrets } from "../../../src/observe/logs/hide-secrets";
import { scrubText } from "../../../src/observe/probe/scrub-command-line";

const words = fc.constantFrom(
  "password", "PASSWD", "Secret", "api_key", "apiKey", "access-token", "AUTHORIZATION", "Bearer", "cookie", "psk", "pw", "dbPass", "webhook", "client_secret", "credentials", "passphrase", "licence_key", "masterauth",
  "postgres://app:hunter2@db/x", "app:hunter2@tcp(db:3306)/x", "https://0123456789abcdefghijk@host", "eyJhbGciOi.eyJzdWIi.c2ln", "ghp_0123456789abcdefghijkl", "glpat-0123456789abcdef", "AKIA0123456789ABCDEF",
  "xoxb-0123456789", "sk-0123456789abcdefghij", "hvs.0123456789abcdefghij", "npm_0123456789abcdefghij0123456789", "ya29.0123456789abcdefghij", "https://hooks.slack.com/services/T0/B0/x", "https://discord.com/api/webhooks/1/x",
);

it("whatever the scrubber would hide in a line is hidden, though most lines never reach it", () => {
  fc.assert(fc.property(fc.array(fc.oneof(words, fc.string({ maxLength: 12 }), fc.constantFrom("=", ": ", " ", "--", "hunter2", "order 7 accepted", "\"", "&", "?"))), (parts) => {
    const line = parts.join("");
    expect(hideSecrets(line)).toBe(scrubText(line));
  }), { numRuns: 3000 });
  expect(hideSecrets("login with password=hunter2 failed")).toBe("login with password=*** failed");
});
