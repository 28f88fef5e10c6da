const HIDDEN = "***";

/** Words that name a secret wherever they stand in a key: `DB_PASSWORD`, `--api-key`, `spring.datasource.password`, `clientSecret`. */
const SECRET_KEY =
  "[\\w.-]*(?:password|passwd|passphrase|passwort|pwd|secret|token|credentials?|api[_-]?key|apikey|access[_-]?key|private[_-]?key|encryption[_-]?key|signing[_-]?key|account[_-]?key|shared[_-]?key|auth[_-]?key|authkey|auth[_-]?token|authtoken|session[_-]?key|licen[cs]e[_-]?key|webhook|cookie|requirepass|masterauth|(?:db|user|root|admin|key|store|smtp|mysql|auth|bind|http|master)pass|bearer|[_.-](?:pass|psk|pw)\\b|\\b(?:pass|psk|pw)\\b|[_.-]pass|\\bpass)(?:[_.-]?\\w{0,12})?";

/** Keys that hold such a word and are no secret themselves. */
const HARMLESS_KEY = /(?:password|passwd|token|secret|credentials?|key|cookie|webhook)[_-]?(?:file|path|dir|store|type|encoder|policy|length|expiry|ttl|timeout|name|id|url|uri|endpoint|count|algorithm|command|secure|domain|samesite)$/i;

const ASSIGNMENT = new RegExp(`((?:^|[\\s;&?,{('"=:])["']?-{0,2}(?:D)?)(${SECRET_KEY})(["']?\\s*(?:=>|[=:])\\s*)("[^"]*"?|'[^']*'?|[^\\s;&,})"']+)`, "gi");
const WHOLE_ARGUMENT = new RegExp(`^(-{0,2}/?(?:D)?)(${SECRET_KEY})([=:])(.+)$`, "is");
const SECRET_OPTION = new RegExp(`^(?:--?|/)(${SECRET_KEY})$`, "i");
/** `scheme://user:secret@host`, `scheme://:secret@host`; the secret may hold an @ or a slash. */
const URL_USERINFO = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*):(?!\d{1,5}(?:\/|$))([^\s]*?)@(?=[^\s@]*(?:[\s/?#,]|$))/gi;
/** Go's MySQL driver and its like: `user:secret@tcp(host:3306)/db`. */
const DRIVER_DSN = /((?:^|[\s='"])[\w.+-]+):([^\s]*)@(?=(?:tcp6?|unix|udp|cloudsql\w*)\()/gi;
/** A bare `--key=...` is often a file's name, which is no secret. */
const BARE_KEY = /^(-{1,2}(?:D)?key[=:])(?![^=:]*[/.\\])\S{6,}$/i;
/** Options and words whose next argument is a secret though they do not say so: Erlang's cookie, Consul's gossip key, `mysqladmin password NEW`, `ngrok authtoken T`. */
const SECRET_NEXT = /^(?:-setcookie|-encrypt|-psk|--tls-psk|--?basic-auth|--auth|password|passwd|passphrase|authtoken|auth-pass|requirepass|masterauth|aws_secret_access_key|aws_session_token)$/i;
/** The same with the value glued on. */
const SECRET_GLUED = /^(-{1,2}(?:encrypt|basic-auth|auth|dev-root-token-id|root-token-id)[=:])(.+)$/is;
/** `user:secret@host` without a scheme, as `--proxy` and `mysqlsh` take it. */
const BARE_USERINFO = /((?:^|[\s='"])[\w.+-]+):([^\s/@:'"]{3,})@(?=[\w.-]+(?:[:/\s]|$))/g;
/** A token in place of a user (`https://TOKEN@host`), and addresses that are secrets themselves. */
const URL_TOKEN = /(\b[a-z][a-z0-9+.-]*:\/\/)[\w.~%+-]{20,}@/gi;
const WEBHOOK_URL = /(\bhttps?:\/\/(?:hooks\.slack\.com\/(?:services|workflows)|(?:\w+\.)?discord(?:app)?\.com\/api\/webhooks|outlook\.office\.com\/webhook|[\w.-]+\.webhook\.office\.com)\/)[^\s'"]+/gi;
/** Oracle's tools: `scott/tiger@db`. */
const ORACLE_LOGON = /^([\w$#]+)\/([^@/\s]+)(?=@|$)/;
const ORACLE_TOOLS = /^(?:sqlplus|sqlldr|expdp?|impdp?|rman|sql)$/;
const SHELLS = /^(?:sh|ash|bash|dash|zsh|ksh|busybox|su|runuser|sudo|ssh|script|timeout|watch|env|cmd|powershell|pwsh)$/;

/** `dbPass=...`: the capital tells it from `compass`. */
const CAMEL_PASS = /((?:^|[\s;&?,{('"-])[A-Za-z]*[a-z]Pass["']?\s*[=:]\s*)["']?[^\s;&,})"']+/g;
const SHAPES = [
  /\beyJ[\w-]{6,}\.[\w-]{6,}\.[\w-]*/g,
  /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|sk-[\w-]{20,}|[rs]k_(?:live|test)_\w{10,}|AIza[\w-]{30,}|SG\.[\w-]{16,}\.[\w-]{16,}|A[KS]IA[0-9A-Z]{16}|ya29\.[\w-]{20,}|npm_\w{30,}|hvs\.[\w-]{20,})/g,
];

/** A private key, whole or cut off, its line ends real or written as `\\n`. Its first line stays: that a key was there is worth knowing. */
const PRIVATE_KEY = /(-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----)[\s\S]*?(?=-----END |$)/g;
/** All of a cookie header, not its first pair alone. */
const COOKIE_HEADER = /(\b(?:set-)?cookies?["']?\s*[:=]\s*["']?)[\w.%-]+=[^"'\r\n]*/gi;
/** Cookies that are a session: who has one is the user. By the names that servers and frameworks give them. */
const SESSION_COOKIE = /(\b(?:JSESSIONID|PHPSESSID|ASP\.NET_SessionId|ASPSESSIONID\w*|connect\.sid|laravel_session|sessionid|_\w+_session)=)[^\s;&"',)]+/gi;
/** What makes a signed URL or request one: S3's, Azure's and Google's, and the code that OAuth trades for a token. */
const SIGNATURE = /((?:^|[?&;,\s"'])(?:X-(?:Amz|Goog)-)?sig(?:nature)?=)[^\s&,;"']+/gi;
const OAUTH_CODE = /([?&]code=)[\w.~%+/-]{12,}/gi;
/** Oracle's thin driver: `jdbc:oracle:thin:scott/tiger@//db`. */
const JDBC_ORACLE = /(\bjdbc:oracle:\w+:[^\s/@]+)\/[^\s@]+@/gi;

/** Programs whose short options carry a secret: glued or as the next argument. */
const SHORT_OPTIONS: readonly { readonly program: RegExp; readonly glued: RegExp | null; readonly next: RegExp | null; readonly afterColon?: boolean; readonly word?: string }[] = [
  // A lone -p asks: what follows is the database's name. Only the glued form carries the secret.
  { program: /^(?:mysql|mysqldump|mysqladmin|mysqlimport|mysqlshow|mysqlcheck|mysqlpump|mysqlbinlog|mysqlslap|mysqlsh|mariadb|mariadb-\w+|mycli|xtrabackup|mariabackup|innobackupex|pt-[\w-]+)$/, glued: /^(-p)(.+)$/s, next: null },
  { program: /^(?:sshpass|mongo|mongosh|mongodump|mongorestore|mongoexport|mongoimport|mongostat|mongotop|sqlcmd|bcp|isql|tsql|zabbix_\w+|ldapsearch|ldapadd|ldapmodify|ldapdelete|ldapwhoami|influx|impala-shell|kinit|expect)$/, glued: /^(-(?:p|P|w))(.+)$/s, next: /^-(?:p|P|w)$/ },
  { program: /^(?:redis-cli|redis-benchmark|valkey-cli|keydb-cli)$/, glued: null, next: /^(?:-a|--pass)$/ },
  // -p publishes a port unless one logs in.
  { program: /^(?:docker|podman|nerdctl|buildah|helm|az|oc|cf)$/, glued: null, next: /^-p$/, word: "login" },
  { program: /^(?:7z|7za|7zr|rar|unrar)$/, glued: /^(-p)(.+)$/s, next: null },
  { program: /^(?:zip|unzip|ipmitool)$/, glued: null, next: /^-P$/ },
  { program: /^(?:cqlsh|rdesktop|mosquitto_(?:pub|sub))$/, glued: null, next: /^-[pP]$/ },
  { program: /^(?:snmp\w+)$/, glued: null, next: /^-[cAXyY]$/ },
  { program: /^(?:xfreerdp|wlfreerdp)$/, glued: /^(\/p:)(.+)$/s, next: null },
  { program: /^(?:lftp|smbclient|rpcclient|net)$/, glued: null, next: /^-[uU]$/, afterColon: true },
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
  const shorts = SHORT_OPTIONS.filter((option) => programs.some((program) => option.program.test(program)) && (option.word === undefined || args.includes(option.word)));
  const shown: string[] = [];
  let hideNext: "all" | "after-colon" | null = null;
  for (const [index, arg] of args.entries()) {
    if (hideNext !== null && arg !== "" && !(hideNext === "all" && /^--\w/.test(arg))) {
      const colon = arg.search(/[:,%]/);
      shown.push(hideNext === "after-colon" ? (colon === -1 ? scrubText(arg) : `${arg.slice(0, colon + 1)}${HIDDEN}`) : HIDDEN);
      hideNext = null;
      continue;
    }
    hideNext = null;
    // What a shell is told to run is a command line of its own.
    if (index > 0 && /\s/.test(arg) && programs.some((program) => SHELLS.test(program))) {
      shown.push(arg.split(/(;|\|\|?|&&?)/).map((part) => (/^[;|&]/.test(part) ? part : scrubWords(part))).join(""));
      continue;
    }
    if (SECRET_NEXT.test(arg) && index > 0) {
      shown.push(arg);
      hideNext = "all";
      continue;
    }
    const stuck = SECRET_GLUED.exec(arg) ?? BARE_KEY.exec(arg);
    if (stuck !== null) {
      shown.push(`${stuck[1] ?? ""}${HIDDEN}`);
      continue;
    }
    if (index > 0 && ORACLE_LOGON.test(arg) && ORACLE_TOOLS.test(programs[0] ?? "")) {
      shown.push(arg.replace(ORACLE_LOGON, `$1/${HIDDEN}`));
      continue;
    }
    if (programs[0] === "htpasswd" && index === args.length - 1 && args.some((other) => /^-\w*b/.test(other))) {
      shown.push(HIDDEN);
      continue;
    }
    const glued = arg.startsWith("--") || /^-(?:password|passwd|passphrase|pass|token|secret)$/i.test(arg) ? undefined : shorts.find((option) => option.glued?.test(arg) === true)?.glued;
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

/** One command of a shell's line, its blanks kept. */
function scrubWords(command: string): string {
  const head = /^\s*/.exec(command)?.[0] ?? "";
  const tail = /\s*$/.exec(command)?.[0] ?? "";
  const words = command.trim().split(/\s+/);
  return words.length < 2 ? scrubText(command) : `${head}${scrubText(scrubCommandLine(words))}${tail}`;
}

/** Hides secrets inside one piece of text: a shell command in an argument, a DSN, a header. */
export function scrubText(text: string): string {
  let shown = text
    .replace(PRIVATE_KEY, `$1${HIDDEN}`)
    .replace(COOKIE_HEADER, `$1${HIDDEN}`)
    .replace(SESSION_COOKIE, `$1${HIDDEN}`)
    .replace(SIGNATURE, `$1${HIDDEN}`)
    .replace(OAUTH_CODE, `$1${HIDDEN}`)
    .replace(JDBC_ORACLE, `$1/${HIDDEN}@`)
    .replace(WEBHOOK_URL, `$1${HIDDEN}`)
    .replace(URL_TOKEN, `$1${HIDDEN}@`)
    .replace(URL_USERINFO, (_, head: string) => `${head}:${HIDDEN}@`)
    .replace(CAMEL_PASS, (_, head: string) => `${head}${HIDDEN}`)
    .replace(BARE_USERINFO, (_, head: string) => `${head}:${HIDDEN}@`)
    .replace(DRIVER_DSN, (_, head: string) => `${head}:${HIDDEN}@`)
    .replace(/\b((?:proxy-)?authorization\s*[:=]\s*(?:bearer|basic|token|digest)?\s*)[^\s'"]+/gi, `$1${HIDDEN}`)
    .replace(/\b(bearer\s+)[\w.~+/=-]{8,}/gi, `$1${HIDDEN}`)
    .replace(ASSIGNMENT, (match: string, head: string, key: string, sign: string, value: string) => (HARMLESS_KEY.test(key) || value.startsWith("//") ? match : `${head}${key}${sign}${HIDDEN}`))
    .replace(/((?:^|\s)--?(?:password|passwd|pass|token|secret|api-key|apikey)\s+)(?!-)(\S+)/gi, `$1${HIDDEN}`);
  for (const shape of SHAPES) shown = shown.replace(shape, HIDDEN);
  return shown;
}
