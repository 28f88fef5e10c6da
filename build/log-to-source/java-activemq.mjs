import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execute } from "./execute.mjs";
import { zookeeper } from "./java-zookeeper.mjs";
import { runServer } from "./run-server.mjs";

const VERSION = "5.18.3";
const PARTS = ["activemq-broker", "activemq-client", "activemq-kahadb-store", "activemq-stomp"];

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>example</groupId><artifactId>amq</artifactId><version>1</version><dependencies>
${PARTS.map((part) => `<dependency><groupId>org.apache.activemq</groupId><artifactId>${part}</artifactId><version>${VERSION}</version></dependency>`).join("\n")}
<dependency><groupId>ch.qos.logback</groupId><artifactId>logback-classic</artifactId><version>1.3.14</version></dependency>
</dependencies></project>`;

const LOGBACK = (level) => `<configuration><appender name="A" class="ch.qos.logback.core.ConsoleAppender"><encoder><charset>UTF-8</charset><pattern>¦%C@%F:%L¦%d{ISO8601} [%t] %-5p %c{1} - %m%n</pattern></encoder></appender><root level="${level}"><appender-ref ref="A"/></root></configuration>`;

/** A broker that keeps its messages, and clients of it that behave and misbehave. */
const MAIN = `
import javax.jms.*;
import org.apache.activemq.*;
import org.apache.activemq.broker.BrokerService;
public class Main {
  public static void main(String[] a) throws Exception {
    BrokerService broker = new BrokerService();
    broker.setBrokerName("shop"); broker.setDataDirectory(a[0]); broker.setPersistent(true); broker.setUseJmx(false); broker.setSchedulerSupport(false);
    broker.addConnector("tcp://127.0.0.1:" + a[1] + "?maximumConnections=6"); broker.addConnector("stomp://127.0.0.1:" + a[2]);
    broker.start(); broker.waitUntilStarted();
    ActiveMQConnectionFactory f = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + a[1] + "?jms.watchTopicAdvisories=false");
    for (int turn = 0; turn < 3; turn++) {
      Connection c = f.createConnection(); c.setClientID("c" + turn); c.start();
      Session s = c.createSession(true, Session.SESSION_TRANSACTED); Queue q = s.createQueue("orders"); MessageProducer p = s.createProducer(q);
      for (int i = 0; i < 30; i++) p.send(s.createTextMessage("m" + i)); s.commit();
      MessageConsumer in = s.createConsumer(q);
      for (int i = 0; i < 12; i++) { in.receive(500); if (i % 3 == 0) s.rollback(); else s.commit(); }
      Session t = c.createSession(false, Session.AUTO_ACKNOWLEDGE); Topic topic = t.createTopic("news"); TopicSubscriber sub = t.createDurableSubscriber(topic, "d"); t.createProducer(topic).send(t.createTextMessage("x")); sub.receive(500); sub.close(); if (turn > 0) t.unsubscribe("d");
      try { Connection d = f.createConnection(); d.setClientID("c" + turn); d.start(); d.close(); } catch (JMSException e) { }
      try { t.createConsumer(t.createQueue("orders"), "bad ((("); } catch (JMSException e) { }
      c.close();
    }
    java.util.List<Connection> many = new java.util.ArrayList<>();
    for (int i = 0; i < 9; i++) try { Connection c = f.createConnection(); c.start(); many.add(c); } catch (JMSException e) { }
    for (Connection c : many) try { c.close(); } catch (JMSException e) { }
    try (java.net.Socket raw = new java.net.Socket("127.0.0.1", Integer.parseInt(a[1]))) { raw.getOutputStream().write("GET / HTTP/1.1\\r\\n\\r\\n".getBytes()); Thread.sleep(300); }
    try (java.net.Socket raw = new java.net.Socket("127.0.0.1", Integer.parseInt(a[2]))) { raw.getOutputStream().write("CONNECT\\nlogin:a\\n\\n\\0SEND\\ndestination:/queue/orders\\n\\nhi\\0SUBSCRIBE\\nid:1\\ndestination:/queue/orders\\n\\n\\0NONSENSE\\n\\n\\0".getBytes()); Thread.sleep(700); }
    broker.stop(); broker.waitUntilStopped();
    System.out.println("done"); System.exit(0);
  }
}`;

/** ActiveMQ writes with SLF4J and logback, marked as ZooKeeper's lines are. */
export const activemq = {
  name: `ActiveMQ ${VERSION} (Java, SLF4J)`,
  prepare(folder) {
    writeFileSync(join(folder, "pom.xml"), POM);
    const source = join(folder, "source");
    if (!existsSync(source)) {
      if (!existsSync(join(folder, "lib"))) execute("mvn", ["-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib"], folder);
      for (const part of PARTS) if (!existsSync(join(folder, "jar", `${part}-${VERSION}-sources.jar`))) execute("mvn", ["-q", "-B", "dependency:copy", `-Dartifact=org.apache.activemq:${part}:${VERSION}:jar:sources`, "-DoutputDirectory=jar"], folder);
      mkdirSync(source);
      for (const jar of readdirSync(join(folder, "jar"))) execute("jar", ["xf", join(folder, "jar", jar)], source);
    }
    writeFileSync(join(folder, "Main.java"), MAIN);
    return source;
  },
  async log(folder) {
    const texts = [];
    for (const level of ["INFO", "DEBUG"]) {
      writeFileSync(join(folder, "logback.xml"), LOGBACK(level));
      const data = join(folder, "data");
      if (texts.length === 0) rmSync(data, { recursive: true, force: true });
      texts.push(await runServer("java", ["-cp", `${folder}:${join(folder, "lib")}/*`, join(folder, "Main.java"), data, "26616", "26613"], { cwd: folder, limitMs: 150_000, ready: (text) => /\ndone\n/.test(text) }));
    }
    return texts.join("");
  },
  take: zookeeper.take,
};
