import type { Import } from "../flow/flow-model";

/**
 * Namespaces that the SDK imports by itself (`ImplicitUsings`), each with what a file writes when it uses one. A file of an older project
 * that writes such a name imports it anyhow, so nothing is lost by taking it for imported.
 */
const IMPLICIT: readonly (readonly [namespace: string, used: RegExp])[] = [
  ["System", /\b(?:Environment|IDisposable|IAsyncDisposable|Lazy|GC)\b/],
  ["System.IO", /\b(?:File|FileInfo|FileStream|Stream|StreamReader|StreamWriter|BinaryReader|BinaryWriter|MemoryStream|Directory)\b/],
  ["System.Net.Http", /\bHttp(?:Client|ResponseMessage|RequestMessage|ClientHandler|Content)\b|\bSocketsHttpHandler\b|\bIHttpClientFactory\b/],
  ["System.Threading", /\b(?:Thread|SemaphoreSlim|CancellationTokenSource|Timer|PeriodicTimer|ManualResetEventSlim|Monitor|Mutex)\b/],
  ["System.Threading.Tasks", /\b(?:Task|ValueTask)\b/],
];
/** First parts of full names that stand in code without an import. */
const HEADS = /(?<![\w.])(System|Microsoft|Npgsql|MySql|MySqlConnector|Oracle|StackExchange|RabbitMQ|MongoDB|Azure|Grpc|Dapper|Confluent|Amazon)\s*\.\s*[A-Z]/g;
/** Several may stand on one line. */
const USING = /(?<=^|[;{}])[ \t]*(?:global[ \t]+)?using[ \t]+(static[ \t]+|unsafe[ \t]+)?(?:(@?\w+)[ \t]*=[ \t]*)?(?:global::)?([\w.]+(?:<[^;\n]*>)?)[ \t]*;/gm;
const NAMESPACE = /(?<=^|[;{}])[ \t]*namespace[ \t]+([\w.]+)/m;

/** One `using`, as written. */
export interface Using {
  readonly alias: string | null;
  /** Of a namespace, or with `static` of a type. */
  readonly path: string;
}

/** The directives that stand in the text, told without a parser. */
export function usingsOf(text: string): readonly Using[] {
  return [...text.matchAll(USING)].map(([, , alias, path]) => ({ alias: alias?.replace(/^@/, "") ?? null, path: (path ?? "").replace(/<.*$/, "") }));
}

/** The namespace that a file's types are in: the first that it declares. */
export function namespaceOf(text: string): string | null {
  return NAMESPACE.exec(text)?.[1] ?? null;
}

/** `A.B` and `A` of `A.B.C`: what is in them is seen without an import. */
export function namespacesAround(module: string): readonly string[] {
  const parts = module.split(".");
  return parts.slice(1).map((_, i) => parts.slice(0, parts.length - 1 - i).join("."));
}

export function implicitNamespaces(text: string): readonly string[] {
  return IMPLICIT.filter(([, used]) => used.test(text)).map(([namespace]) => namespace);
}

/** Full names in code (`System.IO.File`), by their first parts. */
export function headsUsed(text: string): readonly string[] {
  return [...new Set([...text.matchAll(HEADS)].map(([, head]) => head ?? ""))];
}

/** All that a file sees, in the order in which it is asked. */
export function importsOf(text: string, module: string): Import[] {
  const imports: Import[] = [];
  const stars = new Set<string>();
  const star = (path: string): void => {
    if (path === "" || stars.has(path)) return;
    stars.add(path);
    imports.push({ local: "*", path, member: null });
  };
  for (const namespace of namespacesAround(module)) star(namespace);
  for (const { alias, path } of usingsOf(text)) {
    if (alias === null) star(path);
    else {
      const dot = path.lastIndexOf(".");
      imports.push(dot < 0 ? { local: alias, path, member: null } : { local: alias, path: path.slice(0, dot), member: path.slice(dot + 1) });
    }
  }
  for (const namespace of implicitNamespaces(text)) star(namespace);
  for (const head of headsUsed(text)) imports.push({ local: head, path: head, member: null });
  return imports;
}
