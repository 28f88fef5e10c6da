import { describe, expect, it } from "vitest";
import { explain } from "../../../src/explain/explain";
import type { ConfiguredEndpoint, Service, ServiceKind } from "../../../src/model/service";
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
