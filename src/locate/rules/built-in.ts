import { loadRules } from "./load-rules";
import type { RuleFile } from "./rule-model";
import goDatabaseSql from "./libraries/go-database-sql.yaml";
import goNetHttp from "./libraries/go-net-http.yaml";
import pythonRequests from "./libraries/python-requests.yaml";
import pythonTornado from "./libraries/python-tornado.yaml";
import pythonUrllib from "./libraries/python-urllib.yaml";

/** The registry: one line a library. A new library is a new YAML file and a line here. */
export const LIBRARIES: readonly (readonly [file: string, text: string])[] = [
  ["go-database-sql.yaml", goDatabaseSql],
  ["go-net-http.yaml", goNetHttp],
  ["python-requests.yaml", pythonRequests],
  ["python-tornado.yaml", pythonTornado],
  ["python-urllib.yaml", pythonUrllib],
];

/** The rules that the product brings, read anew at each call (some milliseconds a file): keep the result. */
export function loadBuiltInRules(): readonly RuleFile[] {
  return LIBRARIES.map(([file, text]) => loadRules(text, `src/locate/rules/libraries/${file}`));
}
