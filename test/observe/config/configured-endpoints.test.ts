import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isConfigFile, readConfiguredEndpoints } from "../../../src/observe/config/configured-endpoints";

/** `host:port kind line` of each endpoint: what most tests are about. */
function ends(file: string, text: string): string[] {
  return readConfiguredEndpoints(file, text).map((one) => `${one.host}:${one.port} ${one.kind} ${one.line}`);
}

describe("connection strings", () => {
  it.each([
    ["mysql://shop:s3cret@mysql-lb:3306/shop", "mysql-lb:3306 mysql"],
    ["mysql://shop:s3cret@db.internal/shop", "db.internal:3306 mysql"],
    ["mysql+pymysql://u:s3cret@10.0.0.3:3307/shop?charset=utf8mb4", "10.0.0.3:3307 mysql"],
    ["postgres://u:s3cret@10.0.0.4/shop?sslmode=disable", "10.0.0.4:5432 postgresql"],
    ["postgresql+asyncpg://u:s3cret@[2001:db8::5]:6432/shop", "2001:db8::5:6432 postgresql"],
    ["redis://:s3cret@cache:6380/0", "cache:6380 redis"],
    ["rediss://cache.internal", "cache.internal:6379 redis"],
    ["mongodb+srv://u:s3cret@cluster0.abc.mongodb.net/shop", "cluster0.abc.mongodb.net:27017 mongodb"],
    ["amqp://guest:s3cret@rabbit:5672/%2f", "rabbit:5672 rabbitmq"],
    ["https://payments.internal:8443/v1?key=s3cret", "payments.internal:8443 http"],
    ["http://127.0.0.1:9999/slow", "127.0.0.1:9999 http"],
    ["jdbc:mysql://10.0.0.3:3306/shop?password=s3cret", "10.0.0.3:3306 mysql"],
    ["jdbc:postgresql://pg/shop", "pg:5432 postgresql"],
    ["jdbc:sqlserver://sql1:1433;databaseName=shop;password=s3cret", "sql1:1433 mssql"],
    ["jdbc:oracle:thin:shop/s3cret@10.0.0.9:1521:ORCL", "10.0.0.9:1521 oracle"],
    ["shop:s3cret@tcp(10.0.0.3:3306)/shop?parseTime=true", "10.0.0.3:3306 mysql"],
    ["shop:s3cret@tcp(127.0.0.1:13306)/shop", "127.0.0.1:13306 mysql"],
    ["shop:s3cret@tcp(mysql-lb)/shop", "mysql-lb:3306 mysql"],
    ["shop:s3cret@tcp([::1]:3306)/shop", "::1:3306 mysql"],
    ["host=10.0.0.4 port=5433 user=shop password=s3cret dbname=shop", "10.0.0.4:5433 postgresql"],
    ["user=shop password=s3cret host=pg dbname=shop sslmode=require", "pg:5432 postgresql"],
    ["Server=10.0.0.5,1434;Database=shop;User Id=sa;Password=s3cret;", "10.0.0.5:1434 database"],
    ["Data Source=tcp:sql1;Initial Catalog=shop;User ID=sa;Password=s3cret", "sql1:1433 mssql"],
    ["Host=pg;Port=5433;Database=shop;Username=u;Password=s3cret", "pg:5433 postgresql"],
    // Passwords that were never encoded.
    ["mysql://shop:s3c@ret@10.0.0.3:3306/shop", "10.0.0.3:3306 mysql"],
    ["mysql://shop:s3c/ret@10.0.0.3:3306/shop", "10.0.0.3:3306 mysql"],
    ["mysql://shop:123/s3c#ret?@10.0.0.3/shop", "10.0.0.3:3306 mysql"],
  ])("%s", (dsn, expected) => {
    for (const [file, text] of [["main.go", `package main\nvar dsn = "${dsn}"\n`], ["app.py", `import os\nDSN = '${dsn}'\n`], [".env", `\nDSN="${dsn}"\n`], ["config.yaml", `app:\n  dsn: "${dsn}"\n`], ["app.json", `{\n "dsn": "${dsn}"}\n`]] as const) {
      expect(ends(file, text)).toEqual([`${expected} 2`]);
    }
  });

  it("gives every host of a list", () => {
    expect(ends("a.py", 'x = "mongodb://u:p@m1:27017,m2:27018,m3/db?replicaSet=rs"')).toEqual(["m1:27017 mongodb 1", "m2:27018 mongodb 1", "m3:27017 mongodb 1"]);
    expect(ends("a.properties", "bootstrap.servers=k1:9092,k2:9092")).toEqual(["k1:9092 kafka 1", "k2:9092 kafka 1"]);
    expect(ends(".env", "MEMCACHED_SERVERS=10.0.0.1:11211, 10.0.0.2:11211")).toEqual(["10.0.0.1:11211 memcached 1", "10.0.0.2:11211 memcached 1"]);
  });

  it.each([
    "fmt.Sprintf(\"%s:%s@tcp(%s:%s)/%s\", user, pass, host, port, name)",
    "f\"postgresql://{user}:{password}@{host}:{port}/{name}\"",
    "mysql://${USER}:${PASS}@${HOST}:${PORT}/db",
    "xmlns=\"http://www.w3.org/2001/XMLSchema\"",
    "see https://github.com/go-sql-driver/mysql",
    "tcp(12, 13)",
    "// old: mysql://root@10.0.0.3:3306/x",
    "file:///etc/passwd", "urn:isbn://", "://", "a://b", "mysql://", "time 12:30:00", "ratio 3:4",
  ])("is silent on %s", (text) => {
    expect(ends("main.go", `${text}\n`)).toEqual([]);
  });
});

describe("environment files", () => {
  it("joins host and port by their stem", () => {
    const found = readConfiguredEndpoints(".env.production", "# shop\nDB_HOST=10.0.0.3\nDB_PASSWORD=s3cret\nexport DB_PORT=3307\nREDIS_HOST='cache-1'\n");
    expect(found).toEqual([
      { host: "10.0.0.3", port: 3307, kind: "database", name: "DB", key: "DB_HOST", file: ".env.production", line: 2 },
      { host: "cache-1", port: 6379, kind: "redis", name: "cache-1", key: "REDIS_HOST", file: ".env.production", line: 5 },
    ]);
  });
  it("takes the product from its type, its port, or its stem", () => {
    expect(ends(".env", "DB_CONNECTION=mysql\nDB_HOST=127.0.0.1\n")).toEqual(["127.0.0.1:3306 mysql 2"]);
    expect(ends(".env", "DB_HOST=127.0.0.1\nDB_PORT=5432\n")).toEqual(["127.0.0.1:5432 postgresql 1"]);
    expect(ends(".env", "SHOP_MYSQL_HOSTNAME=a.b\nSHOP_MYSQL_PORT=13306\n")).toEqual(["a.b:13306 mysql 1"]);
  });
  it("fills variables of the same file and defaults", () => {
    expect(ends(".env", "HOST_A=10.1.1.1\nDATABASE_URL=mysql://u:p@${HOST_A}:${PORT_A:-3309}/x\n")).toEqual(["10.1.1.1:3309 mysql 2"]);
  });
  it("survives an open quote and reads on", () => {
    expect(ends(".env", "A=\"never closed\nDATABASE_URL=mysql://10.0.0.3/x\n".replace('"never', '"never'))).toEqual(["10.0.0.3:3306 mysql 2"]);
  });
  it("reads Dockerfile ENV and shell exports", () => {
    expect(ends("Dockerfile", "FROM x\nENV DB_HOST=pg DB_PORT=5432\nENV REDIS_HOST cache\n")).toEqual(["pg:5432 postgresql 2", "cache:6379 redis 3"]);
    expect(ends("run.sh", "#!/bin/sh\nexport AMQP_URL=amqp://rabbit/\n")).toEqual(["rabbit:5672 rabbitmq 2"]);
    expect(ends("shop.service", "[Service]\nEnvironment=DB_HOST=10.0.0.3\nEnvironment=\"DB_PORT=3306\"\n")).toEqual(["10.0.0.3:3306 mysql 2"]);
  });
});

describe("Compose", () => {
  const compose = `
services:
  db:
    image: bitnami/mariadb:11.4
    ports:
      - "13306:3306"
      - target: 3306
        published: "23306"
        host_ip: 127.0.0.1
  cache:
    image: \${REDIS_IMAGE:-redis:7}
  web:
    build: .
    ports: ["127.0.0.1:8081:8080", "9090-9091:9190-9191", "53:53/udp", "7000"]
    environment:
      - DATABASE_URL=mysql://shop:s3cret@db:3306/shop
      - CACHE_HOST=cache
      - CACHE_PORT=6379
  worker:
    image: shop/worker
    environment: { PG_HOST: pg.internal, PG_PORT: 5432 }
`;
  const found = readConfiguredEndpoints("deploy/docker-compose.prod.yml", compose);
  const at = (host: string, port: number) => found.find((one) => one.host === host && one.port === port);

  it("gives a service under its own name and at its published port", () => {
    expect(at("db", 3306)).toMatchObject({ kind: "mysql", name: "db", line: 6 });
    expect(at("localhost", 13306)).toMatchObject({ kind: "mysql", name: "db", line: 6 });
    expect(at("127.0.0.1", 23306)).toMatchObject({ kind: "mysql", name: "db" });
  });
  it("gives a database without ports at its usual one", () => {
    expect(at("cache", 6379)).toMatchObject({ kind: "redis", name: "cache", key: "services.cache.image" });
    expect(ends("compose.yaml", "services:\n  pg:\n    image: registry.example.net:5000/library/postgres:16\n")).toEqual(["pg:5432 postgresql 3"]);
  });
  it("reads ranges, addresses and single ports, and no UDP", () => {
    expect(at("127.0.0.1", 8081)).toBeDefined();
    expect([at("localhost", 9090), at("localhost", 9091), at("web", 9190), at("web", 7000)].every((one) => one !== undefined)).toBe(true);
    expect(found.some((one) => one.port === 53)).toBe(false);
  });
  it("reads environments in list and in map form", () => {
    expect(found.find((one) => one.key === "DATABASE_URL")).toMatchObject({ host: "db", port: 3306, line: 16 });
    expect(at("pg.internal", 5432)).toMatchObject({ kind: "postgresql" });
  });
});

describe("structured configuration", () => {
  it.each([
    ["application.yml", "spring:\n  datasource:\n    url: jdbc:mysql://10.0.0.3:3306/x\n  redis:\n    host: r1\n    port: 6390\n", ["10.0.0.3:3306 mysql 3", "r1:6390 redis 5"]],
    ["application.properties", "spring.datasource.url=jdbc:postgresql://${DB_HOST:pg}:5432/x\nspring.redis.host=r1\nspring.redis.port=6390\n", ["pg:5432 postgresql 1", "r1:6390 redis 2"]],
    ["config.toml", "[database]\nhost = \"10.0.0.3\"\nport = 3306\n\n[[cache]]\naddr = \"c1:6379\"\n[[cache]]\naddr = \"c2:6379\"\n", ["10.0.0.3:3306 mysql 2", "c1:6379 redis 6", "c2:6379 redis 8"]],
    ["config.toml", "database = { host = \"pg\", port = 5432 }\n", ["pg:5432 postgresql 1"]],
    ["config.toml", "broken = = 1\n[database]\nhost = \"pg\"\nport = 5432\n", ["pg:5432 postgresql 3"]],
    ["app.ini", "[mysql]\nhost = 10.0.0.3 ; the primary\nport = 3307\n", ["10.0.0.3:3307 mysql 2"]],
    ["settings.json", "{\n  // the shop's\n  \"db\": {\"host\": \"10.0.0.3\", \"port\": 3306,},\n\t\"url\": \"http://a.b:81/x\"\n}", ["10.0.0.3:3306 mysql 3", "a.b:81 http 4"]],
    ["config.json", "{\"elastic\": {\"nodes\": [\"e1:9200\", \"http://e2:9200\"]}}", ["e1:9200 elasticsearch 1", "e2:9200 elasticsearch 1"]],
    ["deploy.yaml", "kind: Deployment\nspec:\n  containers:\n  - env:\n    - name: DB_HOST\n      value: mysql-lb\n    - name: DB_PORT\n      value: \"3306\"\n", ["mysql-lb:3306 mysql 6"]],
    ["a.yaml", "base: &db\n  host: 10.0.0.3\n  port: 3306\nprod:\n  <<: *db\n", ["10.0.0.3:3306 mysql 2"]],
    ["envoy.yaml", "endpoint:\n  address:\n    socket_address: { address: 10.0.0.3, port_value: 3306 }\n", ["10.0.0.3:3306 mysql 3"]],
    ["values.yaml", "db:\n  host: {{ .Values.db.host }}\n  dsn: mysql://u:p@10.0.0.3:3306/x\n", ["10.0.0.3:3306 mysql 3"]],
    ["web.config", "<add name=\"x\" connectionString=\"Server=sql1;Database=x;User Id=u;Password=s3cret\" />", ["sql1:1433 mssql 1"]],
    ["conf/app.conf", "httpport = 8080\n\n[db]\ndsn = root:s3cret@tcp(127.0.0.1:13306)/shop\n", ["127.0.0.1:13306 mysql 4"]],
    ["camel.json", "{\"dbHost\": \"h1\", \"dbPort\": \"3306\", \"listen\": \"0.0.0.0:8080\"}", ["h1:3306 mysql 1"]],
  ])("%s", (file, text, expected) => {
    expect(ends(file, text)).toEqual(expected);
  });

  it("reads HAProxy: binds stand for what is behind them", () => {
    const text = "defaults\n  mode tcp\nlisten mysql-lb\n  bind *:13306\n  timeout server 8s\n  server db1 10.0.0.3:3306 check\nfrontend web\n  bind :80\n  default_backend api\nbackend api\n  mode http\n  server a1 10.0.0.8:8080 # old\n";
    expect(ends("haproxy.cfg", text)).toEqual(["localhost:13306 mysql 4", "10.0.0.3:3306 mysql 6", "localhost:80 http 8", "10.0.0.8:8080 http 12"]);
    expect(readConfiguredEndpoints("haproxy.cfg", text)[0]?.name).toBe("mysql-lb");
  });
  it("reads nginx upstreams and passes", () => {
    const text = "upstream front {\n  server 127.0.0.1:8888;\n  server 10.0.0.9;\n}\nserver {\n  listen 80;\n  location / { proxy_pass http://front; }\n  location /x { uwsgi_pass 127.0.0.1:3031; }\n  location /y { proxy_pass http://10.0.0.5:8000; }\n}\n";
    expect(ends("nginx.conf", text).filter((one) => !one.startsWith("front:"))).toEqual(["127.0.0.1:8888 http 2", "10.0.0.9:80 http 3", "localhost:80 http 6", "127.0.0.1:3031 http 8", "10.0.0.5:8000 http 9"]);
  });
});

describe("source code", () => {
  it.each([
    ["main.go", "rdb := redis.NewClient(&redis.Options{Addr: \"localhost:6379\"})", ["localhost:6379 redis 1"]],
    ["settings.py", "DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'HOST': '10.0.0.3', 'PORT': '3307'}}", ["10.0.0.3:3307 mysql 1"]],
    ["db.py", "conn = pymysql.connect(host=\"10.0.0.3\", port=3306, user=\"u\", password=\"s3cret\")", ["10.0.0.3:3306 mysql 1"]],
    ["db.py", "conn = psycopg2.connect(host='pg')\n", ["pg:5432 postgresql 1"]],
    ["main.go", "http.ListenAndServe(\":8080\", nil)\nt := \"12:30\"\nx := \"a:80\"", []],
    ["main.go", "orm.RegisterDataBase(\"default\", \"mysql\", \"root:s3cret@tcp(127.0.0.1:13306)/shop\")", ["127.0.0.1:13306 mysql 1"]],
    ["app.py", "\n\nreturn urllib.request.urlopen(\"http://127.0.0.1:9999/slow\").read()", ["127.0.0.1:9999 http 3"]],
  ])("%s %s", (file, text, expected) => {
    expect(ends(file, text)).toEqual(expected);
  });
});

describe("other people's habits", () => {
  it.each([
    [".env", "SPRING_DATA_REDIS_HOST=redis7\nSPRING_KAFKA_BOOTSTRAP_SERVERS=broker:29092\n#OLD_URL=mysql://10.9.9.9/x\nMYSQL_HOST=host.docker.internal\n", ["redis7:6379 redis 1", "broker:29092 kafka 2", "host.docker.internal:3306 mysql 4"]],
    ["docker-compose.yml", "services:\n  kafka:\n    image: confluentinc/cp-kafka:7\n    environment:\n      KAFKA_LISTENERS: PLAINTEXT://0.0.0.0:9092\n      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:29092,PLAINTEXT_HOST://localhost:9092\n", ["kafka:9092 kafka 3", "kafka:29092 kafka 6", "localhost:9092 kafka 6"]],
    ["config.yml", "bundles:\n  - db_type: postgres\n    db_host: db1\n    db_port: '5433'\n  - db_type: mysql\n    db_host: db2\n", ["db1:5433 postgresql 3", "db2:3306 mysql 6"]],
    ["fabric.yaml", "db:\n  datasource: host=10.0.0.4 port=5432 user=u password=s3cret dbname=ca sslmode=verify-full\n", ["10.0.0.4:5432 postgresql 2"]],
    ["broken.json", "{\"db\": {\"host\": \"10.0.0.3\", \"port\": 3306, \"user\": ", ["10.0.0.3:3306 mysql 1"]],
    ["broken.yaml", "db:\n  host: 10.0.0.3\n  port: 3306\n other: [1, 2\n", ["10.0.0.3:3306 mysql 2"]],
  ])("%s %#", (file, text, expected) => {
    expect(ends(file, text)).toEqual(expected);
  });
});

describe("always", () => {
  it("never gives away a secret", () => {
    const word = fc.stringMatching(/^[A-Za-z0-9!#$%&*()_+,.:;?~-]{8,16}$/).map((text) => `Zq${text}qZ`);
    fc.assert(fc.property(word, fc.constantFrom(".env", "a.yaml", "a.json", "a.toml", "a.go", "a.properties", "haproxy.cfg", "docker-compose.yml"), (secret, file) => {
      const quoted = secret.replaceAll("\\", "");
      const texts = [
        `DB_HOST=10.0.0.3\nDB_PORT=3306\nDB_PASSWORD=${quoted}\nDATABASE_URL=mysql://u:${quoted}@10.0.0.3:3306/x\n`,
        `db:\n  password: "${quoted}"\n  dsn: "u:${quoted}@tcp(10.0.0.3:3306)/x"\n`,
        `{"dsn": "postgres://u:${quoted}@pg:5432/x", "pw": "${quoted}", "k": "host=pg password=${quoted} dbname=x"}`,
      ];
      for (const text of texts) expect(JSON.stringify(readConfiguredEndpoints(file, text))).not.toContain("Zq");
    }), { numRuns: 400 });
  });
  it("never throws, and gives only real hosts, ports and lines", () => {
    const piece = fc.constantFrom("mysql://", "host=", "port: ", "{", "}", "[", "]", "\"", "'", "\n", "  ", "- ", "a:", "10.0.0.3", ":3306", "@tcp(", ")", "services:\n", "${", ":-", "&a ", "*a", "<<: ", "server x ", "upstream a {", "=", ",", "é", "\u0000", "[[", "image: redis");
    fc.assert(fc.property(fc.array(piece, { maxLength: 60 }), fc.constantFrom(".env", "a.yaml", "a.json", "a.toml", "a.go", "a.py", "a.properties", "haproxy.cfg", "docker-compose.yml", "nginx.conf", "a.xml"), (pieces, file) => {
      const text = pieces.join("");
      const lines = text.split("\n").length;
      for (const found of readConfiguredEndpoints(file, text)) {
        expect(found.port).toBeGreaterThan(0);
        expect(found.port).toBeLessThan(65536);
        expect(found.line).toBeGreaterThan(0);
        expect(found.line).toBeLessThanOrEqual(lines);
        expect(found.host).not.toMatch(/[\s@/"'$]/);
      }
    }), { numRuns: 1500 });
  });
});

describe("which files are read", () => {
  it.each([".env", ".env.local", "config/prod.env", "docker-compose.yml", "compose.yaml", "a/application.properties", "conf/app.conf", "main.go", "x.py", "pyproject.toml", "settings.jsonc", "haproxy.cfg", "nginx.conf", "Dockerfile", "web.config"])("%s", (path) => {
    expect(isConfigFile(path)).toBe(true);
  });
  it.each(["package-lock.json", "node_modules/a/index.js", "logo.png", "README.md", "app.min.js", "go.sum"])("not %s", (path) => {
    expect(isConfigFile(path)).toBe(false);
  });
});
