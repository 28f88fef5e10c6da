import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execute } from "./execute.mjs";
import { takeMarked } from "./python-radicale.mjs";
import { runServer } from "./run-server.mjs";

const VERSION = "3.9.3";

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>example</groupId><artifactId>zookeeper</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.zookeeper</groupId><artifactId>zookeeper</artifactId><version>${VERSION}</version></dependency>
<dependency><groupId>ch.qos.logback</groupId><artifactId>logback-classic</artifactId><version>1.2.13</version></dependency>
<dependency><groupId>org.xerial.snappy</groupId><artifactId>snappy-java</artifactId><version>1.1.10.5</version></dependency>
<dependency><groupId>io.dropwizard.metrics</groupId><artifactId>metrics-core</artifactId><version>4.1.12.1</version></dependency>
</dependencies></project>`;

const LOGBACK = (level) => `<configuration><appender name="A" class="ch.qos.logback.core.ConsoleAppender"><encoder><charset>UTF-8</charset><pattern>¦%C@%F:%L¦%d{ISO8601} [%t] %-5p %c{1} - %m%n</pattern></encoder></appender><root level="${level}"><appender-ref ref="A"/></root></configuration>`;

/** Speaks to the server as any client would; its own log goes nowhere. */
const CLIENT = `
import org.apache.zookeeper.*;
import org.apache.zookeeper.data.Stat;
public class Client {
  public static void main(String[] a) throws Exception {
    for (int turn = 0; turn < 6; turn++) {
      var ready = new java.util.concurrent.CountDownLatch(1);
      ZooKeeper zk = new ZooKeeper("127.0.0.1:" + a[0], 6000, e -> ready.countDown());
      ready.await(10, java.util.concurrent.TimeUnit.SECONDS);
      try { zk.create("/a", new byte[3], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT); } catch (KeeperException e) { }
      for (int i = 0; i < 4; i++) zk.create("/a/e", new byte[i], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL_SEQUENTIAL);
      // Clients read more than they write.
      for (int i = 0; i < 12; i++) { zk.getData("/a", true, new Stat()); zk.exists("/none", true); zk.getChildren("/a", false); }
      zk.setData("/a", new byte[1], -1);
      try { zk.delete("/none", -1); } catch (KeeperException e) { }
      try { zk.create("/zookeeper/quota/x/y", null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT); } catch (KeeperException e) { }
      try { zk.addAuthInfo("digest", "ada:secret".getBytes()); zk.addAuthInfo("nothing", new byte[1]); Thread.sleep(300); } catch (Exception e) { }
      try { zk.multi(java.util.List.of(Op.check("/none", 1))); } catch (KeeperException e) { }
      if (turn < 5) zk.close();
    }
    Runtime.getRuntime().halt(0);
  }
}`;

/** ZooKeeper writes with SLF4J and logback. */
export const zookeeper = {
  name: `ZooKeeper ${VERSION} (Java, SLF4J)`,
  prepare(folder) {
    writeFileSync(join(folder, "pom.xml"), POM);
    const source = join(folder, "source");
    if (!existsSync(source)) {
      execute("mvn", ["-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib"], folder);
      execute("mvn", ["-q", "-B", "dependency:copy", `-Dartifact=org.apache.zookeeper:zookeeper:${VERSION}:jar:sources`, "-DoutputDirectory=jar"], folder);
      mkdirSync(source);
      execute("jar", ["xf", join(folder, "jar", `zookeeper-${VERSION}-sources.jar`)], source);
    }
    writeFileSync(join(folder, "Client.java"), CLIENT);
    return source;
  },
  async log(folder) {
    const texts = [];
    for (const level of ["DEBUG", "INFO", "INFO"]) {
      const data = join(folder, "data");
      if (texts.length === 0) rmSync(data, { recursive: true, force: true });
      mkdirSync(data, { recursive: true });
      writeFileSync(join(folder, "logback.xml"), LOGBACK(level));
      writeFileSync(join(folder, "zoo.cfg"), `tickTime=500\ndataDir=${data}\nclientPort=22181\nclientPortAddress=127.0.0.1\nadmin.enableServer=false\n4lw.commands.whitelist=*\nsnapCount=15\nmaxClientCnxns=3\nsnapshot.trust.empty=true\n`);
      const classes = `${folder}:${join(folder, "lib")}/*`;
      texts.push(await runServer("java", ["-cp", classes, "-Djute.maxbuffer=1000000", "org.apache.zookeeper.server.quorum.QuorumPeerMain", "zoo.cfg"], {
        cwd: folder,
        limitMs: 120_000,
        ready: (text) => /binding to port|PrepRequestProcessor \(sid/.test(text),
        use: async () => {
          execute("java", ["-cp", classes, "-Dlogback.configurationFile=/nowhere", join(folder, "Client.java"), "22181"], folder, { mayFail: true });
          for (const word of ["ruok", "stat", "srvr", "mntr", "cons", "envi", "wchs", "xxxx"]) execute("bash", ["-c", `exec 3<>/dev/tcp/127.0.0.1/22181; echo -n ${word} >&3; timeout 2 cat <&3`], folder, { mayFail: true });
        },
      }));
    }
    return texts.join("");
  },
  take(line) {
    const found = takeMarked(line);
    if (found === null) return null;
    const [type, file] = found.file.split("@");
    const folders = type.split(".").slice(0, -1);
    return { ...found, file: [...folders, file].join("/") };
  },
};
