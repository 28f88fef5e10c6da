import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseTarget } from "../../src/model/parse-target";
import { CONTAINER_ENGINES, formatTarget } from "../../src/model/target";

describe("parseTarget", () => {
  test.each([
    ["local", { kind: "local" }],
    ["ssh://prod-1", { kind: "ssh", host: "prod-1", user: null, port: null }],
    ["ssh://root@10.0.0.7:2222", { kind: "ssh", host: "10.0.0.7", user: "root", port: 2222 }],
    ["deploy@prod-1", { kind: "ssh", host: "prod-1", user: "deploy", port: null }],
    ["ssh://root@[2001:db8::7]:22", { kind: "ssh", host: "2001:db8::7", user: "root", port: 22 }],
    ["ssh://prod-1/", { kind: "ssh", host: "prod-1", user: null, port: null }],
    ["docker://web", { kind: "container", engine: "docker", name: "web", host: null }],
    ["podman://shop_web.1-a/", { kind: "container", engine: "podman", name: "shop_web.1-a", host: null }],
    ["docker+ssh://root@prod-1:2222/web", { kind: "container", engine: "docker", name: "web", host: { host: "prod-1", user: "root", port: 2222 } }],
    ["podman+ssh://[2001:db8::7]/web", { kind: "container", engine: "podman", name: "web", host: { host: "2001:db8::7", user: null, port: null } }],
    ["k8s://shop/web-7d9f", { kind: "pod", context: null, namespace: "shop", pod: "web-7d9f", container: null, host: null }],
    ["k8s://shop/web.0/app", { kind: "pod", context: null, namespace: "shop", pod: "web.0", container: "app", host: null }],
    ["k8s://admin@kube@shop/web", { kind: "pod", context: "admin@kube", namespace: "shop", pod: "web", container: null, host: null }],
    ["k8s://arn:aws:eks:eu-west-1:1:cluster/shop@default/web", { kind: "pod", context: "arn:aws:eks:eu-west-1:1:cluster/shop", namespace: "default", pod: "web", container: null, host: null }],
    ["k8s+ssh://bastion/prod@shop/web/app", { kind: "pod", context: "prod", namespace: "shop", pod: "web", container: "app", host: { host: "bastion", user: null, port: null } }],
  ])("%s", (text, target) => expect(parseTarget(text)).toEqual(target));

  test.each(["", "ssh://", "ssh://a b", "ssh://-oProxyCommand=id", "http://x", "ssh://x:0", "ssh://x:65536", "ssh://x:port", "ssh://a@b@c", "ssh://x;id",
    "docker://", "docker://-it", "docker://a b", "docker://a;id", "docker://a/b", "docker+ssh://host", "docker+ssh:///web", "docker+ssh://-o/web", "ssh+ssh://x", "docker+http://x/y",
    "podman://$(id)", "k8s://web", "k8s://shop/", "k8s:///web", "k8s://shop/web/app/more", "k8s://Shop/web", "k8s://-n/web", "k8s://shop/-it", "k8s://-c@shop/web", "k8s://a b@shop/web", "nerdctl://x"])(
    "%j is refused with what to write instead",
    (text) => expect(() => parseTarget(text)).toThrowError(expect.objectContaining({ name: "Failure", remedy: expect.stringMatching(/local|ssh:\/\/|[Cc]orrect|docker:\/\/|podman:\/\/|k8s:\/\//) })),
  );

  test("what is formatted is parsed back", () => {
    const target = fc.record({
      kind: fc.constant("ssh" as const),
      host: fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6()),
      user: fc.option(fc.stringMatching(/^[a-z_][a-z0-9_.-]{0,10}$/)),
      port: fc.option(fc.integer({ min: 1, max: 65_535 })),
    });
    const host = fc.option(target.map(({ kind: _kind, ...place }) => place));
    const container = fc.record({ kind: fc.constant("container" as const), engine: fc.constantFrom(...CONTAINER_ENGINES), name: fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,40}$/), host });
    const name = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
    const pod = fc.record({
      kind: fc.constant("pod" as const), context: fc.option(fc.stringMatching(/^[a-z0-9_][a-zA-Z0-9_.:@\/+-]{0,40}$/)), namespace: name, pod: name, container: fc.option(name), host,
    });
    fc.assert(fc.property(fc.oneof(target, container, pod), (made) => {
      expect(parseTarget(formatTarget(made))).toEqual(made);
    }));
  });
});
