import type { PoolSize } from "../../model/pool-size";
import type { ServiceKind } from "../../model/service";
import { readDotenv } from "./dotenv";
import type { Entry } from "./entry";
import { readProperties } from "./properties";
import { kindOfWords, readScheme } from "./service-kinds";
import { readYaml } from "./yaml";

interface SettingForm {
  readonly library: string;
  readonly service: ServiceKind;
  /** The whole key, in small letters, without `-` and `_`, parts joined by dots. */
  readonly key: RegExp;
  /** The file it stands in, where the key alone says too little. */
  readonly file?: RegExp;
}

/** As each framework's documentation names them; Spring binds `maximum-pool-size`, `maximumPoolSize` and `MAXIMUM_POOL_SIZE` alike. */
const SETTINGS: readonly SettingForm[] = [
  { library: "HikariCP", service: "database", key: /(?:^|[.])(?:spring[.])?(?:\w+[.])*hikari[.]maximumpoolsize$|^springdatasourcehikarimaximumpoolsize$/ },
  { library: "Tomcat JDBC", service: "database", key: /[.]datasource[.]tomcat[.]maxactive$/ },
  { library: "Commons DBCP", service: "database", key: /[.]datasource[.]dbcp2[.]maxtotal$/ },
  { library: "Agroal", service: "database", key: /^quarkus[.]datasource(?:[.]\w+)?[.]jdbc[.]maxsize$/ },
  { library: "Lettuce", service: "redis", key: /redis[.]lettuce[.]pool[.]maxactive$/ },
  { library: "Jedis", service: "redis", key: /redis[.]jedis[.]pool[.]maxactive$/ },
  { library: "Active Record", service: "database", key: /^production[.](?:primary[.])?(?:pool|maxconnections)$/, file: /(?:^|\/)database\.ya?ml$/ },
];

/** What connection strings say, in any file: pgxpool, ADO.NET's drivers, MongoDB's. */
const IN_STRINGS: readonly { readonly library: string; readonly service: ServiceKind; readonly pattern: RegExp; readonly per: PoolSize["per"]; readonly said: string }[] = [
  { library: "pgxpool", service: "postgresql", pattern: /\bpool_max_conns=([^\s&"'`;]+)/g, per: "pool", said: "pool_max_conns" },
  { library: "ADO.NET", service: "database", pattern: /\b(?:Max(?:imum)? Pool Size|MaxPoolSize)\s*=\s*([^;"'`\s]+)\s*(?=[;"'`]|$)/gim, per: "pool", said: "Max Pool Size" },
  { library: "MongoDB driver", service: "mongodb", pattern: /mongodb(?:\+srv)?:\/\/[^\s"'`]*[?&]maxPoolSize=([^\s&"'`]+)/g, per: "host", said: "maxPoolSize" },
];
const WORTH_READING = /pool|max[-_]?active|max[-_]?total|max[-_]?size/i;

/** The sizes of pools that a configuration file, or a connection string in any file, sets. The values of connection strings are never told. */
export function readPoolSettings(file: string, text: string): PoolSize[] {
  if (!WORTH_READING.test(text)) return [];
  const entries = /\.ya?ml$/i.test(file) ? readYaml(text).entries : /\.properties$/i.test(file) ? readProperties(text) : /(^|\/)(\.env[^/]*|[^/]*\.env|Dockerfile[^/]*)$/i.test(file) ? readDotenv(text) : [];
  return [...entries.flatMap((entry) => ofEntry(file, entry, entries)), ...ofStrings(file, text)];
}

function ofEntry(file: string, entry: Entry, all: readonly Entry[]): PoolSize[] {
  const key = entry.path.map((part) => part.toLowerCase().replaceAll(/[-_]/g, "")).join(".");
  const form = SETTINGS.find((one) => one.key.test(key) && one.file?.test(file) !== false);
  if (form === undefined) return [];
  const said = entry.path.at(-1) ?? "";
  return [{ file, line: entry.line, language: null, library: form.library, service: form.service === "database" ? productBeside(all) : form.service, per: "pool", ...sizeOf(entry.value, said) }];
}

/** The product that the addresses and adapters of the same file name, where it is one alone. */
function productBeside(entries: readonly Entry[]): ServiceKind {
  const kinds = new Set<ServiceKind>();
  for (const { path, value } of entries) {
    const scheme = /^((?:jdbc:|r2dbc:)?[a-z][a-z0-9+]*):(?:\/\/|@|thin:)/i.exec(value)?.[1];
    const kind = scheme !== undefined ? readScheme(scheme)?.kind : /^(?:adapter|db-kind|driver-class-name)$/i.test(path.at(-1) ?? "") ? kindOfWords(value) : undefined;
    if (kind === "mysql" || kind === "postgresql" || kind === "mssql" || kind === "oracle") kinds.add(kind);
  }
  const [only] = kinds;
  return kinds.size === 1 && only !== undefined ? only : "database";
}

function ofStrings(file: string, text: string): PoolSize[] {
  return IN_STRINGS.flatMap(({ library, service, pattern, per, said }) => [...text.matchAll(pattern)].flatMap((match): PoolSize[] => {
    const start = text.lastIndexOf("\n", match.index) + 1;
    if (/^\s*(?:#|\/\/|\*|\/\*|--|;)/.test(text.slice(start, match.index))) return [];
    return [{ file, line: text.slice(0, match.index).split("\n").length, language: null, library, service, per, ...sizeOf(match[1] ?? "", said) }];
  }));
}

function sizeOf(value: string, said: string): Pick<PoolSize, "size" | "unknown" | "text"> {
  const plain = value.trim().replace(/^(["'])(.*)\1$/, "$2");
  if (/^\d+$/.test(plain)) return { size: Number(plain), unknown: null, text: `${said} ${plain}` };
  return { size: null, unknown: `${said} is filled in when it runs`, text: said };
}
