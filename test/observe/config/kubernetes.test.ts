import { describe, expect, it } from "vitest";
import { readOpenedFile } from "../../../src/investigate/read-files";
import { readJson } from "../../../src/observe/config/json";
import { isKubernetes, namesOfKubernetes } from "../../../src/observe/config/kubernetes";

const LIST = JSON.stringify({
  apiVersion: "v1", kind: "List",
  items: [
    { apiVersion: "v1", kind: "Service", metadata: { name: "orders-db", namespace: "shop", annotations: { token: "s3cret" } }, spec: { clusterIP: "10.96.0.9", clusterIPs: ["10.96.0.9", "fd00::9"], externalIPs: ["203.0.113.9"], ports: [{ name: "mysql", port: 3306, protocol: "TCP" }, { port: 53, protocol: "UDP" }] }, status: { loadBalancer: { ingress: [{ ip: "198.51.100.7" }, { hostname: "x.elb" }] } } },
    { apiVersion: "v1", kind: "Service", metadata: { name: "headless", namespace: "shop" }, spec: { clusterIP: "None", ports: [{ port: 80 }] } },
    { apiVersion: "v1", kind: "Endpoints", metadata: { name: "orders-db", namespace: "shop" }, subsets: [{ addresses: [{ ip: "10.244.1.5", targetRef: { kind: "Pod", name: "orders-db-0" } }], ports: [{ port: 3306 }] }] },
    { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", metadata: { name: "cache-x2x9z", namespace: "shop", labels: { "kubernetes.io/service-name": "cache" } }, endpoints: [{ addresses: ["10.244.1.6"] }], ports: [{ name: "redis", port: 6379, protocol: "TCP" }] },
    { apiVersion: "v1", kind: "Pod", metadata: { name: "web-5d9-abc", namespace: "shop" }, spec: { containers: [{ env: [{ name: "P", value: "s3cret" }] }] }, status: { phase: "Running", podIP: "10.244.1.7", podIPs: [{ ip: "10.244.1.7" }] } },
    { apiVersion: "v1", kind: "Pod", metadata: { name: "agent", namespace: "kube-system" }, spec: { hostNetwork: true }, status: { podIP: "192.168.1.2" } },
    { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, data: { password: "s3cret" } },
  ],
});

describe("what kubectl tells of a cluster", () => {
  it("names services, the pods behind them, and pods", () => {
    const names = namesOfKubernetes(readJson(LIST)!);
    expect(names.map(({ address, port, name, kind, confidence }) => `${address} ${port} ${name} ${kind} ${confidence}`)).toEqual([
      "10.96.0.9 3306 orders-db.shop mysql high", "fd00::9 3306 orders-db.shop mysql high", "203.0.113.9 3306 orders-db.shop mysql high", "198.51.100.7 3306 orders-db.shop mysql high",
      "10.244.1.5 3306 orders-db.shop mysql high", "10.244.1.6 6379 cache.shop redis high", "10.244.1.7 null web-5d9-abc.shop other medium",
    ]);
    expect(names[4]?.text).toBe("Kubernetes endpoint of the service orders-db.shop, pod orders-db-0");
    expect(JSON.stringify(names)).not.toContain("s3cret");
  });
  it("is recognised, empty too, and nothing else is taken for it", () => {
    for (const text of [LIST, '{"apiVersion":"v1","kind":"List","items":[]}', '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"x"}}']) expect(isKubernetes(readJson(text)!)).toBe(true);
    for (const text of ["{}", '{"kind":"Service"}', '{"schema":"leakline.snapshot/1"}', "[1]", '{"apiVersion":"apps/v1","kind":"Deployment"}']) expect(isKubernetes(readJson(text)!)).toBe(false);
  });
  it("never throws on what is broken", () => {
    for (let length = 0; length < LIST.length; length += 11) {
      const tree = readJson(LIST.slice(0, length));
      if (tree !== null) expect(() => namesOfKubernetes(tree)).not.toThrow();
    }
  });
  it("is opened as a file beside a capture", async () => {
    async function* chunks() {
      yield new TextEncoder().encode(LIST);
    }
    expect(await readOpenedFile({ name: "k.json", chunks: chunks() }, new AbortController().signal)).toMatchObject({ kind: "names", names: { length: 7 } });
  });
});
