import type { ConfiguredEndpoint } from "../../model/service";
import { endpointsOfCompose, isCompose } from "./compose";
import { findConnectionStrings } from "./connection-strings";
import { readDotenv } from "./dotenv";
import { endpointsOfEntries, nameOf, stemOfPath } from "./entry-endpoints";
import { endpointsOfEnvoy, isEnvoy } from "./envoy";
import { endpointsOfHaproxy, isHaproxy } from "./haproxy";
import { readJson } from "./json";
import { endpointsOfManifest } from "./kubernetes";
import { endpointsOfNginx, isNginx } from "./nginx";
import { readProperties } from "./properties";
import { assignedName, endpointsOfSource } from "./source-code";
import { readToml } from "./toml";
import { fillDefaults, fillErb, fillVariables } from "./variables";
import { entriesOfTree } from "./tree";
import { readYaml } from "./yaml";

const CONFIG = /\.(ya?ml|json|jsonc|json5|toml|ini|cfg|cnf|conf|config|properties|props|xml|hcl|tfvars)$/i;
const SOURCE = /\.(go|py|pyi|js|mjs|cjs|ts|mts|cts|tsx|jsx|vue|svelte|java|kt|kts|scala|groovy|gradle|cs|fs|vb|rb|php|rs|c|cc|cpp|cxx|h|hpp|swift|ex|exs|erl|clj|lua|pl|pm|r|dart|jl|tf)$/i;
const ENVIRONMENT = /(^|\/)(\.env[^/]*|[^/]*\.env|env\.[^/]+|Dockerfile[^/]*|[^/]*\.dockerfile|Containerfile|Procfile|\.envrc|[^/]*\.(sh|bash|service))$/i;
const NO_EXTENSION = /(^|\/)(haproxy|nginx|envoy)[^/]*$/i;
/** Made by tools or by others, and big. */
const NEVER = /(^|\/)(node_modules|\.git|\.venv|venv|__pycache__|site-packages)\/|(^|\/)(package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|composer\.lock|poetry\.lock|uv\.lock|cargo\.lock|tsconfig[^/]*\.json)$|\.min\.js$|\.d\.ts$|\.(pb\.go|map)$/i;

/** Beyond this a structured file is data, no configuration: it is only searched for connection strings. Characters. */
const LARGEST_STRUCTURED = 300_000;
/** The YAML parser takes its time; a hundred kilobytes are a very long configuration. */
const LARGEST_YAML = 100_000;
/** No structured setting names an endpoint without one of these. */
const WORTH_PARSING = /(host|name|addr|address|ip|server|service|port|value|url|uri|dsn|endpoints?|brokers?|nodes?|image|domain|fqdn)["']?\s*[:=]|:\/\/|:\d{2,5}\b|=/i;

/** Is this file worth reading for endpoints? By its path alone: configuration of any kind, and source code. `path` with `/`. */
export function isConfigFile(path: string): boolean {
  return !NEVER.test(path) && (CONFIG.test(path) || SOURCE.test(path) || ENVIRONMENT.test(path) || NO_EXTENSION.test(path));
}

/**
 * Every endpoint that this file names, in the order of its lines, each with its place and key. A broken file gives what can be read of
 * it; nothing throws. No value but hosts and ports is ever part of the answer: connection strings carry passwords.
 */
export function readConfiguredEndpoints(file: string, text: string): ConfiguredEndpoint[] {
  const marked = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const clean = /\.ya?ml$/i.test(file) ? fillErb(marked) : SOURCE.test(file) ? fillDefaults(marked) : marked;
  const lineOf = lineIndex(clean);
  const structured = clean.length <= (/\.ya?ml$/i.test(file) ? LARGEST_YAML : LARGEST_STRUCTURED) && WORTH_PARSING.test(clean) ? readStructured(file, clean, lineOf) : [];
  const strings = SOURCE.test(file) || structured.length === 0 || !isFullyRead(file) ? searchStrings(file, clean, lineOf) : [];
  // What a setting told with its key is not told again without.
  const known = new Set(structured.map((endpoint) => `${endpoint.host} ${endpoint.port}`));
  const seen = new Set<string>();
  return [...structured, ...strings.filter((endpoint) => !known.has(`${endpoint.host} ${endpoint.port}`))]
    .filter((endpoint) => {
      const key = `${endpoint.line} ${endpoint.host} ${endpoint.port}`;
      return seen.has(key) ? false : (seen.add(key), true);
    })
    .sort((a, b) => a.line - b.line);
}

/** Formats in which every string is a setting: nothing is left to search. */
function isFullyRead(file: string): boolean {
  return /\.(json|jsonc|toml)$/i.test(file);
}

function readStructured(file: string, text: string, lineOf: (offset: number) => number): ConfiguredEndpoint[] {
  if (SOURCE.test(file)) return endpointsOfSource(file, text, lineOf);
  if (ENVIRONMENT.test(file)) return endpointsOfEntries(file, readDotenv(text));
  if (isHaproxy(text)) return endpointsOfHaproxy(file, text);
  if (/\.json[c5]?$/i.test(file)) {
    const tree = readJson(text);
    return tree === null ? [] : isCompose(tree) ? endpointsOfCompose(file, tree) : isEnvoy(tree) ? endpointsOfEnvoy(file, tree) : endpointsOfEntries(file, entriesOfTree(tree));
  }
  if (/\.ya?ml$/i.test(file)) {
    const { trees, entries } = readYaml(text);
    const compose = trees.find(isCompose);
    const envoy = trees.filter(isEnvoy);
    if (compose === undefined && envoy.length > 0) return envoy.flatMap((tree) => endpointsOfEnvoy(file, tree));
    return compose === undefined ? [...endpointsOfManifest(file, trees), ...endpointsOfEntries(file, entries)] : endpointsOfCompose(file, compose);
  }
  if (isNginx(text)) return endpointsOfNginx(file, text);
  if (/\.toml$/i.test(file)) return endpointsOfEntries(file, readToml(text));
  return /\.(xml|config|hcl|tfvars)$/i.test(file) && /^\s*</.test(text) ? [] : endpointsOfEntries(file, readProperties(text));
}

function searchStrings(file: string, text: string, lineOf: (offset: number) => number): ConfiguredEndpoint[] {
  const filled = text.includes("${") ? fillVariables(text) : text;
  // Filling changes offsets, never lines: a default holds no line break.
  const place = filled === text ? lineOf : lineIndex(filled);
  return findConnectionStrings(filled).filter(({ offset }) => !isComment(filled, offset)).map(({ host, port, kind, offset }) => {
    const key = assignedName(filled, offset);
    return { host, port, kind, name: nameOf(host, key === null ? "" : stemOfPath(key.split(".")), kind), key, file, line: place(offset) };
  });
}

/** The line that this offset stands on is a comment, in any language. */
function isComment(text: string, offset: number): boolean {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  return /^\s*(#(?!\{)|\/\/|--\s|\*\s|\/\*|;|<!--|rem\s)/i.test(text.slice(start, Math.min(offset, start + 200)));
}

/** Offset to line, both ways cheap: the starts are read when the first line is asked for. */
function lineIndex(text: string): (offset: number) => number {
  let starts: number[] | null = null;
  return (offset) => {
    if (starts === null) {
      starts = [0];
      for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    }
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}
