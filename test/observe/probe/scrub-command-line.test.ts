import { describe, expect, it } from "vitest";
import { scrubCommandLine } from "../../../src/observe/probe/scrub-command-line";

const SECRET = "hunter2Secret";

describe("command lines with secrets", () => {
  it.each([
    ["shopd --dsn=mysql://shop:hunter2Secret@db:3306/shop", "shopd --dsn=mysql://shop:***@db:3306/shop"],
    ["shopd postgres://:hunter2Secret@db/shop?sslmode=off", "shopd postgres://:***@db/shop?sslmode=off"],
    ["app redis://default:hunter2Secret@10.0.0.3:6379/0", "app redis://default:***@10.0.0.3:6379/0"],
    ["app amqp://u:p@hunter2Secret@mq:5672", "app amqp://u:***@mq:5672"],
    ["app -dsn shop:hunter2Secret@tcp(10.0.0.3:3306)/shop", "app -dsn shop:***@tcp(10.0.0.3:3306)/shop"],
    ["app --password=hunter2Secret --port=80", "app --password=*** --port=80"],
    ["app --password hunter2Secret --port 80", "app --password *** --port 80"],
    ["app --db-password hunter2Secret", "app --db-password ***"],
    ["app -password=hunter2Secret", "app -password=***"],
    ["java -Dspring.datasource.password=hunter2Secret -jar a.jar", "java -Dspring.datasource.password=*** -jar a.jar"],
    ["java -Djavax.net.ssl.keyStorePassword=hunter2Secret Main", "java -Djavax.net.ssl.keyStorePassword=*** Main"],
    ["env DB_PASSWORD=hunter2Secret PGPASSWORD=hunter2Secret app", "env DB_PASSWORD=*** PGPASSWORD=*** app"],
    ["env DB_PASS=hunter2Secret AWS_SECRET_ACCESS_KEY=hunter2Secret app", "env DB_PASS=*** AWS_SECRET_ACCESS_KEY=*** app"],
    ["app --api-key hunter2Secret --token=hunter2Secret", "app --api-key *** --token=***"],
    ["mysql -u root -phunter2Secret shop", "mysql -u root -p*** shop"],
    ["/usr/bin/mysqldump -phunter2Secret -P 3306 shop", "/usr/bin/mysqldump -p*** -P 3306 shop"],
    ["sshpass -p hunter2Secret ssh web", "sshpass -p *** ssh web"],
    ["redis-cli -h db -a hunter2Secret", "redis-cli -h db -a ***"],
    ["curl -u admin:hunter2Secret http://x/", "curl -u admin:*** http://x/"],
    ["app dbPass=hunter2Secret --smtpPass=hunter2Secret", "app dbPass=*** --smtpPass=***"],
    ["sqlcmd -S db -U sa -P hunter2Secret", "sqlcmd -S db -U sa -P ***"],
  ])("%s", (line, shown) => {
    const scrubbed = scrubCommandLine(line.split(" "));
    expect(scrubbed).not.toContain(SECRET);
    expect(scrubbed).toBe(shown);
  });

  it.each([
    ["sh", "-c", "exec app --password=hunter2Secret --port 80"],
    ["sh", "-c", "PGPASSWORD='hunter2Secret' psql -h db"],
    ["app", "host=db user=x password=hunter2Secret dbname=shop"],
    ["app", "Server=db;Database=shop;User Id=sa;Password=hunter2Secret;"],
    ["app", '{"user":"x","password":"hunter2Secret"}'],
    ["curl", "-H", "Authorization: Bearer hunter2Secret", "http://x/"],
    ["curl", "-H", "X-Api-Key: hunter2Secret", "http://x/"],
    ["app", "https://x/callback?access_token=hunter2Secret&x=1"],
    ["app", "--config", "jdbc:mysql://db/shop?user=x&password=hunter2Secret"],
    ["bash", "-c", "mysql --password hunter2Secret shop"],
    ["sh", "-c", "cd /srv && mysql -uroot -phunter2Secret shop | head"],
    ["redis-server", "--requirepass", "hunter2Secret"],
    ["redis-server", "*:6379", "--masterauth", "hunter2Secret"],
    ["docker", "login", "-u", "x", "-p", "hunter2Secret"],
    ["vault", "server", "-dev", "-dev-root-token-id=hunter2Secret"],
    ["consul", "agent", "-encrypt", "hunter2Secret"],
    ["app", "https://hooks.slack.com/services/T000/B000/hunter2Secret"],
    ["app", "--sentry-dsn=https://hunter2Secret0123456789abcdef@sentry.example/1"],
    ["openssl", "s_client", "-psk", "hunter2Secret"],
    ["htpasswd", "-b", "file", "user", "hunter2Secret"],
    ["sqlplus", "scott/hunter2Secret@db"],
    ["mysqladmin", "-u", "root", "password", "hunter2Secret"],
    ["kubectl", "create", "secret", "generic", "x", "--from-literal=password=hunter2Secret"],
    ["az", "login", "-u", "x", "-p", "hunter2Secret"],
    ["snmpwalk", "-v2c", "-c", "hunter2Secret", "router"],
    ["ipmitool", "-H", "bmc", "-P", "hunter2Secret"],
    ["influx", "-password", "hunter2Secret"],
    ["zabbix_agentd", "--tls-psk", "hunter2Secret"],
    ["app", "--key=hunter2Secret"],
    ["app", "--basic-auth", "u:hunter2Secret"],
    ["app", "--session-key=hunter2Secret"],
    ["app", "--cookie=hunter2Secret"],
    ["beam.smp", "-sname", "a", "-setcookie", "hunter2Secret"],
    ["java", "-Dcatalina.pw=hunter2Secret"],
    ["ngrok", "authtoken", "hunter2Secret"],
    ["smbclient", "-U", "user%hunter2Secret", "//x/y"],
    ["lftp", "-u", "user,hunter2Secret", "ftp.example"],
    ["xfreerdp", "/u:x", "/p:hunter2Secret"],
    ["7z", "x", "-phunter2Secret", "a.7z"],
    ["unzip", "-P", "hunter2Secret", "a.zip"],
    ["aws", "configure", "set", "aws_secret_access_key", "hunter2Secret"],
    ["mysqlsh", "root:hunter2Secret@localhost"],
    ["app", "--proxy", "user:hunter2Secret@proxy:3128"],
  ])("hides the secret in %s %s", (...args) => {
    expect(scrubCommandLine(args)).not.toContain(SECRET);
  });

  it("hides tokens by their shape", () => {
    for (const token of ["ghp_0123456789abcdefghijklmnopqrstuvwxyz", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc-DEF_123", "AKIAIOSFODNN7EXAMPLE", "glpat-abcdefghij0123456789"]) {
      expect(scrubCommandLine(["app", token, "x"])).toBe("app *** x");
    }
  });

  it.each([
    "tls-proxy --key=/etc/ssl/private/site.pem --cert=site.crt", "unzip -p archive.zip member", "node server.js --cookie-name sid", "git clone git@example.org:team/repo.git",
    "rsync -a host:/srv/a host:/srv/b", "java -Xmx4g -cp a:b com.example.Main", "sh -c exec nginx -g 'daemon off;'", "kubectl get pods -n shop", "app --bypass cache --compass north",
    "nginx: worker process", "/usr/sbin/sshd -D -p 2222", "postgres: shop shop 10.0.0.1(5000) idle in transaction", "java -Xmx2g -cp a.jar:b.jar com.example.Main --port=8080",
    "mysql -u root -p shop", "app --password-file=/run/secrets/db --token-path /run/token", "python3 -m http.server 80 --bind 127.0.0.1", "app --passive --compass=north https://x/y?z=1",
    "haproxy -W -db -f /etc/haproxy/haproxy.cfg", "docker run -p 80:80 nginx", "app http://host:8080/a@b", "kubelet --config=/var/lib/kubelet/config.yaml --node-ip=10.0.0.1",
  ])("leaves %s as it is", (line) => {
    expect(scrubCommandLine(line.split(" "))).toBe(line);
  });
});
