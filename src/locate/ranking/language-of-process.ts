import type { Process } from "../../model/process";

export interface ProcessLanguage {
  /** `python`, `javascript`, `java`, ...; `native`: an executable of its own, which Go, Rust, C and C++ are. */
  readonly language: string;
  /** In words: `runs python3`. */
  readonly text: string;
}

/** Interpreters and runtimes, by the start of the executable's name. */
const RUNTIMES: readonly (readonly [RegExp, string])[] = [
  [/^(python|pypy)[\d.]*$/, "python"],
  [/^(gunicorn|uwsgi|uvicorn|hypercorn|granian|waitress-serve|celery|daphne|twistd|dramatiq|flask)\b/, "python"],
  [/^(node|nodejs|bun|deno|tsx|ts-node|pm2|next-server)[\d.]*$/, "javascript"],
  [/^(java|jsvc)$/, "java"],
  [/^(ruby|jruby|puma|unicorn|sidekiq|rackup|passenger|resque|falcon)[\d.]*\b/, "ruby"],
  [/^(php|php-fpm|php-cgi|frankenphp)[\d.]*\b/, "php"],
  [/^(dotnet|mono)$/, "csharp"],
  [/^(beam\.smp|erl)$/, "erlang"],
  [/^perl[\d.]*$/, "perl"],
];

/** Languages whose programs are executables of their own. */
const NATIVE: ReadonlySet<string> = new Set(["go", "rust", "c", "cpp", "zig", "swift"]);

/** Which language a process runs, by its executable, its name, or the first words of its command line. null: nothing tells. */
export function languageOfProcess(process: Pick<Process, "name" | "exe" | "commandLine">): ProcessLanguage | null {
  const words = (process.commandLine ?? "").split(/\s+/).slice(0, 2);
  for (const candidate of [process.exe, process.name, ...words]) {
    if (candidate === null || candidate === "") continue;
    const base = baseName(candidate.replace(/ \(deleted\)$/, "")).replace(/:$/, "");
    for (const [pattern, language] of RUNTIMES) if (pattern.test(base)) return { language, text: `runs ${base}` };
  }
  if (process.exe === null && process.commandLine === null) return null;
  const base = baseName((process.exe ?? words[0] ?? process.name).replace(/ \(deleted\)$/, ""));
  return { language: "native", text: `runs an executable of its own, ${base}` };
}

/** true and false when it is known, null when it cannot be told. TypeScript runs as JavaScript. */
export function canRun(process: ProcessLanguage, language: string): boolean | null {
  if (process.language === "native") return NATIVE.has(language) ? true : null;
  return runtimeOf(language) === process.language;
}

/** The language whose processes run this one: TypeScript runs as JavaScript, what compiles for the JVM as Java. */
export function runtimeOf(language: string): string {
  if (language === "typescript" || language === "tsx" || language === "jsx") return "javascript";
  if (language === "kotlin" || language === "scala" || language === "groovy" || language === "clojure") return "java";
  return language === "fsharp" || language === "vb" ? "csharp" : language;
}

export function isNative(language: string): boolean {
  return NATIVE.has(language);
}

export function baseName(path: string): string {
  return path.slice(path.replace(/\/+$/, "").lastIndexOf("/") + 1).replace(/\/+$/, "");
}
