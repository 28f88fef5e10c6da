import type { ManifestReader } from "./manifest";
import { oneModule } from "./manifest";

/** MSBuild projects: the assembly is named for `AssemblyName`, else for the project's file. */
export const dotnetManifests: ManifestReader = {
  wants: (name) => /\.(cs|fs|vb)proj$/.test(name),
  read({ file, folder, name, text }) {
    if (!/<Project[\s>]/.test(text)) throw new Error("no <Project> in it");
    const stem = name.replace(/\.\w+proj$/, "");
    const written = /<AssemblyName>\s*([^<\s]+)\s*<\/AssemblyName>/.exec(text)?.[1];
    const assembly = written === undefined || written.includes("$(") ? stem : written;
    const library = /<OutputType>\s*Library\s*</i.test(text) || (!/<OutputType>\s*(Win)?Exe\s*</i.test(text) && !/Sdk="Microsoft\.NET\.Sdk\.(Web|Worker|BlazorWebAssembly)"/.test(text));
    return oneModule({
      folder, language: "csharp", name: stem, binaries: library ? [] : [assembly], manifest: file, clues: library ? [] : [{ kind: "assembly", value: assembly, from: file }],
    });
  },
};
