import type { LogLevel } from "../../../model/log";
import { levelOfWord } from "../level";
import { readStamp } from "../stamp";
import type { LineFormat } from "./line-format";
import { LineScan } from "./line-format";

/** What may stand before the stamp: an opening bracket, a level, Ruby's letter, Redis' process and role. */
const BEFORE = /\[[A-Z] |(?:[A-Z], )?[[(<"*]|[A-Z][A-Za-z]{2,8}:? +[[(]?|\d{1,7}:[A-Z] |[A-Z]\/?[- ] ?/y;
const OPENERS = new Set([91, 40, 60, 34, 42]);

/** A level in the head of a line: in capitals, or in brackets, or before a colon, a bar or a tab. Python pads it, Spring pads the other side. */
const LEVEL = /(?:^|[\s[(<|:-])(?:(TRACE|FINEST|FINER|FINE|DEBUG[1-5]?|CONFIG|INFO|INFORMATION|NOTICE|NOTE|WARN|WARNING|ERROR|ERR|SEVERE|FATAL|CRITICAL|CRIT|ALERT|EMERG|PANIC|LOG|STATEMENT|DETAIL|HINT|TRC|DBG|INF|WRN|FTL|SUCCESS)(?=[\s\]):>|,-]|$)|[[(<](\w{3,13})[\])>]|(\w{3,13})(?=:| *\||\t| -- ?: ))/g;
/** What may stand between stamp and level: brackets, figures, names that end in a separator. */
const BETWEEN = /^(?:[\s|,:#-]+|\[[^\]]*\]|\([^)]*\)|\d+(?=[\s:\]]|$)|#\d+|[\w.$/@<>*-]+(?=\s*(?:[:|\t]|- ))|[\w$<>]+(?:[./][\w$<>-]+)+(?=\s)|\[)*$/;
/** A bracket, with one more in it at most. */
const BRACKET = "\\[(?:[^\\[\\]]|\\[[^\\]]{0,80}\\]){0,200}\\]";
/** A dotted name: a logger, a class, a module of Rust or C++. */
const DOTTED = "[\\w$<>-]+(?:(?:::|[./:$])[\\w$<>-]+)+";
/** Behind the level: thread, logger and place, as log4j, logback, Spring, Python and zap put them before the message. */
const AFTER = new RegExp(
  "[\\])>]?[\\s:|,-]*(?:" +
    [
      `(?:(?:\\d+|${BRACKET}|\\([^)]{0,200}\\)|<[\\w.-]+>)[\\s|:-]+)*(?:---\\s+)?(?:${BRACKET}\\s*)*(?:${DOTTED}(?:\\(\\w*\\))?(?: ?\\[[^\\]]{0,120}\\])?(?::\\d+)?|[\\w.$/<>@-]+(?:\\[\\d*\\])?)\\s*(?: - | : | \\| |\\t)\\s*`,
      `(?:${BRACKET}[\\s:|-]+)*${DOTTED}(?:\\(\\w*\\))?(?::\\d+)?\\s*(?::\\s+|\\t|\\s+(?=\\[))`,
      // Tomcat: the class and its method, and a blank alone.
      `${BRACKET} (?:[a-z][\\w$]*\\.){2,}[\\w$.<>]+ `,
      `(?:${BRACKET}\\s*)+-\\s+`,
    ].join("|") +
    ")?",
  "y",
);
/** MySQL and MariaDB: `0 [Note] [MY-012487] [InnoDB] text`, `12 [Warning] text`. */
const MYSQL = /\s+(\d+)(?:_\d+)? \[(System|Note|Warning|ERROR|Error)\] (?:\[(MY-\d+)\] \[(\w+)\] )?/y;
/** PostgreSQL's usual `log_line_prefix`: `[812] user@db LOG:  text`. */
const POSTGRES = /\s+(?:\[(\d+)(?:-\d+)?\] ?:?\s*)?(?:([\w.\[\]-]+)@([\w.\[\]-]+) )?(?:[^\s:]+ )?(LOG|ERROR|FATAL|PANIC|WARNING|NOTICE|INFO|DEBUG[1-5]?|STATEMENT|DETAIL|HINT|CONTEXT|QUERY|LOCATION):\s{2}/y;
/** Redis: `1:M 31 Jan 2024 10:11:12.345 * text`. */
const REDIS_LEVELS: Readonly<Record<number, LogLevel>> = { 46: "debug", 45: "info", 42: "notice", 35: "warning" };
/** Ruby's Logger: `I, [2024-01-31T10:11:12.345678 #812]  INFO -- name: text`. */
const RUBY = / #(\d+)\]\s+([A-Z]+) -- ([^:]*): /y;
/** Apache's error_log: `[core:error] [pid 1:tid 2] (13)Permission denied: [client 1.2.3.4:5] text`. */
const APACHE = /\] \[(?:(\w*):)?(\w+)\] (?:\[pid (\d+)(?::tid (\d+))?\] )?(?:\[client ([^\]]+)\] )?/y;
/** Monolog and Laravel: `shop.ERROR: text`. */
const MONOLOG = /\] ([\w-]+)\.(DEBUG|INFO|NOTICE|WARNING|ERROR|CRITICAL|ALERT|EMERGENCY): /y;
/** Elasticsearch and OpenSearch: `[WARN ][o.e.t.TcpTransport       ] text`. */
const ELASTIC = /\]\[([A-Z]+) *\]\[([\w.$-]+) *\] /y;
/** Envoy: `[15][warning][connection] text`. */
const ENVOY = /\]\[(\d+)\]\[(\w+)\]\[([\w.]+)\] /y;
/** Rust's env_logger: `WARN  shop::refund] text`. */
const RUST = / ([A-Z]+) +([\w:]+)\] /y;
/** Tornado: `[W 261125 12:10:11 web:2348] text`. */
const TORNADO = / ([\w.]+:\d+)\] /y;
/** Python's multiprocessing and Celery: `[2026-11-25 12:10:11,345: INFO/MainProcess] text`; of a task's own logger with the task before it. */
const PROCESS = /: ([A-Z]+)\/([\w.:@-]+)\] (?:([\w.]+)\[([0-9a-f]{8}-[0-9a-f-]{27})\]: )?/y;
const LETTERS: Readonly<Record<string, LogLevel>> = { D: "debug", I: "info", W: "warning", E: "error", C: "critical" };
/** What Go's log package puts behind the stamp with Lshortfile or Llongfile. */
const GO_FILE = /\s+((?:[\w./@-]+)\.go:\d+): /y;

export const STAMPED: LineFormat = {
  id: "stamped",
  read(line, at, scan) {
    const { stamp } = scan;
    let redis = false;
    let before = "";
    if (!readStamp(line, at, stamp)) {
      BEFORE.lastIndex = at;
      const lead = BEFORE.exec(line);
      if (lead === null || !readStamp(line, BEFORE.lastIndex, stamp)) return false;
      before = lead[0];
      redis = /^\d/.test(before);
    }
    scan.hasStamp = true;
    let end = stamp.end;
    // What opened before the stamp closes behind it, unless a Logger of Ruby put its process there.
    const opened = before !== "" && OPENERS.has(before.charCodeAt(before.length - 1));
    const code = line.charCodeAt(end);
    if (redis) {
      const mark = REDIS_LEVELS[line.charCodeAt(end + 1)];
      if (mark !== undefined && line.charCodeAt(end + 2) === 32) {
        scan.level = mark;
        scan.messageAt = end + 3;
        return true;
      }
    }
    if (opened && code === 32 && sticky(RUBY, line, end)) {
      scan.level = levelOfWord(found?.[2] ?? "");
      scan.messageAt = foundEnd;
      return true;
    }
    if (opened && code === 93) {
      const which = sticky(MONOLOG, line, end) ? 2 : sticky(ELASTIC, line, end) ? 1 : sticky(ENVOY, line, end) ? 2 : 0;
      if (which > 0) {
        scan.level = levelOfWord(found?.[which] ?? "");
        scan.messageAt = foundEnd;
        return true;
      }
    }
    if (opened && code === 32 && sticky(RUST, line, end)) {
      scan.level = levelOfWord(found?.[1] ?? "");
      if (scan.level !== null) {
        scan.messageAt = foundEnd;
        return true;
      }
    }
    if (code === 32 && before.length === 3 && before.charCodeAt(0) === 91 && sticky(TORNADO, line, end)) {
      scan.level = LETTERS[before.charAt(1)] ?? null;
      scan.messageAt = foundEnd;
      return true;
    }
    if (opened && code === 58 && sticky(PROCESS, line, end)) {
      scan.level = levelOfWord(found?.[1] ?? "");
      if (scan.level !== null) {
        scan.messageAt = foundEnd;
        return true;
      }
    }
    if (opened && code === 93 && sticky(APACHE, line, end)) {
      scan.level = levelOfWord(found?.[2] ?? "");
      if (scan.level !== null) {
        scan.messageAt = foundEnd;
        return true;
      }
    }
    if (code === 32) {
      if (sticky(MYSQL, line, end)) {
        scan.level = levelOfWord(found?.[2] ?? "");
        scan.messageAt = foundEnd;
        return true;
      }
      if (sticky(POSTGRES, line, end)) {
        scan.level = levelOfWord(found?.[4] ?? "");
        scan.messageAt = foundEnd;
        return true;
      }
      if (sticky(GO_FILE, line, end)) {
        scan.messageAt = foundEnd;
        return true;
      }
    }
    if (opened && (code === 93 || code === 41 || code === 62 || code === 34)) end += 1;
    if (before !== "" && !opened) scan.level = levelOfWord(before.replace(/\W+$/, ""));
    readHead(line, end, scan);
    return true;
  },
  fields(line, at, out) {
    const scan = fieldScan;
    scan.begin(line, at);
    if (!this.read(line, at, scan)) return;
    const head = line.slice(scan.stamp.end, scan.messageAt);
    const put = (pattern: RegExp, names: readonly string[]): boolean => {
      if (!sticky(pattern, line, scan.stamp.end)) return false;
      for (const [index, name] of names.entries()) if (name !== "" && found?.[index + 1] !== undefined) out[name] = found[index + 1] ?? "";
      return true;
    };
    if (put(MYSQL, ["thread", "", "code", "subsystem"]) || put(POSTGRES, ["pid", "user", "database", ""]) || put(RUBY, ["pid", "", "logger"]) || put(MONOLOG, ["logger", ""]) || put(ELASTIC, ["", "logger"]) || put(ENVOY, ["thread", "", "logger"]) || put(RUST, ["", "logger"]) || put(TORNADO, ["caller"]) || put(PROCESS, ["", "process", "task", "task_id"]) || put(APACHE, ["module", "", "pid", "thread", "client"]) || put(GO_FILE, ["caller"])) return;
    // Spring's name column, then whatever a bracket holds before the message: the thread; the dotted name: the logger.
    const thread = /\[\s*((?:[^[\]]|\[[^\]]*\])*?)\s*\]/.exec(head);
    if (thread?.[1] !== undefined && levelOfWord(thread[1]) === null) out["thread"] = thread[1];
    const pid = /(?:^|\s)(\d{1,7})(?=\s)/.exec(head);
    if (pid?.[1] !== undefined) out["pid"] = pid[1];
    const logger = /([A-Za-z_$][\w$<>-]*(?:[./:][\w$<>-]+)+|[A-Za-z_$][\w$]*(?=\s*(?: - | : )$))/.exec(head.replace(/\[[^\]]*\]/g, " "));
    if (logger?.[1] !== undefined && levelOfWord(logger[1]) === null) out["logger"] = logger[1];
    for (const [, key = "", quoted, plain] of line.slice(scan.messageAt).matchAll(/(?:^|[\s,;([])([A-Za-z_][\w.-]*)=(?:"((?:[^"\\]|\\.)*)"|([^\s,;)\]]+))/g)) out[key] ??= quoted ?? plain ?? "";
  },
};

const fieldScan = new LineScan();

let found: RegExpExecArray | null = null;
let foundEnd = 0;
function sticky(pattern: RegExp, line: string, at: number): boolean {
  pattern.lastIndex = at;
  found = pattern.exec(line);
  foundEnd = pattern.lastIndex;
  return found !== null;
}

/** How far behind the stamp a level is looked for. */
const HEAD = 160;

/** Level, thread, logger between the stamp (or whatever stands before the program's own words) and the message. Sets where the message begins. */
export function readHead(line: string, end: number, scan: LineScan): void {
  const window = line.length - end > HEAD ? line.slice(end, end + HEAD) : line.slice(end);
  LEVEL.lastIndex = 0;
  for (let match = LEVEL.exec(window); match !== null; match = LEVEL.exec(window)) {
    const word = match[1] ?? match[2] ?? match[3] ?? "";
    const level = levelOfWord(word);
    if (level === null) {
      LEVEL.lastIndex = match.index + 1;
      continue;
    }
    const wordAt = match.index + match[0].indexOf(word);
    if (!BETWEEN.test(window.slice(0, wordAt))) break;
    scan.level = level;
    AFTER.lastIndex = end + wordAt + word.length;
    AFTER.exec(line);
    scan.messageAt = AFTER.lastIndex;
    return;
  }
  let at = end;
  for (let code = line.charCodeAt(at); code === 32 || code === 9 || code === 58 || code === 124; code = line.charCodeAt(at)) at += 1;
  if (line.charCodeAt(at) === 45 && line.charCodeAt(at + 1) === 32) at += 2;
  scan.messageAt = at;
}
