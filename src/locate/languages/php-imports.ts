import { GLOBAL, dotted } from "./php-names";

/** PHP's own functions and classes of which rules speak. No import names them, so the text is searched for them. */
const SPOKEN_OF =
  /(?<![\w$>])(?:PDO|mysqli|mysqli_\w+|mysql_p?connect|pg_\w+|sqlsrv_\w+|oci_\w+|odbc_\w+|db2_\w+|ibase_\w+|SQLite3|curl_\w+|p?fsockopen|stream_socket_\w+|stream_get_contents|socket_\w+|SoapClient|Redis|RedisCluster|RedisArray|Memcached?|AMQP\w+|ftp_\w+|ssh2_\w+|ldap_\w+|imap_\w+|fopen|popen|proc_open|tmpfile|opendir|gzopen|bzopen|file_get_contents|file|readfile|copy|get_headers|sleep|usleep|time_nanosleep|exec|shell_exec|system|passthru|gethostbyname\w*|dns_get_record|mail|flock|sem_acquire|shmop_open|finfo_open|inotify_init|go|Co|DB|Yii|ORM|ZipArchive|XMLReader|XMLWriter|gzopen|stream_socket_server)\b/gi;
/** What is spelled in several cases is found under the name that rules use. */
const CANONICAL: Readonly<Record<string, string>> = { pdo: "PDO", soapclient: "SoapClient", redis: "Redis", db: "DB" };

/** Modules and classes that a text names: by `use`, in full, and PHP's own. Dotted. */
export function phpImports(text: string): readonly string[] {
  const found = new Set<string>([GLOBAL, `${GLOBAL}.*`]);
  for (const [, written] of text.matchAll(/(?<=^|[;{}]|<\?php)[ \t]*use[ \t\r\n]+(?:function[ \t]+|const[ \t]+)?([\w\\\s,{}\x80-\uffff]{1,4000}?);/gim)) {
    for (const name of usedNames(written ?? "")) found.add(name.includes(".") ? name : `${GLOBAL}.${name}`);
  }
  for (const [name] of text.matchAll(/\\?[A-Za-z_]\w*(?:\\\w+)+/g)) found.add(dotted(name));
  for (const [name] of text.matchAll(SPOKEN_OF)) found.add(`${GLOBAL}.${CANONICAL[name.toLowerCase()] ?? name}`);
  for (const [, names] of text.matchAll(/(?<![\w$>])global[ \t]+(\$[\w$, \t]{1,400});/g)) for (const [, name] of (names ?? "").matchAll(/\$(\w+)/g)) found.add(`${GLOBAL}.${name}`);
  return [...found];
}

/** `A\B, C\D as E` and `A\{B, C as D}`. */
function usedNames(written: string): string[] {
  const group = /^\s*([\w\\\x80-\uffff]+?)\\\s*\{([^}]*)\}/.exec(written);
  const [prefix, list] = group === null ? ["", written] : [`${group[1]}\\`, group[2] ?? ""];
  return list.split(",").flatMap((one) => {
    const name = /^\s*(?:function\s+|const\s+)?([\w\\\x80-\uffff]+)/.exec(one)?.[1];
    return name === undefined ? [] : [dotted(prefix + name)];
  });
}

/** The first namespace that a text declares, dotted; `php` without one. */
export function phpModule(text: string): string {
  const name = /^[ \t]*(?:<\?(?:php)?[ \t]+)?(?:declare\s*\([^)]*\)\s*;\s*)?namespace[ \t]+([\w\\\x80-\uffff]+)\s*[;{]/im.exec(text)?.[1];
  return name === undefined ? GLOBAL : dotted(name);
}
