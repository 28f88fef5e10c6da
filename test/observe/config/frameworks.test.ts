import { describe, expect, it } from "vitest";
import { readConfiguredEndpoints } from "../../../src/observe/config/configured-endpoints";

/** `host:port kind line` of each endpoint. */
function ends(file: string, text: string): string[] {
  return readConfiguredEndpoints(file, text).map((one) => `${one.host}:${one.port} ${one.kind} ${one.line}`);
}

/** In the forms that each framework's own documentation shows. Every secret is `s3cret`. */
const FORMS: readonly (readonly [what: string, file: string, text: string, expected: readonly string[]])[] = [
  ["Spring: data source, Redis, RabbitMQ, Kafka, MongoDB, profiles", "src/main/resources/application.yml", `spring:
  datasource:
    url: jdbc:mysql://\${DB_HOST:orders-db}:3306/shop?useSSL=false
    password: s3cret
  r2dbc:
    url: r2dbc:postgresql://pg.internal:5433/shop
  data:
    redis:
      host: redis.internal
      port: 6380
    mongodb:
      uri: mongodb://u:s3cret@m1:27017,m2:27017/shop
  rabbitmq:
    host: rabbit.internal
    port: 5672
  kafka:
    bootstrap-servers: k1:9092,k2:9092
---
spring:
  config:
    activate:
      on-profile: prod
  datasource:
    url: jdbc:mysql://prod-db:3306/shop
`, ["orders-db:3306 mysql 3", "pg.internal:5433 postgresql 6", "redis.internal:6380 redis 9", "m1:27017 mongodb 12", "m2:27017 mongodb 12", "rabbit.internal:5672 rabbitmq 14", "k1:9092 kafka 17", "k2:9092 kafka 17", "prod-db:3306 mysql 24"]],
  ["Spring: properties, Sentinel and cluster", "application-prod.properties", "spring.datasource.url=jdbc:postgresql://pg:5432/shop\nspring.datasource.password=s3cret\nspring.data.redis.cluster.nodes=r1:7000,r2:7001\nspring.rabbitmq.addresses=amqp://u:s3cret@mq1:5672,amqp://mq2\nspring.cloud.config.uri=http://config.internal:8888\nspring.elasticsearch.uris=http://es1:9200\n",
    ["pg:5432 postgresql 1", "r1:7000 redis 3", "r2:7001 redis 3", "mq1:5672 rabbitmq 4", "mq2:5672 rabbitmq 4", "config.internal:8888 http 5", "es1:9200 elasticsearch 6"]],
  ["Rails: database.yml with ERB", "config/database.yml", `default: &default
  adapter: postgresql
  pool: <%= ENV.fetch("RAILS_MAX_THREADS") { 5 } %>

production:
  <<: *default
  host: pg.internal
  port: 5433
  password: <%= ENV["DB_PASSWORD"] %>
reporting:
  adapter: mysql2
  host: <%= ENV.fetch("REPORT_HOST", "report-db.internal") %>
legacy:
  url: <%= ENV['LEGACY_URL'] || "mysql2://u:s3cret@old-db/legacy" %>
`, ["pg.internal:5433 postgresql 7", "report-db.internal:3306 mysql 12", "old-db:3306 mysql 14"]],
  ["Rails: cable.yml and redis.yml", "config/cable.yml", "production:\n  adapter: redis\n  url: <%= ENV.fetch(\"REDIS_URL\") { \"redis://cable.internal:6379/1\" } %>\n  channel_prefix: shop\n", ["cable.internal:6379 redis 3"]],
  ["Django: DATABASES and CACHES", "shop/settings.py", `DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": "pg.internal",
        "PORT": "5433",
        "PASSWORD": "s3cret",
    },
    "legacy": {
        "ENGINE": "django.db.backends.mysql",
        "HOST": os.environ.get("LEGACY_HOST", "legacy-db"),
    },
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://cache.internal:6379"}}
CELERY_BROKER_URL = env("BROKER", default="amqp://guest:s3cret@mq.internal:5672//")
DATABASE = env.db("DATABASE_URL", default="mysql://u:s3cret@env-db:3306/x")
`, ["pg.internal:5433 postgresql 4", "legacy-db:3306 mysql 10", "cache.internal:6379 redis 13", "mq.internal:5672 rabbitmq 14", "env-db:3306 mysql 15"]],
  ["Laravel: .env", ".env", "APP_KEY=base64:s3cret\nDB_CONNECTION=mysql\nDB_HOST=mysql.internal\nDB_PORT=3306\nDB_PASSWORD=s3cret\nREDIS_HOST=redis.internal\nREDIS_PASSWORD=s3cret\nREDIS_PORT=6379\nMAIL_HOST=mail.internal\nMAIL_PORT=587\nMEMCACHED_HOST=mc1\n", ["mysql.internal:3306 mysql 3", "redis.internal:6379 redis 6", "mail.internal:587 smtp 9", "mc1:11211 memcached 11"]],
  ["Laravel: config/database.php", "config/database.php", `<?php
return [
    'connections' => [
        'mysql' => [
            'driver' => 'mysql',
            'host' => env('DB_HOST', 'db1.internal'),
            'port' => env('DB_PORT', '3307'),
            'password' => env('DB_PASSWORD', 's3cret'),
        ],
        'pgsql' => [
            'driver' => 'pgsql',
            'host' => 'pg1.internal',
        ],
    ],
    'redis' => ['default' => ['host' => env('REDIS_HOST', 'r1.internal'), 'port' => env('REDIS_PORT', 6381)]],
];
`, ["db1.internal:3307 mysql 6", "pg1.internal:5432 postgresql 12", "r1.internal:6381 redis 15"]],
  ["Symfony: .env", ".env.prod", "DATABASE_URL=\"mysql://app:s3cret@db.internal:3306/app?serverVersion=8.0.32&charset=utf8mb4\"\nMESSENGER_TRANSPORT_DSN=amqp://guest:s3cret@mq.internal:5672/%2f/messages\n", ["db.internal:3306 mysql 1", "mq.internal:5672 rabbitmq 2"]],
  [".NET: connection strings of SQL Server, Npgsql, MySQL and Redis", "src/Shop.Api/appsettings.Production.json", `{
  "ConnectionStrings": {
    "Sql": "Server=tcp:sql1.internal,1433;Initial Catalog=Shop;User ID=sa;Password=s3cret;Encrypt=True",
    "Pg": "Host=pg.internal;Port=5433;Database=shop;Username=u;Password=s3cret",
    "My": "Server=my.internal;Port=3306;Database=shop;Uid=u;Pwd=s3cret;SslMode=Required",
    "Redis": "redis.internal:6380,password=s3cret,ssl=True,abortConnect=False",
    "Plain": "Server=db2.internal;Database=Shop;Trusted_Connection=True"
  },
  "RabbitMQ": { "HostName": "mq.internal", "Port": 5672 },
  "Downstream": { "BaseUrl": "https://billing.internal:8443/" }
}`, ["sql1.internal:1433 mssql 3", "pg.internal:5433 postgresql 4", "my.internal:3306 mysql 5", "redis.internal:6380 redis 6", "db2.internal:1433 mssql 7", "mq.internal:5672 rabbitmq 9", "billing.internal:8443 http 10"]],
  ["Helm: values", "chart/values.yaml", "image:\n  repository: acme/shop\n  tag: 1.2\nexternalDatabase:\n  type: postgresql\n  host: pg.internal\n  port: 5433\n  password: s3cret\nredis:\n  host: redis.internal\n  port: 6379\nservice:\n  type: ClusterIP\n  port: 80\n", ["pg.internal:5433 postgresql 6", "redis.internal:6379 redis 10"]],
  ["Helm: a template", "chart/templates/deployment.yaml", `{{- if .Values.enabled }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "shop.fullname" . }}
  labels: {{- include "shop.labels" . | nindent 4 }}
spec:
  template:
    spec:
      containers:
        - name: shop
          env:
            - name: DATABASE_URL
              value: "mysql://u:s3cret@orders-db:3306/shop"
            - name: REDIS_HOST
              value: {{ .Values.redis.host | quote }}
{{- end }}
`, ["orders-db:3306 mysql 14"]],
  ["Kubernetes: Service, ConfigMap and a Deployment's environment", "k8s/all.yaml", `apiVersion: v1
kind: Service
metadata: { name: orders-db, namespace: shop }
spec:
  ports:
    - { name: mysql, port: 3306, targetPort: 3306 }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: cfg }
data:
  REDIS_URL: redis://cache.shop.svc.cluster.local:6379/0
  application.properties: |
    spring.datasource.url=jdbc:postgresql://pg:5432/x
---
apiVersion: apps/v1
kind: Deployment
spec: { template: { spec: { containers: [{ env: [{ name: DB_HOST, value: orders-db }, { name: DB_PORT, value: "3306" }] }] } } }
`, ["orders-db:3306 mysql 6", "orders-db.shop:3306 mysql 6", "cache.shop.svc.cluster.local:6379 redis 12", "pg:5432 postgresql 14", "orders-db:3306 mysql 18"]],
  ["Quarkus", "src/main/resources/application.properties", "quarkus.datasource.db-kind=postgresql\nquarkus.datasource.jdbc.url=jdbc:postgresql://pg.internal:5432/shop\n%prod.quarkus.datasource.reactive.url=vertx-reactive:mysql://my.internal:3306/shop\nquarkus.redis.hosts=redis://r1:6379,redis://r2:6379\nkafka.bootstrap.servers=k1:9092\n", ["pg.internal:5432 postgresql 2", "my.internal:3306 mysql 3", "r1:6379 redis 4", "r2:6379 redis 4", "k1:9092 kafka 5"]],
  ["Micronaut", "application.yml", "datasources:\n  default:\n    url: ${JDBC_URL:`jdbc:mysql://my.internal:3306/shop`}\n    password: s3cret\nredis:\n  uri: redis://r.internal\n", ["my.internal:3306 mysql 3", "r.internal:6379 redis 6"]],
  ["Phoenix", "config/prod.exs", "import Config\nconfig :shop, Shop.Repo,\n  username: \"u\",\n  password: \"s3cret\",\n  hostname: \"pg.internal\",\n  port: 5433,\n  adapter: Ecto.Adapters.Postgres\nconfig :shop, :redis, url: \"redis://r.internal:6379\"\n", ["pg.internal:5433 postgresql 5", "r.internal:6379 redis 8"]],
  ["Go with viper", "config.yaml", "mysql:\n  addr: my.internal:3306\n  dsn: u:s3cret@tcp(my2.internal:3307)/shop\npostgres:\n  host: pg.internal\n  port: 5432\nupstream:\n  url: http://billing.internal:9000\n", ["my.internal:3306 mysql 2", "my2.internal:3307 mysql 3", "pg.internal:5432 postgresql 5", "billing.internal:9000 http 8"]],
  ["Node's config package", "config/production.json5", "{ db: { host: 'pg.internal', port: 5432, client: 'pg', password: 's3cret' },\n  // the queue\n  amqp: 'amqp://u:s3cret@mq.internal', }\n", ["pg.internal:5432 postgresql 1", "mq.internal:5672 rabbitmq 3"]],
  ["Prisma and TypeORM", "src/data-source.ts", "export const source = new DataSource({\n  type: 'postgres',\n  host: 'pg.internal',\n  port: 5433,\n  password: 's3cret',\n});\n", ["pg.internal:5433 postgresql 3"]],
  ["Terraform", "outputs.tf", "output \"db\" {\n  value = \"postgresql://u:s3cret@pg.internal:5432/shop\"\n}\nresource \"x\" \"y\" {\n  db_host = \"my.internal\"\n  db_port = 3306\n}\n", ["pg.internal:5432 postgresql 2", "my.internal:3306 mysql 5"]],
];

describe("configuration in the forms of frameworks", () => {
  it.each(FORMS)("%s", (_what, file, text, expected) => {
    expect(ends(file, text)).toEqual(expected);
    expect(JSON.stringify(readConfiguredEndpoints(file, text))).not.toContain("s3cret");
  });
  it.each(FORMS)("cut off anywhere, it is read so far and gives no secret: %s", (_what, file, text) => {
    for (let length = 0; length < text.length; length += 7) {
      const found = JSON.stringify(readConfiguredEndpoints(file, text.slice(0, length)));
      expect(found).not.toContain("s3cret");
    }
  });
});
