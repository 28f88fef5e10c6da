const HIDDEN = "***";

/** Words that name a secret wherever they stand in a key: `DB_PASSWORD`, `--api-key`, `spring.datasource.password`, `clientSecret`. */
const SECRET_KEY =
  "[\\w.-]*(?:password|passwd|passphrase|passwort|pwd|secret|token|credentials?|api[_-]?key|apikey|access[_-]?key|private[_-]?key|encryption[_-]?key|signing[_-]?key|account[_-]?key|shared[_-]?key|auth[_-]?key|authkey|bearer|[_.-]pass|\\bpass)(?:[_.-]?\\w{0,12})?";

/** Keys that hold such a word and are no secret themselves. */
const HARMLESS_KEY = /(?:password|passwd|token|secret|credentials?|key)[_-]?(?:file|path|dir|store|type|encoder|policy|length|expiry|ttl|timeout|name|id|url|uri|endpoint|count|algorithm|command)$/i;

const ASSIGNMENT = new RegExp(`((?:^|[\\s;&?,{('"])["']?-{0,2}(?:D)?)(${SECRET_KEY})(["']?\\s*[=:]\\s*)("[^"]*"?|'[^']*'?|[^\\s;&,})"']+)`, "gi");
const WHOLE_ARGUMENT = new RegExp(`^(-{0,2}/?(?:D)?)(${SECRET_KEY})([=:])(.+)$`, "is");
const SECRET_OPTION = new RegExp(`^(?:--?|/)(${SECRET_KEY})$`, "i");
/** `scheme://user:secret@host`, `scheme://:secret@host`; the secret may hold an @ or a slash. */
const URL_USERINFO = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*):(?!\d{1,5}(?:\/|$))([^\s]*?)@(?=[^\s@]*(?:[\s/?#,]|$))/gi;
/** Go's MySQL driver and its like: `user:secret@tcp(host:3306)/db`. */
const DRIVER_DSN = /((?:^|[\s='"])[\w.+-]+):([^\s]*)@(?=(?:tcp6?|unix|udp|cloudsql\w*)\()/gi;
/** `dbPass=...`: the capital tells it from `compass`. */
const CAMEL_PASS = /((?:^|[\s;&?,{('"-])[A-Za-z]*[a-z]Pass["']?\s*[=:]\s*)["']?[^\s;&,})"']+/g;
const SHAPES = [
  /\beyJ[\w-]{6,}\.[\w-]{6,}\.[\w-]*/g,
  /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|sk-[\w-]{20,}|AKIA[0-9A-Z]{16}|ya29\.[\w-]{20,}|npm_\w{30,}|hvs\.[\w-]{20,})/g,
];

/** Programs whose short options carry a secret: glued or as the next argument. */
const SHORT_OPTIONS: readonly { readonly program: RegExp; readonly glued: RegExp | null; readonly next: RegExp | null; readonly afterColon?: boolean }[] = [
  // A lone -p asks: what follows is the database's name. Only the glued form carries the secret.
  { program: /^(?:mysql|mysqldump|mysqladmin|mysqlimport|mysqlshow|mysqlcheck|mysqlpump|mysqlbinlog|mysqlslap|mysqlsh|mariadb|mariadb-\w+|mycli|xtrabackup|mariabackup|innobackupex|pt-[\w-]+)$/, glued: /^(-p)(.+)$/s, next: null },
  { program: /^(?:sshpass|mongo|mongosh|mongodump|mongorestore|mongoexport|mongoimport|mongostat|mongotop|sqlcmd|bcp|isql|tsql|zabbix_\w+|ldapsearch|ldapadd|ldapmodify|ldapdelete|ldapwhoami|influx|impala-shell|kinit|expect)$/, glued: /^(-(?:p|P|w))(.+)$/s, next: /^-(?:p|P|w)$/ },
  { program: /^(?:redis-cli|redis-benchmark|valkey-cli|keydb-cli)$/, glued: null, next: /^(?:-a|--pass)$/ },
  { program: /^(?:curl|wget|http|https|httpie|xh)$/, glued: /^(-u[^:]*:)(.+)$/s, next: /^(?:-u|--user|--proxy-user|-U|-a|--auth)$/, afterColon: true },
  { program: /^(?:openvpn|htpasswd|smbclient|mount\.cifs|rabbitmqadmin|ftp|lftp)$/, glued: null, next: /^-(?:p|U|u)$/, afterColon: true },
  { program: /^openssl$/, glued: null, next: /^-(?:passin|passout|pass|k)$/ },
];

/**
 * The arguments of a process joined by blanks, with what looks like a secret replaced by `***`: passwords in URLs and DSNs, options and
 * assignments that name one, tokens known by their shape. It errs on the side of hiding: a command line is shown, saved and sent to others.
 */
export function scrubCommandLine(args: readonly string[]): string {
  const programs = args.slice(0, 4).map((arg) => arg.slice(arg.lastIndexOf("/") + 1));
  const shorts = SHORT_OPTIONS.filter((option) => programs.some((program) => option.program.test(program)));
  const shown: string[] = [];
  let hideNext: "all" | "after-colon" | null = null;
  for (const arg of args) {
    if (hideNext !== null && arg !== "" && !(hideNext === "all" && /^--\w/.test(arg))) {
      const colon = arg.indexOf(":");
      shown.push(hideNext === "after-colon" ? (colon === -1 ? scrubText(arg) : `${arg.slice(0, colon)}:${HIDDEN}`) : HIDDEN);
      hideNext = null;
      continue;
    }
    hideNext = null;
    const glued = arg.startsWith("--") ? undefined : shorts.find((option) => option.glued?.test(arg) === true)?.glued;
    if (glued !== undefined && glued !== null) {
      shown.push(arg.replace(glued, (_, head: string) => `${head}${HIDDEN}`));
      continue;
    }
    if (SECRET_OPTION.test(arg) && !HARMLESS_KEY.test(arg)) {
      shown.push(arg);
      hideNext = "all";
      continue;
    }
    for (const option of shorts) {
      if (option.next?.test(arg) === true) hideNext = option.afterColon === true ? "after-colon" : "all";
    }
    const whole = WHOLE_ARGUMENT.exec(arg);
    if (whole !== null && !HARMLESS_KEY.test(whole[2] ?? "") && !/^\/\//.test(whole[4] ?? "")) {
      shown.push(`${whole[1] ?? ""}${whole[2] ?? ""}${whole[3] ?? ""}${HIDDEN}`);
      continue;
    }
    shown.push(scrubText(arg));
  }
  return shown.join(" ").trim();
}

/** Hides secrets inside one piece of text: a shell command in an argument, a DSN, a header. */
export function scrubText(text: string): string {
  let shown = text
    .replace(URL_USERINFO, (_, head: string) => `${head}:${HIDDEN}@`)
    .replace(CAMEL_PASS, (_, head: string) => `${head}${HIDDEN}`)
    .replace(DRIVER_DSN, (_, head: string) => `${head}:${HIDDEN}@`)
    .replace(/\b((?:proxy-)?authorization\s*[:=]\s*(?:bearer|basic|token|digest)?\s*)[^\s'"]+/gi, `$1${HIDDEN}`)
    .replace(/\b(bearer\s+)[\w.~+/=-]{8,}/gi, `$1${HIDDEN}`)
    .replace(ASSIGNMENT, (match: string, head: string, key: string, sign: string, value: string) => (HARMLESS_KEY.test(key) || value.startsWith("//") ? match : `${head}${key}${sign}${HIDDEN}`))
    .replace(/((?:^|\s)--?(?:password|passwd|pass|token|secret|api-key|apikey)\s+)(?!-)(\S+)/gi, `$1${HIDDEN}`);
  for (const shape of SHAPES) shown = shown.replace(shape, HIDDEN);
  return shown;
}
