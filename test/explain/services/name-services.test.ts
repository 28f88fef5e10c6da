import { describe, expect, it } from "vitest";
import { explain } from "../../../src/explain/explain";
import { configuredTimeout } from "../../../src/explain/diagnosis/configured-timeout";
import { contradicting, sayAllHow } from "../../../src/model/name-agreement";
import type { ConfiguredEndpoint, NamedEndpoint, Service, ServiceKind } from "../../../src/model/service";
import type { Snapshot } from "../../../src/model/snapshot";
import type { Socket } from "../../../src/model/socket";
import { listener, look, process, socket } from "../look-builder";

const says = (host: string, port: number, kind: ServiceKind, more: Partial<ConfiguredEndpoint> = {}): ConfiguredEndpoint => ({ host, port, kind, name: host, key: "DATABASE_URL", file: "docker-compose.yml", line: 14, ...more });
function at(remote: string, configured: readonly ConfiguredEndpoint[], more: Partial<Snapshot> = {}, sockets: readonly Socket[] = []): Service | undefined {
  const { services } = explain({ snapshots: [look([socket("ESTABLISHED", `${remote.startsWith("127.") ? "127.0.0.1" : "10.0.0.7"}:45000`, remote, { by: { pid: 5, process: "app" } }), ...sockets], more)], configured });
  const port = Number(remote.slice(remote.lastIndexOf(":") + 1));
  return services.find((one) => one.port === port && one.address === remote.slice(0, remote.lastIndexOf(":")));
}
const sources = (service: Service | undefined): (string | undefined)[] => (service?.how ?? []).map((how) => how.source);

describe("what stands at a far end", () => {
  it("is told by the workspace, with the place and without the value", () => {
    const service = at("10.0.0.3:3306", [says("10.0.0.3", 3306, "mysql", { name: "orders" })]);
    expect(service).toMatchObject({ name: "orders", kind: "mysql", address: "10.0.0.3", port: 3306 });
    expect(service?.how[0]).toMatchObject({ source: "workspace-config", text: "docker-compose.yml:14 (DATABASE_URL)", file: "docker-compose.yml", line: 14 });
    expect(sources(service)).toEqual(["workspace-config", "well-known-port"]);
  });
  it("is told through the target's /etc/hosts", () => {
    const service = at("10.0.0.3:3306", [says("mysql-lb", 3306, "mysql")], { hostNames: [{ address: "10.0.0.3", name: "MySQL-LB", from: "/etc/hosts" }] });
    expect(service?.name).toBe("mysql-lb");
    expect(service?.how[0]?.text).toContain("/etc/hosts maps to this address");
    expect(sources(service)).toEqual(["workspace-config", "hosts-file", "well-known-port"]);
  });
  it("is told by a name alone when only one has that port, and it says so", () => {
    const service = at("172.18.0.3:5432", [says("db", 5432, "postgresql")]);
    expect(service).toMatchObject({ name: "db", kind: "postgresql" });
    expect(service?.how[0]?.text).toContain("not looked up");
  });
  it("is not told by a name that the hosts file places elsewhere, by several names, or at a port that everybody uses", () => {
    expect(at("10.0.0.3:3306", [says("db", 3306, "mysql")], { hostNames: [{ address: "10.0.0.99", name: "db", from: "/etc/hosts" }] })?.name).toBe("mysql");
    expect(at("10.0.0.3:3306", [says("db1", 3306, "mysql"), says("db2", 3306, "mysql")])?.name).toBe("mysql");
    expect(at("10.0.0.3:443", [says("api.internal", 443, "http")])?.name).toBe("https");
  });
  it("is told by this host's own listener, and by what the workspace calls it when that is a go-between", () => {
    const own = (name: string, pid: number) => [listener("0.0.0.0:13306", 0, 80, { pid, process: name })];
    expect(at("127.0.0.1:13306", [], { processes: [process(70, "mariadbd")] }, own("mariadbd", 70))).toMatchObject({ name: "mariadbd", kind: "mysql" });
    const behind = at("127.0.0.1:13306", [says("127.0.0.1", 13306, "mysql", { name: "shop-db" })], {}, own("haproxy", 90));
    expect(behind).toMatchObject({ name: "shop-db", kind: "mysql" });
    expect(sources(behind)).toEqual(["own-listener", "workspace-config"]);
    expect(at("10.0.0.7:13306", [says("localhost", 13306, "mysql", { name: "db" })], {}, own("docker-proxy", 91))).toMatchObject({ name: "db", kind: "mysql" });
  });
  it("keeps sources that disagree, and believes the strongest", () => {
    const service = at("127.0.0.1:6379", [says("127.0.0.1", 6379, "mysql", { name: "odd" })], {}, [listener("127.0.0.1:6379", 0, 511, { pid: 8, process: "redis-server" })]);
    expect(service).toMatchObject({ name: "redis-server", kind: "redis" });
    expect(service?.how.map((how) => how.kind)).toEqual(["redis", "mysql", "redis"]);
  });
  it("takes a family from the workspace and the product from the port", () => {
    expect(at("10.0.0.3:3306", [says("10.0.0.3", 3306, "database", { name: "DB" })])).toMatchObject({ name: "DB", kind: "mysql" });
    expect(at("10.0.0.3:8080", [says("10.0.0.3", 8080, "database", { name: "DB" })])).toMatchObject({ kind: "database" });
  });
  it("prefers what is deployed to what tests name", () => {
    expect(at("10.0.0.3:3306", [says("10.0.0.3", 3306, "mysql", { name: "fake", file: "pkg/db_test.go" }), says("10.0.0.3", 3306, "mysql", { name: "orders", file: "config.yaml" })])?.name).toBe("orders");
  });
  it("is not told when nothing tells", () => {
    expect(at("10.0.0.3:31999", [])).toBeUndefined();
  });
  it("is told by the name that a capture prints", () => {
    expect(at("db.internal:31999", [])).toMatchObject({ name: "db.internal", how: [{ source: "capture" }] });
  });
});

describe("names at the size of real hosts", () => {
  it("takes a Compose service with a container name for one service", () => {
    expect(at("172.18.0.3:3306", [says("db", 3306, "mysql", { name: "db" }), says("shop-db-1", 3306, "mysql", { name: "db" })])).toMatchObject({ name: "db", kind: "mysql" });
  });
});

describe("names from the target and from lists about it", () => {
  const named = (more: Partial<NamedEndpoint>): NamedEndpoint => ({ address: "10.0.0.3", port: null, name: "db1.prod.example", kind: "other", source: "reverse-dns", confidence: "medium", text: "the host's resolver gives this name for 10.0.0.3", ...more });

  it("are each given with how sure they are, and those that contradict each other are marked", () => {
    const service = at("10.0.0.3:3306", [says("10.0.0.3", 3306, "mysql", { name: "orders" })], {
      hostNames: [{ address: "10.0.0.3", name: "pg-old", from: "/etc/hosts" }],
      namedEndpoints: [named({}), named({ port: 3306, name: "cache.shop", kind: "redis", source: "kubernetes", confidence: "high", text: "Kubernetes service cache.shop" })],
    });
    expect(service?.how.map(({ source, confidence }) => `${source} ${confidence}`)).toEqual(["workspace-config high", "kubernetes high", "hosts-file medium", "reverse-dns medium", "well-known-port low"]);
    expect(contradicting(service?.how ?? []).map(({ name }) => name)).toEqual(["cache.shop", "db1.prod.example", "mysql"]);
    const said = sayAllHow(service!);
    expect(said[0]).toBe("orders (mysql), high confidence: docker-compose.yml:14 (DATABASE_URL)");
    expect(said[1]).toBe("but cache.shop (redis), high confidence: Kubernetes service cache.shop");
    expect(said[3]).toContain("but db1.prod.example");
  });
  it("a family and a product of it, or a short name and its full one, are no contradiction", () => {
    const service = at("10.0.0.3:3306", [says("10.0.0.3", 3306, "database", { name: "DB" })], { hostNames: [{ address: "10.0.0.3", name: "db1", from: "/etc/hosts" }], namedEndpoints: [named({})] });
    expect(contradicting(service?.how ?? [])).toEqual([]);
  });
  it("what says only which product it is, is no name to contradict", () => {
    const front: ConfiguredEndpoint = says("10.0.0.3", 3306, "mysql", { name: "mysql", file: "/etc/haproxy/haproxy.cfg" });
    expect(contradicting(at("10.0.0.3:3306", [says("10.0.0.3", 3306, "mysql", { name: "orders" })], { configured: [front] })?.how ?? [])).toEqual([]);
  });
  it("reach configuration that uses a cluster's or the resolver's names", () => {
    const kube = named({ port: 3306, name: "orders-db.shop", source: "kubernetes", confidence: "high", text: "Kubernetes service orders-db.shop" });
    expect(at("10.0.0.3:3306", [says("orders-db.shop.svc.cluster.local", 3306, "mysql", { name: "orders" })], { namedEndpoints: [kube], searchDomains: ["svc.cluster.local"] })?.how[0]).toMatchObject({ source: "workspace-config", confidence: "high" });
    expect(at("10.0.0.3:3306", [says("db1", 3306, "mysql")], { namedEndpoints: [named({})], searchDomains: ["prod.example"] })?.how[0]?.text).toContain("maps to this address");
  });
  it("a pod is named at every port, a service at its own alone", () => {
    const pod = named({ name: "orders-0.shop", source: "kubernetes", text: "Kubernetes pod orders-0.shop" });
    expect(at("10.0.0.3:31999", [], { namedEndpoints: [pod] })?.name).toBe("orders-0.shop");
    expect(at("10.0.0.3:31999", [], { namedEndpoints: [named({ ...pod, port: 3306 })] })).toBeUndefined();
  });
  it("the target's list of ports is told where it differs from the registered one", () => {
    const services: NamedEndpoint = { address: "*", port: 5432, name: "shopdb", kind: "database", source: "services-file", confidence: "low", text: "/etc/services of the host calls port 5432 so" };
    expect(at("10.0.0.3:5432", [], { namedEndpoints: [services] })?.how.map(({ text }) => text)).toEqual(["/etc/services of the host calls port 5432 so; the registered name is postgresql", "port 5432 is usually postgresql"]);
    expect(at("10.0.0.3:5432", [], { namedEndpoints: [{ ...services, name: "postgresql" }] })?.how).toHaveLength(1);
  });
  it("a load balancer on the host is named by what its own configuration puts behind it, with its idle times", () => {
    const front: ConfiguredEndpoint = { host: "localhost", port: 13306, kind: "mysql", name: "orders-in", key: "frontend orders-in", file: "/etc/haproxy/haproxy.cfg", line: 9, behind: [{ host: "10.0.0.3", port: 3306, name: "db1" }], timeouts: [{ directive: "timeout server", ms: 8000, file: "/etc/haproxy/haproxy.cfg", line: 4 }] };
    const service = at("127.0.0.1:13306", [], { configured: [front] }, [listener("127.0.0.1:13306", 0, 80, { pid: 90, process: "haproxy" })]);
    expect(service).toMatchObject({ name: "orders-in", kind: "mysql" });
    expect(service?.how[1]).toMatchObject({ source: "load-balancer", file: null, line: null, text: "/etc/haproxy/haproxy.cfg:9 on the host (frontend orders-in), which passes to db1 10.0.0.3:3306", timeouts: [{ ms: 8000 }] });
  });
});

describe("an idle time that a configuration sets", () => {
  const measured = (ms: number) => ({ medianMs: ms, lowMs: ms, highMs: ms, sockets: 4 });
  const service = (ms: number): Service => ({ name: "lb", kind: "mysql", address: "10.0.0.3", port: 3306, how: [{ source: "load-balancer", text: "", name: "lb", kind: "mysql", confidence: "high", file: null, line: null, timeouts: [{ directive: "timeout server", ms, file: "haproxy.cfg", line: 14 }, { directive: "timeout client", ms: 30_000, file: "haproxy.cfg", line: 13 }] }] });

  it("is cited with its line when it is the one that was measured", () => {
    expect(configuredTimeout(service(8000), measured(8003), [1, 2])).toMatchObject([{ supports: true, text: expect.stringContaining("haproxy.cfg:14 sets timeout server to 8.0 s") as string, sockets: [1, 2] }]);
  });
  it("is cited as one that an upper limit allows, when probes may have stretched what was measured", () => {
    expect(configuredTimeout(service(8000), measured(23_000), [1], true).map(({ figure }) => figure)).toEqual(["8.0 s"]);
    expect(configuredTimeout(service(60_000), measured(23_000), [1], true)).toEqual([]);
  });
  it("is not cited when another one was measured, or none", () => {
    expect(configuredTimeout(service(60_000), measured(8003), [])).toEqual([]);
    expect(configuredTimeout(service(8000), null, [])).toEqual([]);
    expect(configuredTimeout(null, measured(8000), [])).toEqual([]);
  });
});
