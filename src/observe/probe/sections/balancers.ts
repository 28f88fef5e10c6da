import type { ConfiguredEndpoint } from "../../../model/service";
import type { MissingFact, Snapshot } from "../../../model/snapshot";
import type { ConfigText } from "../../config/config-text";
import { endpointsOfEnvoy } from "../../config/envoy";
import { endpointsOfHaproxyFiles } from "../../config/haproxy";
import { readJson } from "../../config/json";
import { endpointsOfNginxFiles } from "../../config/nginx";
import { readYamlTrees } from "../../config/yaml";
import type { SectionFamily } from "./section-family";

/** Beyond this a configuration is not kept: no line number that high is a person's. */
const MOST_LINES = 200_000;

/**
 * `balancer PROGRAM PATH`: a configuration file of a load balancer on the target, as lines `NUMBER:TEXT`. What it says of endpoints is kept, the
 * text itself is not.
 */
export class BalancerSections implements SectionFamily {
  readonly sections = ["balancer"];
  readonly #files: { readonly program: string; readonly file: string; readonly lines: string[] }[] = [];

  begin(_section: string, words: readonly string[]): void {
    const [program = "", ...path] = words;
    this.#files.push({ program, file: path.join(" ").slice(0, 500), lines: [] });
  }

  read(_section: string, line: string): void {
    const match = /^(\d{1,7}):(.*)$/s.exec(line);
    const number = Number(match?.[1]);
    if (match === null || number < 1 || number > MOST_LINES) return;
    const lines = this.#files.at(-1)?.lines;
    if (lines === undefined) return;
    while (lines.length < number - 1) lines.push("");
    lines[number - 1] = match[2] ?? "";
  }

  complete(snapshot: Snapshot): Snapshot {
    const configured: ConfiguredEndpoint[] = [];
    const missing: MissingFact[] = [];
    for (const program of ["haproxy", "nginx", "envoy"] as const) {
      const files = this.#files.filter((one) => one.program === program).map(({ file, lines }): ConfigText => ({ file, text: lines.join("\n") }));
      if (files.length === 0) continue;
      const found = READERS[program](files);
      configured.push(...found);
      if (found.length === 0) {
        missing.push({ what: `what stands behind ${program}`, why: `its configuration (${files.map(({ file }) => file).slice(0, 3).join(", ")}) names no endpoint that we understand`, remedy: "look at its configuration yourself, or at what its control plane tells" });
      }
    }
    if (configured.length === 0 && missing.length === 0) return snapshot;
    return { ...snapshot, configured: [...(snapshot.configured ?? []), ...configured], missing: [...snapshot.missing, ...missing] };
  }
}

const READERS: Readonly<Record<"haproxy" | "nginx" | "envoy", (files: readonly ConfigText[]) => ConfiguredEndpoint[]>> = {
  haproxy: endpointsOfHaproxyFiles,
  nginx: endpointsOfNginxFiles,
  envoy: (files) => files.flatMap(({ file, text }) => (/^\s*\{/.test(text) ? [readJson(text)] : readYamlTrees(text)).flatMap((tree) => (tree === null ? [] : endpointsOfEnvoy(file, tree)))),
};
