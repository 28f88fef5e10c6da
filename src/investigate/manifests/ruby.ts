import type { ManifestReader } from "./manifest";
import { NOTHING, oneModule } from "./manifest";

/** Gemfile, gemspec, config.ru, and Rails, whose application is a module in config/application.rb. */
export const rubyManifests: ManifestReader = {
  wants: (name) => name === "Gemfile" || name === "gems.rb" || name === "config.ru" || name.endsWith(".gemspec") || name === "application.rb",
  read({ file, folder, name, text }) {
    if (name === "application.rb") {
      const told = /^\s*module\s+(\w+)/m.exec(text)?.[1];
      if (told === undefined || !/<\s*Rails::Application/.test(text) || !/(^|\/)config$/.test(folder)) return NOTHING;
      return oneModule({ folder: folder.replace(/\/?config$/, ""), language: "ruby", name: told.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase(), binaries: [], manifest: file });
    }
    if (name.endsWith(".gemspec")) {
      const told = /\.name\s*=\s*["']([\w.-]+)["']/.exec(text)?.[1] ?? name.replace(/\.gemspec$/, "");
      const executables = [...(/\.executables\s*(?:=|<<)\s*(.*)$/m.exec(text)?.[1] ?? "").matchAll(/["']([\w.-]+)["']/g)].map((match) => match[1] ?? "");
      return oneModule({ folder, language: "ruby", name: told, binaries: executables, manifest: file });
    }
    return oneModule({ folder, language: "ruby", name: null, binaries: name === "config.ru" ? [name] : [], manifest: file });
  },
};
