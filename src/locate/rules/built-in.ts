import { loadRules, loadRulesFromJson } from "./load-rules";
import { holdsFor } from "./rule-model";
import type { RuleFile } from "./rule-model";
import csharpAdonet from "./libraries/csharp-adonet.yaml";
import csharpClients from "./libraries/csharp-clients.yaml";
import csharpEfcore from "./libraries/csharp-efcore.yaml";
import csharpHosting from "./libraries/csharp-hosting.yaml";
import csharpHttp from "./libraries/csharp-http.yaml";
import csharpIo from "./libraries/csharp-io.yaml";
import csharpLocks from "./libraries/csharp-locks.yaml";
import csharpNet from "./libraries/csharp-net.yaml";
import csharpNhibernate from "./libraries/csharp-nhibernate.yaml";
import csharpTasks from "./libraries/csharp-tasks.yaml";
import goBeegoOrmV2 from "./libraries/go-beego-orm-v2.yaml";
import goBeegoOrm from "./libraries/go-beego-orm.yaml";
import goContext from "./libraries/go-context.yaml";
import goDatabaseSql from "./libraries/go-database-sql.yaml";
import goEnt from "./libraries/go-ent.yaml";
import goGormV1 from "./libraries/go-gorm-v1.yaml";
import goGorm from "./libraries/go-gorm.yaml";
import goGrpc from "./libraries/go-grpc.yaml";
import goMessaging from "./libraries/go-messaging.yaml";
import goMongo from "./libraries/go-mongo.yaml";
import goNetHttp from "./libraries/go-net-http.yaml";
import goNet from "./libraries/go-net.yaml";
import goObjectStores from "./libraries/go-object-stores.yaml";
import goPgx from "./libraries/go-pgx.yaml";
import goRedigo from "./libraries/go-redigo.yaml";
import goRedis from "./libraries/go-redis.yaml";
import goSqlx from "./libraries/go-sqlx.yaml";
import goStandard from "./libraries/go-standard.yaml";
import goWebsocket from "./libraries/go-websocket.yaml";
import goXorm from "./libraries/go-xorm.yaml";
import javaApacheHttpclient from "./libraries/java-apache-httpclient.yaml";
import javaCloud from "./libraries/java-cloud.yaml";
import javaHibernate from "./libraries/java-hibernate.yaml";
import javaHikari from "./libraries/java-hikari.yaml";
import javaIo from "./libraries/java-io.yaml";
import javaJdbc from "./libraries/java-jdbc.yaml";
import javaJooq from "./libraries/java-jooq.yaml";
import javaJpa from "./libraries/java-jpa.yaml";
import javaLang from "./libraries/java-lang.yaml";
import javaMessaging from "./libraries/java-messaging.yaml";
import javaMongodb from "./libraries/java-mongodb.yaml";
import javaMybatis from "./libraries/java-mybatis.yaml";
import javaNetHttp from "./libraries/java-net-http.yaml";
import javaNet from "./libraries/java-net.yaml";
import javaNetty from "./libraries/java-netty.yaml";
import javaOkhttp from "./libraries/java-okhttp.yaml";
import javaReactor from "./libraries/java-reactor.yaml";
import javaRedis from "./libraries/java-redis.yaml";
import javaServlet from "./libraries/java-servlet.yaml";
import javaSpring from "./libraries/java-spring.yaml";
import javaVertx from "./libraries/java-vertx.yaml";
import javascriptClients from "./libraries/javascript-clients.yaml";
import javascriptHandlers from "./libraries/javascript-handlers.yaml";
import javascriptHttpClients from "./libraries/javascript-http-clients.yaml";
import javascriptKnex from "./libraries/javascript-knex.yaml";
import javascriptLocks from "./libraries/javascript-locks.yaml";
import javascriptMessaging from "./libraries/javascript-messaging.yaml";
import javascriptMongodb from "./libraries/javascript-mongodb.yaml";
import javascriptMysql from "./libraries/javascript-mysql.yaml";
import javascriptNodeFiles from "./libraries/javascript-node-files.yaml";
import javascriptNodeNet from "./libraries/javascript-node-net.yaml";
import javascriptNodeSync from "./libraries/javascript-node-sync.yaml";
import javascriptPg from "./libraries/javascript-pg.yaml";
import javascriptPrisma from "./libraries/javascript-prisma.yaml";
import javascriptQueryBuilders from "./libraries/javascript-query-builders.yaml";
import javascriptRedis from "./libraries/javascript-redis.yaml";
import javascriptSequelize from "./libraries/javascript-sequelize.yaml";
import javascriptTypeorm from "./libraries/javascript-typeorm.yaml";
import kotlinAndroid from "./libraries/kotlin-android.yaml";
import kotlinCoroutines from "./libraries/kotlin-coroutines.yaml";
import kotlinExposed from "./libraries/kotlin-exposed.yaml";
import kotlinIo from "./libraries/kotlin-io.yaml";
import kotlinKtor from "./libraries/kotlin-ktor.yaml";
import kotlinR2dbc from "./libraries/kotlin-r2dbc.yaml";
import phpAmqp from "./libraries/php-amqp.yaml";
import phpCurl from "./libraries/php-curl.yaml";
import phpDoctrine from "./libraries/php-doctrine.yaml";
import phpEventLoops from "./libraries/php-event-loops.yaml";
import phpFrameworks from "./libraries/php-frameworks.yaml";
import phpHttpClients from "./libraries/php-http-clients.yaml";
import phpLaravel from "./libraries/php-laravel.yaml";
import phpMongodb from "./libraries/php-mongodb.yaml";
import phpMysqli from "./libraries/php-mysqli.yaml";
import phpPdo from "./libraries/php-pdo.yaml";
import phpPostgresql from "./libraries/php-postgresql.yaml";
import phpRedis from "./libraries/php-redis.yaml";
import phpSqlite3 from "./libraries/php-sqlite3.yaml";
import phpStreams from "./libraries/php-streams.yaml";
import phpSwoole from "./libraries/php-swoole.yaml";
import phpWordpress from "./libraries/php-wordpress.yaml";
import pythonAiohttp from "./libraries/python-aiohttp.yaml";
import pythonAiomysql from "./libraries/python-aiomysql.yaml";
import pythonAsyncio from "./libraries/python-asyncio.yaml";
import pythonAsyncpg from "./libraries/python-asyncpg.yaml";
import pythonBoto3 from "./libraries/python-boto3.yaml";
import pythonDatabases from "./libraries/python-databases.yaml";
import pythonDjango from "./libraries/python-django.yaml";
import pythonDrivers from "./libraries/python-drivers.yaml";
import pythonElasticsearch from "./libraries/python-elasticsearch.yaml";
import pythonFiles from "./libraries/python-files.yaml";
import pythonFtplib from "./libraries/python-ftplib.yaml";
import pythonGevent from "./libraries/python-gevent.yaml";
import pythonGrpc from "./libraries/python-grpc.yaml";
import pythonHttpClient from "./libraries/python-http-client.yaml";
import pythonHttpx from "./libraries/python-httpx.yaml";
import pythonMemcache from "./libraries/python-memcache.yaml";
import pythonMessaging from "./libraries/python-messaging.yaml";
import pythonMysqlConnector from "./libraries/python-mysql-connector.yaml";
import pythonMysqldb from "./libraries/python-mysqldb.yaml";
import pythonParamiko from "./libraries/python-paramiko.yaml";
import pythonPeewee from "./libraries/python-peewee.yaml";
import pythonPsycopg from "./libraries/python-psycopg.yaml";
import pythonPsycopg2 from "./libraries/python-psycopg2.yaml";
import pythonPymongo from "./libraries/python-pymongo.yaml";
import pythonPymysql from "./libraries/python-pymysql.yaml";
import pythonRedis from "./libraries/python-redis.yaml";
import pythonRequests from "./libraries/python-requests.yaml";
import pythonSmtplib from "./libraries/python-smtplib.yaml";
import pythonSocket from "./libraries/python-socket.yaml";
import pythonSqlalchemy from "./libraries/python-sqlalchemy.yaml";
import pythonSqlite3 from "./libraries/python-sqlite3.yaml";
import pythonStandard from "./libraries/python-standard.yaml";
import pythonTornado from "./libraries/python-tornado.yaml";
import pythonTorndb from "./libraries/python-torndb.yaml";
import pythonTwisted from "./libraries/python-twisted.yaml";
import pythonUrllib from "./libraries/python-urllib.yaml";
import pythonUrllib3 from "./libraries/python-urllib3.yaml";
import pythonWeb from "./libraries/python-web.yaml";
import pythonWebsockets from "./libraries/python-websockets.yaml";
import rubyActiverecord from "./libraries/ruby-activerecord.yaml";
import rubyAsync from "./libraries/ruby-async.yaml";
import rubyBunny from "./libraries/ruby-bunny.yaml";
import rubyEventmachine from "./libraries/ruby-eventmachine.yaml";
import rubyHttpClients from "./libraries/ruby-http-clients.yaml";
import rubyIo from "./libraries/ruby-io.yaml";
import rubyLocks from "./libraries/ruby-locks.yaml";
import rubyMongo from "./libraries/ruby-mongo.yaml";
import rubyMysql2 from "./libraries/ruby-mysql2.yaml";
import rubyNetHttp from "./libraries/ruby-net-http.yaml";
import rubyNetProtocols from "./libraries/ruby-net-protocols.yaml";
import rubyPg from "./libraries/ruby-pg.yaml";
import rubyRedis from "./libraries/ruby-redis.yaml";
import rubySequel from "./libraries/ruby-sequel.yaml";
import rubySqlite3 from "./libraries/ruby-sqlite3.yaml";
import rustDescriptors from "./libraries/rust-descriptors.yaml";
import rustExecutors from "./libraries/rust-executors.yaml";
import rustLocks from "./libraries/rust-locks.yaml";
import rustPools from "./libraries/rust-pools.yaml";
import rustPostgres from "./libraries/rust-postgres.yaml";
import rustRedis from "./libraries/rust-redis.yaml";
import rustReqwest from "./libraries/rust-reqwest.yaml";
import rustRusqlite from "./libraries/rust-rusqlite.yaml";
import rustStd from "./libraries/rust-std.yaml";
import rustSyncDatabases from "./libraries/rust-sync-databases.yaml";
import rustUreq from "./libraries/rust-ureq.yaml";
import rustWeb from "./libraries/rust-web.yaml";

/** The registry: one line a library. A new library is a new YAML file and a line here. */
export const LIBRARIES: readonly (readonly [file: string, text: string])[] = [
  ["csharp-adonet.yaml", csharpAdonet],
  ["csharp-clients.yaml", csharpClients],
  ["csharp-efcore.yaml", csharpEfcore],
  ["csharp-hosting.yaml", csharpHosting],
  ["csharp-http.yaml", csharpHttp],
  ["csharp-io.yaml", csharpIo],
  ["csharp-locks.yaml", csharpLocks],
  ["csharp-net.yaml", csharpNet],
  ["csharp-nhibernate.yaml", csharpNhibernate],
  ["csharp-tasks.yaml", csharpTasks],
  ["go-beego-orm-v2.yaml", goBeegoOrmV2],
  ["go-beego-orm.yaml", goBeegoOrm],
  ["go-context.yaml", goContext],
  ["go-database-sql.yaml", goDatabaseSql],
  ["go-ent.yaml", goEnt],
  ["go-gorm-v1.yaml", goGormV1],
  ["go-gorm.yaml", goGorm],
  ["go-grpc.yaml", goGrpc],
  ["go-messaging.yaml", goMessaging],
  ["go-mongo.yaml", goMongo],
  ["go-net-http.yaml", goNetHttp],
  ["go-net.yaml", goNet],
  ["go-object-stores.yaml", goObjectStores],
  ["go-pgx.yaml", goPgx],
  ["go-redigo.yaml", goRedigo],
  ["go-redis.yaml", goRedis],
  ["go-sqlx.yaml", goSqlx],
  ["go-standard.yaml", goStandard],
  ["go-websocket.yaml", goWebsocket],
  ["go-xorm.yaml", goXorm],
  ["java-apache-httpclient.yaml", javaApacheHttpclient],
  ["java-cloud.yaml", javaCloud],
  ["java-hibernate.yaml", javaHibernate],
  ["java-hikari.yaml", javaHikari],
  ["java-io.yaml", javaIo],
  ["java-jdbc.yaml", javaJdbc],
  ["java-jooq.yaml", javaJooq],
  ["java-jpa.yaml", javaJpa],
  ["java-lang.yaml", javaLang],
  ["java-messaging.yaml", javaMessaging],
  ["java-mongodb.yaml", javaMongodb],
  ["java-mybatis.yaml", javaMybatis],
  ["java-net-http.yaml", javaNetHttp],
  ["java-net.yaml", javaNet],
  ["java-netty.yaml", javaNetty],
  ["java-okhttp.yaml", javaOkhttp],
  ["java-reactor.yaml", javaReactor],
  ["java-redis.yaml", javaRedis],
  ["java-servlet.yaml", javaServlet],
  ["java-spring.yaml", javaSpring],
  ["java-vertx.yaml", javaVertx],
  ["javascript-clients.yaml", javascriptClients],
  ["javascript-handlers.yaml", javascriptHandlers],
  ["javascript-http-clients.yaml", javascriptHttpClients],
  ["javascript-knex.yaml", javascriptKnex],
  ["javascript-locks.yaml", javascriptLocks],
  ["javascript-messaging.yaml", javascriptMessaging],
  ["javascript-mongodb.yaml", javascriptMongodb],
  ["javascript-mysql.yaml", javascriptMysql],
  ["javascript-node-files.yaml", javascriptNodeFiles],
  ["javascript-node-net.yaml", javascriptNodeNet],
  ["javascript-node-sync.yaml", javascriptNodeSync],
  ["javascript-pg.yaml", javascriptPg],
  ["javascript-prisma.yaml", javascriptPrisma],
  ["javascript-query-builders.yaml", javascriptQueryBuilders],
  ["javascript-redis.yaml", javascriptRedis],
  ["javascript-sequelize.yaml", javascriptSequelize],
  ["javascript-typeorm.yaml", javascriptTypeorm],
  ["kotlin-android.yaml", kotlinAndroid],
  ["kotlin-coroutines.yaml", kotlinCoroutines],
  ["kotlin-exposed.yaml", kotlinExposed],
  ["kotlin-io.yaml", kotlinIo],
  ["kotlin-ktor.yaml", kotlinKtor],
  ["kotlin-r2dbc.yaml", kotlinR2dbc],
  ["php-amqp.yaml", phpAmqp],
  ["php-curl.yaml", phpCurl],
  ["php-doctrine.yaml", phpDoctrine],
  ["php-event-loops.yaml", phpEventLoops],
  ["php-frameworks.yaml", phpFrameworks],
  ["php-http-clients.yaml", phpHttpClients],
  ["php-laravel.yaml", phpLaravel],
  ["php-mongodb.yaml", phpMongodb],
  ["php-mysqli.yaml", phpMysqli],
  ["php-pdo.yaml", phpPdo],
  ["php-postgresql.yaml", phpPostgresql],
  ["php-redis.yaml", phpRedis],
  ["php-sqlite3.yaml", phpSqlite3],
  ["php-streams.yaml", phpStreams],
  ["php-swoole.yaml", phpSwoole],
  ["php-wordpress.yaml", phpWordpress],
  ["python-aiohttp.yaml", pythonAiohttp],
  ["python-aiomysql.yaml", pythonAiomysql],
  ["python-asyncio.yaml", pythonAsyncio],
  ["python-asyncpg.yaml", pythonAsyncpg],
  ["python-boto3.yaml", pythonBoto3],
  ["python-databases.yaml", pythonDatabases],
  ["python-django.yaml", pythonDjango],
  ["python-drivers.yaml", pythonDrivers],
  ["python-elasticsearch.yaml", pythonElasticsearch],
  ["python-files.yaml", pythonFiles],
  ["python-ftplib.yaml", pythonFtplib],
  ["python-gevent.yaml", pythonGevent],
  ["python-grpc.yaml", pythonGrpc],
  ["python-http-client.yaml", pythonHttpClient],
  ["python-httpx.yaml", pythonHttpx],
  ["python-memcache.yaml", pythonMemcache],
  ["python-messaging.yaml", pythonMessaging],
  ["python-mysql-connector.yaml", pythonMysqlConnector],
  ["python-mysqldb.yaml", pythonMysqldb],
  ["python-paramiko.yaml", pythonParamiko],
  ["python-peewee.yaml", pythonPeewee],
  ["python-psycopg.yaml", pythonPsycopg],
  ["python-psycopg2.yaml", pythonPsycopg2],
  ["python-pymongo.yaml", pythonPymongo],
  ["python-pymysql.yaml", pythonPymysql],
  ["python-redis.yaml", pythonRedis],
  ["python-requests.yaml", pythonRequests],
  ["python-smtplib.yaml", pythonSmtplib],
  ["python-socket.yaml", pythonSocket],
  ["python-sqlalchemy.yaml", pythonSqlalchemy],
  ["python-sqlite3.yaml", pythonSqlite3],
  ["python-standard.yaml", pythonStandard],
  ["python-tornado.yaml", pythonTornado],
  ["python-torndb.yaml", pythonTorndb],
  ["python-twisted.yaml", pythonTwisted],
  ["python-urllib.yaml", pythonUrllib],
  ["python-urllib3.yaml", pythonUrllib3],
  ["python-web.yaml", pythonWeb],
  ["python-websockets.yaml", pythonWebsockets],
  ["ruby-activerecord.yaml", rubyActiverecord],
  ["ruby-async.yaml", rubyAsync],
  ["ruby-bunny.yaml", rubyBunny],
  ["ruby-eventmachine.yaml", rubyEventmachine],
  ["ruby-http-clients.yaml", rubyHttpClients],
  ["ruby-io.yaml", rubyIo],
  ["ruby-locks.yaml", rubyLocks],
  ["ruby-mongo.yaml", rubyMongo],
  ["ruby-mysql2.yaml", rubyMysql2],
  ["ruby-net-http.yaml", rubyNetHttp],
  ["ruby-net-protocols.yaml", rubyNetProtocols],
  ["ruby-pg.yaml", rubyPg],
  ["ruby-redis.yaml", rubyRedis],
  ["ruby-sequel.yaml", rubySequel],
  ["ruby-sqlite3.yaml", rubySqlite3],
  ["rust-descriptors.yaml", rustDescriptors],
  ["rust-executors.yaml", rustExecutors],
  ["rust-locks.yaml", rustLocks],
  ["rust-pools.yaml", rustPools],
  ["rust-postgres.yaml", rustPostgres],
  ["rust-redis.yaml", rustRedis],
  ["rust-reqwest.yaml", rustReqwest],
  ["rust-rusqlite.yaml", rustRusqlite],
  ["rust-std.yaml", rustStd],
  ["rust-sync-databases.yaml", rustSyncDatabases],
  ["rust-ureq.yaml", rustUreq],
  ["rust-web.yaml", rustWeb],
];

export interface BuiltInOptions {
  /** Language ids; all of them when left out. */
  readonly languages?: readonly string[];
  /** With the examples, which only tests and documentation need: they are most of the text, so that leaving them out saves most of the time. */
  readonly examples?: boolean;
}

/** The rules that the product brings, read anew at each call: keep the result. */
export function loadBuiltInRules(options: BuiltInOptions = {}): readonly RuleFile[] {
  const { languages } = options;
  const wanted = LIBRARIES.filter(([file, text]) => languages === undefined || languages.some((language) => file.startsWith(`${language}-`)) || /^alsoFor:|"alsoFor"/mu.test(text));
  const files = wanted.map(([file, text]) => {
    // The bundler has made JSON of the YAML (build/compile.mjs).
    if (text.startsWith("{")) return loadRulesFromJson(text, `src/locate/rules/libraries/${file}`, options.examples === true);
    // `examples` is the last key of each file (a test holds that).
    const end = options.examples === true ? -1 : text.search(/^examples:/mu);
    return loadRules(end < 0 ? text : text.slice(0, end), `src/locate/rules/libraries/${file}`);
  });
  return languages === undefined ? files : files.filter((file) => languages.some((language) => holdsFor(file, language)));
}
