import { describe, expect, it } from "vitest";
import { endpointsOfEnvoy } from "../../../src/observe/config/envoy";
import { endpointsOfHaproxy, endpointsOfHaproxyFiles } from "../../../src/observe/config/haproxy";
import { endpointsOfNginxFiles } from "../../../src/observe/config/nginx";
import { readDuration } from "../../../src/observe/config/duration";
import { readYamlTrees } from "../../../src/observe/config/yaml";

describe("times in configurations", () => {
  it.each([
    ["8s", "ms", 8000], ["8000", "ms", 8000], ["60", "s", 60_000], ["1m30s", "s", 90_000], ["1h 30m", "s", 5_400_000], ["0.25s", "s", 250], ["500us", "ms", 0.5], ["3600s", "s", 3_600_000], ["2d", "ms", 172_800_000],
  ] as const)("%s", (written, unit, ms) => {
    expect(readDuration(written, unit)).toBe(ms);
  });
  it.each(["", "s", "-1s", "10 apples", "1s;", "$timeout"])("is none: %j", (written) => {
    expect(readDuration(written, "s")).toBeNull();
  });
});

describe("HAProxy", () => {
  const text = `
defaults
  mode tcp
  timeout connect 1s
  timeout client 30s
  timeout server 8s
frontend mysql-in
  bind 127.0.0.1:3399
  use_backend reads if { src 10.0.0.0/8 }
  default_backend mysql
defaults slow
  timeout client 1m
backend mysql
  timeout server 9000
  server db1 10.0.0.3:3306
backend reads from slow
  timeout tunnel 1h
  server db2 10.0.0.4:3306
`;
  const found = endpointsOfHaproxy("h.cfg", text);
  const front = found.find((one) => one.port === 3399);

  it("says what stands behind a frontend, in its backends' order", () => {
    expect(front?.behind).toEqual([{ host: "10.0.0.3", port: 3306, name: "db1" }, { host: "10.0.0.4", port: 3306, name: "db2" }]);
    expect(front).toMatchObject({ kind: "mysql", name: "mysql-in", line: 8 });
  });
  it("says how long it waits, with the line that says so; a backend's own word beside the defaults", () => {
    const said = front?.timeouts?.map(({ directive, ms, line }) => `${directive} ${ms} ${line}`);
    expect(said).toEqual(["timeout client 30000 5", "timeout server 8000 6", "timeout client 60000 12", "timeout server 9000 14", "timeout tunnel 3600000 17"]);
    expect(found.find((one) => one.host === "10.0.0.3")?.timeouts?.map(({ ms }) => ms)).toEqual([60_000, 9000]);
  });
  it("joins the files of one configuration, each with its own lines", () => {
    const [bind] = endpointsOfHaproxyFiles([{ file: "a.cfg", text: "frontend f\n  bind :5000\n  default_backend b\n" }, { file: "b.cfg", text: "\n\nbackend b\n  timeout server 5s\n  server s 10.1.1.1:5432\n" }]);
    expect(bind).toMatchObject({ file: "a.cfg", line: 2, kind: "postgresql", behind: [{ host: "10.1.1.1" }], timeouts: [{ file: "b.cfg", line: 4, ms: 5000 }] });
  });
});

describe("nginx", () => {
  const main = { file: "/etc/nginx/nginx.conf", text: "http {\n  keepalive_timeout 65;\n  include conf.d/*.conf;\n}\nstream {\n  upstream pg { server 10.0.0.5:5432; }\n  server { listen 15432; proxy_timeout 10m; proxy_pass pg; }\n}\n" };
  const shop = { file: "/etc/nginx/conf.d/shop.conf", text: "server {\n  listen 8081 default_server;\n  listen [::]:8081;\n  server_name _ shop.test;\n  location /slow { proxy_read_timeout 3s; proxy_pass http://shop; }\n  location /php { fastcgi_pass 127.0.0.1:9000; }\n  location = /re\\d{2} { return 204; }\n}\n" };
  const ups = { file: "/etc/nginx/conf.d/up.conf", text: "upstream shop {\n  server 127.0.0.1:8899 weight=2;\n  server api.internal:8080;\n  keepalive 8;\n}\n" };
  const found = endpointsOfNginxFiles([main, shop, ups]);
  const at = (port: number) => found.filter((one) => one.port === port);

  it("says what stands behind a port, over the borders of files", () => {
    expect(at(8081).map(({ name, line, file }) => `${name} ${file}:${line}`)).toEqual(["shop.test /etc/nginx/conf.d/shop.conf:2", "shop.test /etc/nginx/conf.d/shop.conf:3"]);
    expect(at(8081)[0]?.behind).toEqual([{ host: "127.0.0.1", port: 8899, name: null }, { host: "api.internal", port: 8080, name: null }, { host: "127.0.0.1", port: 9000, name: null }]);
  });
  it("ties a time to the upstream that it holds for", () => {
    expect(at(8899)[0]?.timeouts).toEqual([{ directive: "proxy_read_timeout", ms: 3000, file: shop.file, line: 5 }]);
    expect(at(15432)[0]).toMatchObject({ kind: "postgresql", name: "pg", timeouts: [{ directive: "proxy_timeout", ms: 600_000, line: 7 }] });
  });
  it("reads what is broken up to where it breaks, and never throws", () => {
    for (const text of ["server { listen 80; location / { proxy_pass http://a:1; ", "}}}}", "server {{{{", "listen 'never closed", "upstream x { server ${A}:1; }", "{".repeat(5000)]) expect(() => endpointsOfNginxFiles([{ file: "n", text }])).not.toThrow();
    expect(endpointsOfNginxFiles([{ file: "n", text: "server { listen 80; location / { proxy_pass http://10.0.0.1:81; " }]).map((one) => one.port).sort()).toEqual([80, 81]);
  });
});

describe("Envoy", () => {
  const text = `static_resources:
  listeners:
    - name: mysql_in
      address: { socket_address: { address: 0.0.0.0, port_value: 3307 } }
      filter_chains:
        - filters:
            - name: envoy.filters.network.tcp_proxy
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                cluster: orders_db
                idle_timeout: 60s
    - name: web
      address:
        socket_address:
          address: 10.0.0.7
          port_value: 8443
      filter_chains:
        - filters:
            - typed_config:
                stream_idle_timeout: 300s
                route_config:
                  virtual_hosts:
                    - routes:
                        - match: { prefix: / }
                          route: { weighted_clusters: { clusters: [{ name: blue, weight: 90 }, { name: green, weight: 10 }] }, timeout: 0.5s }
  clusters:
    - name: orders_db
      connect_timeout: 1s
      health_checks: [{ timeout: 2s, interval: 5s }]
      load_assignment:
        endpoints:
          - lb_endpoints:
              - endpoint: { address: { socket_address: { address: db1.internal, port_value: 3306 } } }
    - name: blue
      load_assignment: { endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address: 10.0.1.1, port_value: 8080 } } } }] }] }
    - name: green
      load_assignment: { endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address: 10.0.1.2, port_value: 8080 } } } }] }] }
`;
  const found = readYamlTrees(text).flatMap((tree) => endpointsOfEnvoy("envoy.yaml", tree));
  const at = (port: number) => found.find((one) => one.port === port);

  it("ties listeners to the endpoints of their clusters, and to the times that hold", () => {
    expect(at(3307)).toMatchObject({ host: "localhost", kind: "mysql", name: "mysql_in", line: 4, behind: [{ host: "db1.internal", port: 3306 }], timeouts: [{ directive: "idle_timeout", ms: 60_000, line: 11 }] });
    expect(at(8443)).toMatchObject({ host: "10.0.0.7", behind: [{ host: "10.0.1.1" }, { host: "10.0.1.2" }] });
    expect(at(8443)?.timeouts?.map(({ directive, ms }) => `${directive} ${ms}`)).toEqual(["stream_idle_timeout 300000", "timeout 500"]);
  });
  it("takes a health check's time for no idle time", () => {
    expect(at(3306)?.timeouts).toBeUndefined();
  });
});
