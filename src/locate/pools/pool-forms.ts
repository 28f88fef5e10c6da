import type { ServiceKind } from "../../model/service";

/** One part of a size: sizes are the sum of their parts. */
export interface SizePart {
  /** The name of the argument, or the key of an object among the arguments; of one inside another, both. */
  readonly at: readonly string[];
  /** The place of the argument, where it may stand without its name. */
  readonly place?: number;
  /** When it is not written: so many; `none`: no limit then; else why it is not known. */
  readonly otherwise: number | "none" | { readonly unknown: string };
}

/** How code of one library says how many connections its pool may open. */
export interface PoolForm {
  readonly languages: readonly string[];
  readonly library: string;
  readonly service: ServiceKind;
  /** Absent: altogether. `host`: to each host. */
  readonly per?: "host";
  /** The file speaks of this library. */
  readonly mark: RegExp;
  /** `call`: a call or a construction of this name; `key`: a field that is set, in a literal or by an assignment. */
  readonly site: "call" | "key";
  /** Its last name, or that and what it is called on: `MongoClient.connect`. */
  readonly names: readonly string[];
  /** What it is called on, where it is called on something: its last name. Absent: whatever. */
  readonly on?: RegExp;
  /** For `call`. */
  readonly size?: readonly SizePart[];
  /** Values that mean: no limit. */
  readonly endless?: (size: number) => boolean;
  /** It only stands for its library's default where nothing in the file sets one. */
  readonly fallback?: true;
  /** What its first argument must look like: the same call makes other things too (`knex("orders")` is a query). */
  readonly first?: RegExp;
  /** An argument that makes it another thing: no pool, or one of another kind. */
  readonly unless?: RegExp;
}

const notPositive = (size: number): boolean => size <= 0;
const zero = (size: number): boolean => size === 0;
const argument = (at: number | string, otherwise: SizePart["otherwise"]): readonly SizePart[] => [typeof at === "number" ? { at: [], place: at, otherwise } : { at: at.split("."), otherwise }];

const GO = ["go"];
const PYTHON = ["python"];
const JAVA = ["java", "kotlin"];
const JAVASCRIPT = ["javascript"];
const RUST = ["rust"];
const RUBY = ["ruby"];
const CSHARP = ["csharp"];

/** As the documentation of each library says. Only limits that the pool itself keeps: what a server allows is another matter. */
export const POOL_FORMS: readonly PoolForm[] = [
  // Go
  { languages: GO, library: "database/sql", service: "database", mark: /SetMaxOpenConns/, site: "call", names: ["SetMaxOpenConns"], size: argument(0, "none"), endless: notPositive },
  { languages: GO, library: "pgxpool", service: "postgresql", mark: /pgxpool/, site: "key", names: ["MaxConns"] },
  { languages: GO, library: "net/http", service: "http", per: "host", mark: /http\.Transport|MaxConnsPerHost/, site: "key", names: ["MaxConnsPerHost"], endless: zero },
  { languages: GO, library: "redigo", service: "redis", mark: /redigo/, site: "key", names: ["MaxActive"], endless: zero },
  { languages: GO, library: "mongo-go-driver", service: "mongodb", per: "host", mark: /mongo-driver/, site: "call", names: ["SetMaxPoolSize"], size: argument(0, "none"), endless: zero },
  // Python
  {
    languages: PYTHON, library: "SQLAlchemy", service: "database", mark: /sqlalchemy/, site: "call", names: ["create_engine", "create_async_engine"], unless: /NullPool|StaticPool|AssertionPool|sqlite/,
    size: [{ at: ["pool_size"], otherwise: 5 }, { at: ["max_overflow"], otherwise: 10 }],
  },
  { languages: PYTHON, library: "asyncpg", service: "postgresql", mark: /\basyncpg\b/, site: "call", names: ["create_pool"], on: /^asyncpg$/, size: argument("max_size", 10) },
  { languages: PYTHON, library: "psycopg_pool", service: "postgresql", mark: /\bpsycopg_pool\b/, site: "call", names: ["ConnectionPool", "AsyncConnectionPool"], on: /^psycopg_pool$/, size: argument("max_size", { unknown: "max_size is not given: the pool keeps min_size" }) },
  { languages: PYTHON, library: "psycopg2", service: "postgresql", mark: /\bpsycopg2\b/, site: "call", names: ["SimpleConnectionPool", "ThreadedConnectionPool"], size: [{ at: ["maxconn"], place: 1, otherwise: "none" }] },
  { languages: PYTHON, library: "aiomysql", service: "mysql", mark: /\baiomysql\b/, site: "call", names: ["create_pool"], on: /^aiomysql$/, size: argument("maxsize", 10), endless: zero },
  { languages: PYTHON, library: "mysql-connector", service: "mysql", mark: /mysql\.connector/, site: "call", names: ["MySQLConnectionPool"], size: argument("pool_size", 5) },
  { languages: PYTHON, library: "redis-py", service: "redis", mark: /\bredis\b/, site: "call", names: ["ConnectionPool", "BlockingConnectionPool", "Redis", "StrictRedis", "from_url"], on: /^(?:redis|aioredis|asyncio|ConnectionPool|Redis)$/, size: argument("max_connections", "none") },
  { languages: PYTHON, library: "aiohttp", service: "http", mark: /\baiohttp\b/, site: "call", names: ["TCPConnector"], unless: /limit_per_host/, size: argument("limit", 100), endless: zero },
  { languages: PYTHON, library: "aiohttp", service: "http", per: "host", mark: /limit_per_host/, site: "call", names: ["TCPConnector"], size: argument("limit_per_host", "none"), endless: zero },
  { languages: PYTHON, library: "httpx", service: "http", mark: /\bhttpx\b/, site: "call", names: ["Limits"], size: argument("max_connections", "none") },
  { languages: PYTHON, library: "pymongo", service: "mongodb", per: "host", mark: /\b(?:pymongo|motor)\b/, site: "call", names: ["MongoClient", "AsyncMongoClient", "AsyncIOMotorClient"], size: argument("maxPoolSize", 100), endless: zero },
  // JVM
  { languages: JAVA, library: "HikariCP", service: "database", mark: /Hikari/, site: "call", names: ["setMaximumPoolSize"], size: argument(0, "none") },
  { languages: JAVA, library: "HikariCP", service: "database", mark: /Hikari/, site: "key", names: ["maximumPoolSize"] },
  { languages: JAVA, library: "HikariCP", service: "database", mark: /Hikari/, site: "call", names: ["HikariConfig"], fallback: true, size: argument("maximumPoolSize", 10), unless: /\(\s*[^)\s]/ },
  { languages: JAVA, library: "Commons DBCP", service: "database", mark: /BasicDataSource/, site: "call", names: ["setMaxTotal"], size: argument(0, "none"), endless: (size) => size < 0 },
  { languages: JAVA, library: "Jedis", service: "redis", mark: /[jJ]edis/, site: "call", names: ["setMaxTotal"], size: argument(0, "none"), endless: (size) => size < 0 },
  { languages: JAVA, library: "Apache HttpClient", service: "http", mark: /PoolingHttpClientConnectionManager|HttpClientBuilder|HttpClients/, site: "call", names: ["setMaxTotal", "setMaxConnTotal"], size: argument(0, "none") },
  // Node
  { languages: JAVASCRIPT, library: "pg", service: "postgresql", mark: /["'](?:pg|pg-pool|@neondatabase\/serverless)["']/, site: "call", names: ["Pool"], size: argument("max", 10) },
  { languages: JAVASCRIPT, library: "mysql", service: "mysql", mark: /["'](?:mysql2?|mysql2\/promise|mariadb|promise-mysql)["']/, site: "call", names: ["createPool"], size: argument("connectionLimit", 10), endless: zero },
  { languages: JAVASCRIPT, library: "knex", service: "database", mark: /["']knex["']/, site: "call", names: ["knex", "Knex"], first: /^\{|config|options|settings|knexfile/i, size: argument("pool.max", 10), unless: /sqlite/ },
  { languages: JAVASCRIPT, library: "sequelize", service: "database", mark: /["']sequelize(?:-typescript)?["']/, site: "call", names: ["Sequelize"], size: argument("pool.max", 5), unless: /sqlite/ },
  { languages: JAVASCRIPT, library: "mongodb", service: "mongodb", per: "host", mark: /["']mongodb["']/, site: "call", names: ["MongoClient", "MongoClient.connect"], size: argument("maxPoolSize", 100), endless: zero },
  { languages: JAVASCRIPT, library: "mongoose", service: "mongodb", per: "host", mark: /["']mongoose["']/, site: "call", names: ["mongoose.connect", "mongoose.createConnection"], size: argument("maxPoolSize", 100), endless: zero },
  { languages: JAVASCRIPT, library: "postgres", service: "postgresql", mark: /["']postgres["']/, site: "call", names: ["postgres"], size: argument("max", 10) },
  { languages: JAVASCRIPT, library: "pg-promise", service: "postgresql", mark: /["']pg-promise["']/, site: "call", names: ["pgp"], size: argument("max", 10) },
  { languages: JAVASCRIPT, library: "node:http", service: "http", per: "host", mark: /["'](?:node:)?https?["']|agentkeepalive/, site: "call", names: ["Agent", "HttpsAgent"], size: argument("maxSockets", "none") },
  // Rust
  { languages: RUST, library: "sqlx", service: "database", mark: /\bsqlx\b/, site: "call", names: ["max_connections"], size: argument(0, "none") },
  { languages: RUST, library: "r2d2", service: "database", mark: /\br2d2\b/, site: "call", names: ["max_size"], size: argument(0, "none") },
  { languages: RUST, library: "deadpool", service: "database", mark: /\bdeadpool/, site: "call", names: ["max_size"], size: argument(0, "none") },
  // Ruby
  { languages: RUBY, library: "Sequel", service: "database", mark: /\bSequel\b/, site: "call", names: ["connect"], on: /^Sequel$/, size: argument("max_connections", 4), unless: /sqlite/ },
  // .NET
  { languages: CSHARP, library: "SocketsHttpHandler", service: "http", per: "host", mark: /HttpClientHandler|SocketsHttpHandler/, site: "key", names: ["MaxConnectionsPerServer"] },
  { languages: CSHARP, library: "ADO.NET", service: "database", mark: /ConnectionStringBuilder/, site: "key", names: ["MaxPoolSize", "MaximumPoolSize"] },
];

/** Files without any of these words hold no pool of ours: they are not parsed. */
export function mayHoldPool(language: string, text: string): boolean {
  return POOL_FORMS.some((form) => form.languages.includes(language) && form.names.some((name) => text.includes(name)) && form.mark.test(text));
}

/** The product that a file's drivers, dialects and addresses name, where they name one alone. */
const PRODUCTS: readonly (readonly [ServiceKind, RegExp])[] = [
  ["mysql", /["'`](?:jdbc:)?(?:mysql2?|mariadb)(?:\+\w+)?(?::\/\/|["'`])|go-sql-driver\/mysql|gorm\.io\/driver\/mysql|UseMySql/],
  ["postgresql", /["'`](?:jdbc:)?(?:postgres(?:ql)?|pgx)(?:\+\w+)?(?::\/\/|["'`])|lib\/pq"|jackc\/pgx|gorm\.io\/driver\/postgres|["'`]pg["'`]|Npgsql/],
  ["mssql", /["'`](?:jdbc:)?(?:sqlserver|mssql)(?:\+\w+)?(?::\/\/|["'`])|SqlClient|UseSqlServer/],
  ["oracle", /["'`]jdbc:oracle:|["'`](?:oracle|godror)(?:\+\w+)?(?::\/\/|["'`])/],
];

export function productOf(text: string): ServiceKind | null {
  const found = PRODUCTS.filter(([, pattern]) => pattern.test(text));
  return found.length === 1 ? (found[0]?.[0] ?? null) : null;
}
