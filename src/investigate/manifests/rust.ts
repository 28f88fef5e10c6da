import { parse as parseToml } from "smol-toml";
import type { ManifestReader } from "./manifest";
import { asRecord, asText, NOTHING, oneModule } from "./manifest";

/** Cargo.toml: a package's executable has its name unless `[[bin]]` says otherwise; files of src/bin are executables of their own (The Cargo Book). */
export const rustManifests: ManifestReader = {
  wants: (name) => name === "Cargo.toml" || name.endsWith(".rs"),
  read({ file, folder, name, text }) {
    if (name === "Cargo.toml") {
      const document = parseToml(text);
      const told = asText(asRecord(document["package"])?.["name"]);
      // A workspace alone has members, which say the rest themselves.
      if (told === null) return NOTHING;
      const bins = Array.isArray(document["bin"]) ? document["bin"].flatMap((one: unknown) => asText(asRecord(one)?.["name"]) ?? []) : [];
      return oneModule({ folder, language: "rust", name: told, binaries: bins.length > 0 ? bins : [told], manifest: file });
    }
    const bin = /^(.*?)\/?src\/bin(?:\/([\w-]+))?$/.exec(folder);
    if (bin === null || !/^\s*(?:pub\s+)?(?:async\s+)?fn\s+main\s*\(/m.test(text)) return NOTHING;
    return oneModule({ folder: bin[1] ?? "", language: "rust", name: null, binaries: [bin[2] ?? name.replace(/\.rs$/, "")], manifest: null });
  },
};
