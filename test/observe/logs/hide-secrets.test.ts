import fc from "fast-check";
import { expect, it } from "vitest";
import { hideSecrets } from "../../../src/observe/logs/hide-secrets";
import { scrubText } from "../../../src/observe/probe/scrub-command-line";

const words = fc.constantFrom(
  "password", "PASSWD", "Secret", "api_key", "apiKey", "access-token", "AUTHORIZATION", "Bearer", "cookie", "psk", "pw", "dbPass", "webhook", "client_secret", "credentials", "passphrase", "licence_key", "masterauth",
  "postgres://app:hunter2@db/x", "app:hunter2@tcp(db:3306)/x", "https://0123456789abcdefghijk@host", "eyJhbGciOi.eyJzdWIi.c2ln", "ghp_0123456789abcdefghijkl", "glpat-0123456789abcdef", "AKIA0123456789ABCDEF",
  "xoxb-0123456789", "sk-0123456789abcdefghij", "hvs.0123456789abcdefghij", "npm_0123456789abcdefghij0123456789", "ya29.0123456789abcdefghij", "https://hooks.slack.com/services/T0/B0/x", "https://discord.com/api/webhooks/1/x",
  "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----", "Cookie: a=1; sid=2", "JSESSIONID=0123", "_shop_session=0123", "connect.sid=0123", "&sig=0123", "X-Amz-Signature=0123", "?code=0123456789abcdef",
  "jdbc:oracle:thin:scott/tiger@//db", "sk_live_0123456789", "rk_test_0123456789", "AIza0123456789abcdefghijklmnopqrstuvwx", "SG.0123456789abcdef.0123456789abcdef", "ASIA0123456789ABCDEF",
);

it("whatever the scrubber would hide in a line is hidden, though most lines never reach it", () => {
  fc.assert(fc.property(fc.array(fc.oneof(words, fc.string({ maxLength: 12 }), fc.constantFrom("=", ": ", " ", "--", "hunter2", "order 7 accepted", "\"", "&", "?"))), (parts) => {
    const line = parts.join("");
    expect(hideSecrets(line)).toBe(scrubText(line));
  }), { numRuns: 3000 });
  expect(hideSecrets("login with password=hunter2 failed")).toBe("login with password=*** failed");
});

/** Each holds one made-up secret, `hunter2...`; what stands around it stays readable. */
it.each([
  ["jdbc:oracle:thin:scott/hunter2@//db:1521/X", "scott/***@//db:1521/X"],
  ["jdbc:mysql://db/shop?user=a&password=hunter2&useSSL=false", "useSSL=false"],
  ["Cookie: theme=dark; sid=hunter2; other=hunter2", "Cookie: ***"],
  ["Set-Cookie: SESSION=hunter2; Path=/", "Set-Cookie: ***"],
  ['{"cookie":"a=1; sid=hunter2","status":500}', '"status":500'],
  ["GET /shop;jsessionid=hunter2 HTTP/1.1", "GET /shop"],
  ["GET /a?X-Amz-Signature=hunter2&size=3 HTTP/1.1", "size=3"],
  ["PUT https://a.blob.core.windows.net/c?sv=2020&sig=hunter2%3D 403", "403"],
  ["GET /callback?code=hunter2hunter2&state=x", "state=x"],
  ["-----BEGIN PRIVATE KEY-----\nMIIEhunter2\nhunter2\n-----END PRIVATE KEY-----\nready", "ready"],
  ["key: -----BEGIN EC PRIVATE KEY-----\\nMIIEhunter2\\n-----END EC PRIVATE KEY-----", "EC PRIVATE KEY"],
  ["-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2 and here the log was cut off", "OPENSSH"],
  ['login with {:user=>"bob", :password=>"hunter2"}', "bob"],
  ["stripe key sk_live_hunter2hunter2 refused", "refused"],
])("%s", (line, stays) => {
  const shown = hideSecrets(line);
  expect(shown).not.toContain("hunter2");
  expect(shown).toContain(stays);
});

it.each(["order 7: code=404", "GET /a?code=de&lang=de", "signal 9, signature mismatch", "cookie banner shown 3 times", "session 12 of user 4 ended"])("%s is no secret", (line) => {
  expect(hideSecrets(line)).toBe(line);
});
