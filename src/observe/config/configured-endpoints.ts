import type { ConfiguredEndpoint } from "../../model/service";
import { findConnectionStrings, mayHoldConnectionString, nameOfHost } from "./connection-strings";
import { fillVariables } from "./variables";

const CONFIG = /\.(env|ya?ml|json|jsonc|json5|toml|ini|cfg|conf|config|properties|xml|hcl|tfvars|editorconfig)$/i;
const SOURCE = /\.(go|py|js|mjs|cjs|ts|mts|cts|tsx|jsx|java|kt|kts|scala|groovy|cs|fs|vb|rb|php|rs|c|cc|cpp|cxx|h|hpp|swift|ex|exs|erl|clj|lua|pl|sh|bash|r|dart)$/i;
const NAMED = /(^|\/)(\.env[^/]*|[^/]*\.env|Dockerfile[^/]*|Procfile|docker-compose[^/]*|haproxy[^/]*|nginx[^/]*)$/i;
const NEVER = /(^|\/)(node_modules|\.git|vendor|dist|build|\.venv|venv|__pycache__|site-packages|target|\.next)\/|(^|\/)(package-lock\.json|pnpm-lock\.yaml|npm-shrinkwrap\.json|composer\.lock|poetry\.lock)$|\.min\.js$/i;

/** Is this file worth reading for endpoints? By its path alone: configuration of any kind, and source code. `path` with `/`. */
export function isConfigFile(path: string): boolean {
  return !NEVER.test(path) && (CONFIG.test(path) || SOURCE.test(path) || NAMED.test(path));
}

/** Every endpoint that this file names, in the order of its lines. Broken files give what can be read of them; nothing throws. No secret is ever part of it. */
export function readConfiguredEndpoints(file: string, text: string): ConfiguredEndpoint[] {
  if (!mayHoldConnectionString(text)) return [];
  return findConnectionStrings(fillVariables(text)).map(({ host, port, kind, offset }) => ({
    host, port, kind, name: nameOfHost(host, kind), key: null, file, line: text.slice(0, offset).split("\n").length,
  }));
}
