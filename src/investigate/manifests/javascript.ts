import { basename } from "node:path/posix";
import type { ManifestReader } from "./manifest";
import { asRecord, asText, NOTHING, oneModule } from "./manifest";

/** package.json: its name, what it installs and what it starts. TypeScript runs as JavaScript. */
export const javascriptManifests: ManifestReader = {
  wants: (name) => name === "package.json",
  read({ file, folder, text }) {
    const record = asRecord(JSON.parse(text));
    if (record === null) return NOTHING;
    const told = asText(record["name"]);
    const bin = record["bin"];
    const binaries = typeof bin === "string" ? [basename(bin), ...(told === null ? [] : [basename(told)])] : Object.keys(asRecord(bin) ?? {});
    const main = asText(record["main"]);
    if (main !== null) binaries.push(basename(main));
    const scripts = asRecord(record["scripts"]);
    for (const script of ["start", "start:prod", "serve", "worker"]) {
      // `node --enable-source-maps dist/server.js`: the file, inside this package.
      const started = asText(scripts?.[script]) === null ? undefined : /(?:^|[\s/])(?:node|nodemon|ts-node|tsx|bun(?: run)?|deno run)\s+(?:-\S+\s+)*((?:[\w@.-]+\/)*[\w.-]+\.(?:js|mjs|cjs|ts|mts))\b/.exec(asText(scripts?.[script]) ?? "")?.[1];
      if (started !== undefined) binaries.push(started.replace(/^(\.\/)+/, ""));
    }
    return oneModule({ folder, language: "javascript", name: told, binaries: [...new Set(binaries)], manifest: file });
  },
};
