import type { ManifestReader } from "./manifest";
import { asRecord, asText, NOTHING, oneModule } from "./manifest";

/** composer.json, and what is started: Laravel's artisan, Symfony's bin/console, WordPress's wp-config.php marks a site. */
export const phpManifests: ManifestReader = {
  wants: (name) => name === "composer.json" || name === "artisan" || name === "console" || name === "wp-config.php",
  read({ file, folder, name, text }) {
    if (name === "composer.json") {
      const record = asRecord(JSON.parse(text));
      if (record === null) return NOTHING;
      const bin = record["bin"];
      const binaries = (Array.isArray(bin) ? bin : [bin]).flatMap((one) => asText(one) ?? []).map((one) => one.slice(one.lastIndexOf("/") + 1));
      return oneModule({ folder, language: "php", name: asText(record["name"]), binaries, manifest: file });
    }
    if (name === "wp-config.php") return oneModule({ folder, language: "php", name: null, binaries: [], manifest: file });
    if (!/^#!.*php|<\?php/.test(text)) return NOTHING;
    const home = name === "console" ? folder.replace(/(^|\/)bin$/, "") : folder;
    return oneModule({ folder: home, language: "php", name: null, binaries: [name === "console" ? "bin/console" : name], manifest: null });
  },
};
