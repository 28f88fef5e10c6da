import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseTarget } from "../../src/model/parse-target";
import { formatTarget } from "../../src/model/target";

describe("parseTarget", () => {
  test.each([
    ["local", { kind: "local" }],
    ["ssh://prod-1", { kind: "ssh", host: "prod-1", user: null, port: null }],
    ["ssh://root@10.0.0.7:2222", { kind: "ssh", host: "10.0.0.7", user: "root", port: 2222 }],
    ["deploy@prod-1", { kind: "ssh", host: "prod-1", user: "deploy", port: null }],
    ["ssh://root@[2001:db8::7]:22", { kind: "ssh", host: "2001:db8::7", user: "root", port: 22 }],
    ["ssh://prod-1/", { kind: "ssh", host: "prod-1", user: null, port: null }],
  ])("%s", (text, target) => expect(parseTarget(text)).toEqual(target));

  test.each(["", "ssh://", "ssh://a b", "ssh://-oProxyCommand=id", "http://x", "ssh://x:0", "ssh://x:65536", "ssh://x:port", "ssh://a@b@c", "ssh://x;id"])(
    "%j is refused with what to write instead",
    (text) => expect(() => parseTarget(text)).toThrowError(expect.objectContaining({ name: "Failure", remedy: expect.stringMatching(/local|ssh:\/\/|[Cc]orrect/) })),
  );

  test.each(["docker://web", "k8s://shop/web-1"])("%s is said to be not reached yet", (text) =>
    expect(() => parseTarget(text)).toThrowError(expect.objectContaining({ reason: "unsupported" })));

  test("what is formatted is parsed back", () => {
    const target = fc.record({
      kind: fc.constant("ssh" as const),
      host: fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6()),
      user: fc.option(fc.stringMatching(/^[a-z_][a-z0-9_.-]{0,10}$/)),
      port: fc.option(fc.integer({ min: 1, max: 65_535 })),
    });
    fc.assert(fc.property(target, (made) => {
      expect(parseTarget(formatTarget(made))).toEqual(made);
    }));
  });
});
