import { describe, expect, it } from "vitest";
import { createProbeReader } from "../../../src/observe/probe/probe";
import { probeScript, PROBE_SCRIPT } from "../../../src/observe/probe/script";
import type { Snapshot } from "../../../src/model/snapshot";
import { unitOfCgroup } from "../../../src/observe/probe/sections/names";

/** An answer with these sections, each `name [words]` and its lines. */
function answer(...sections: readonly (readonly [string, ...string[]])[]): Snapshot {
  const nonce = "12345678-abcd";
  const text = [`leakline.probe/1 ${nonce}`, ...sections.flatMap(([name, ...lines]) => [`@${nonce} ${name}`, ...lines]), `@${nonce} end`, ""].join("\n");
  const reader = createProbeReader();
  reader.push(text);
  return reader.finish({ target: { kind: "local" }, sentAtMs: 0, endedAtMs: 1, truncated: false, stderr: "", bytes: text.length });
}
const shopd = (pid: number, cgroup = "/system.slice/shop.service", exe = "/opt/shop/shopd"): readonly (readonly [string, ...string[]])[] => [
  ["files", `/proc/${pid}/stat:${pid} (shopd) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 100 0`, `/proc/${pid}/cgroup:0::${cgroup}`],
  ["links", `/proc/${pid}/exe\0${exe}\0`],
];

describe("names that the target has", () => {
  it("takes the last search line of resolv.conf", () => {
    expect(answer(["resolver", "domain old.test", "search Prod.example. svc.cluster.local", "search bad name! ok.test"]).searchDomains).toEqual(["bad", "ok.test"]);
    expect(answer(["resolver", "search Prod.example. svc.cluster.local"]).searchDomains).toEqual(["prod.example", "svc.cluster.local"]);
  });
  it("calls the machine what its cloud calls it, and nothing after a placeholder or an inventory number", () => {
    const { machineNames } = answer(["machine-names", "/sys/class/dmi/id/sys_vendor:Amazon EC2", "/sys/class/dmi/id/product_name:To Be Filled By O.E.M.", "/sys/class/dmi/id/board_asset_tag:INV-00423",
      "/var/lib/cloud/data/instance-id:i-0abc12345", '/run/cloud-init/instance-data.json:"region": "eu-west-1"', '/run/cloud-init/instance-data.json:"region": "eu-west-1"', '/run/cloud-init/instance-data.json:"user_data": "secret"']);
    expect(machineNames?.map(({ what, value }) => `${what}=${value}`)).toEqual(["vendor=Amazon EC2", "instance id=i-0abc12345", "region=eu-west-1"]);
  });
  it("ties a process to its unit and the unit's description", () => {
    const { processes } = answer(...shopd(7), ["units", "/etc/systemd/system/shop.service:Description=The shop"]);
    expect(processes[0]?.identity).toEqual([{ kind: "unit", value: "shop.service", from: "cgroup /system.slice/shop.service" }, { kind: "unit-description", value: "The shop", from: "/etc/systemd/system/shop.service" }]);
    expect(answer(...shopd(7, "/system.slice/system-shop.slice/shop@eu.service"), ["units", "/etc/systemd/system/shop@.service:Description=Shop %i"]).processes[0]?.identity?.[1]?.value).toBe("Shop %i");
  });
  it.each([
    ["/system.slice/mysql.service", "mysql.service"], ["/user.slice/user-1000.slice/user@1000.service/app.slice/shop.service", "shop.service"], ["/user.slice/user-1000.slice/user@1000.service/app.slice/x.scope", null],
    ["/docker/0123abc", null], ["/", null], [null, null], ["/system.slice/a b.service", null],
  ])("unit of %j is %j", (cgroup, unit) => {
    expect(unitOfCgroup(cgroup)).toBe(unit);
  });
  it("takes names from the resolver's answer, less sure of one that is made of the address", () => {
    const { namedEndpoints } = answer(["reverse-dns", "10.0.0.3        DB1.prod.example. db1", "10.0.0.9 ip-10-0-0-9.ec2.internal", "10.0.0.8 $(id)", "nonsense", "999.1.1.1 x"]);
    expect(namedEndpoints?.map(({ address, port, name, source, confidence }) => [address, port, name, source, confidence])).toEqual([
      ["10.0.0.3", null, "db1.prod.example", "reverse-dns", "medium"], ["10.0.0.9", null, "ip-10-0-0-9.ec2.internal", "reverse-dns", "low"],
    ]);
  });
  it("takes the services of a pod's environment, and no variable of another shape", () => {
    const { namedEndpoints } = answer(["service-environment", "MYSQL_PRIMARY_SERVICE_HOST=10.96.4.2", "MYSQL_PRIMARY_SERVICE_PORT=3306", "MYSQL_PRIMARY_SERVICE_PORT_METRICS=9104", "ORPHAN_SERVICE_PORT=80", "API_TOKEN=s3cret", "X_SERVICE_HOST=s3cret"]);
    expect(namedEndpoints?.map(({ address, port, name, kind, confidence }) => [address, port, name, kind, confidence])).toEqual([["10.96.4.2", 3306, "mysql-primary", "mysql", "medium"], ["10.96.4.2", 9104, "mysql-primary", "mysql", "medium"]]);
    expect(JSON.stringify(namedEndpoints)).not.toContain("s3cret");
  });
  it("keeps the registered name of a port for every address", () => {
    expect(answer(["services", "5000 shop-admin", "70000 x", "80 $(id)"]).namedEndpoints).toMatchObject([{ address: "*", port: 5000, name: "shop-admin", source: "services-file", confidence: "low" }]);
  });
});

describe("what a program says of itself", () => {
  it("holds for every process of the same file", () => {
    const { processes } = answer(...shopd(7), ...shopd(8), ...shopd(9, "/", "/opt/other"), ["programs", "7 go-main example.com/acme/shop/cmd/shopd", "7 go-module example.com/acme/shop", "9 go-main $(rm -rf)", "9 nonsense x", "x y"]);
    expect(processes.map(({ pid, identity }) => [pid, identity?.filter(({ kind }) => kind.startsWith("go")).map(({ value }) => value) ?? []])).toEqual([
      [7, ["example.com/acme/shop/cmd/shopd", "example.com/acme/shop"]], [8, ["example.com/acme/shop/cmd/shopd", "example.com/acme/shop"]], [9, []],
    ]);
  });
});

describe("load balancers of the target", () => {
  it("are read with the lines of the host's own files, and their text is not kept", () => {
    const snapshot = answer(["balancer haproxy /etc/haproxy/haproxy.cfg", "3:defaults", "4:  timeout server 8s", "9:frontend f", "10:  bind :3399 # s3cret", "11:  default_backend b", "20:backend b", "21:  server d 10.0.0.3:3306", "not a line", "99999999:x"]);
    expect(snapshot.configured?.[0]).toMatchObject({ host: "localhost", port: 3399, file: "/etc/haproxy/haproxy.cfg", line: 10, timeouts: [{ line: 4, ms: 8000 }] });
    expect(JSON.stringify(snapshot)).not.toContain("s3cret");
  });
  it("are named as missing when their configuration says nothing that we understand", () => {
    expect(answer(["balancer nginx /etc/nginx/nginx.conf", "1:http {", "2:}"]).missing.map(({ what }) => what)).toContain("what stands behind nginx");
    expect(answer(["balancer envoy /e.yaml", "1:{{{{ not yaml", "2: - :"]).missing.map(({ what }) => what)).toContain("what stands behind envoy");
  });
});

describe("what the script asks for", () => {
  it("sends no query and reads no environment unless it was allowed to", () => {
    const first = (script: string) => script.split("\n").slice(0, 2);
    expect(first(PROBE_SCRIPT)).toEqual(["resolve=", "service_environment="]);
    expect(first(probeScript({ resolve: true, serviceEnvironment: true }))).toEqual(["resolve=1", "service_environment=1"]);
    expect(PROBE_SCRIPT.match(/getent hosts|environ\)/g)).toHaveLength(2);
  });
});
