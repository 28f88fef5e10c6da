import type { SourceText } from "./analyze-files";
import type { Language } from "./languages/language";
import { moduleNames } from "./module-names";
import { declaredModule } from "./prefilter";
import { readSourceFile, sourceText } from "./source-file";
import { listWorkspace } from "./workspace-files";

/** All readable source texts of these languages below `root`, under the names and modules that an analysis gives them. Blocks while it reads. */
export function workspaceTexts(root: string, languages: readonly Language[]): SourceText[] {
  const listing = listWorkspace(root, languages);
  const names = moduleNames(listing.root, listing.landmarks);
  return listing.files.flatMap(({ file, language, declaresOnly }) => {
    if (declaresOnly === true) return [];
    const source = readSourceFile(`${listing.root}/${file}`);
    if (!source.ok) return [];
    const text = sourceText(source.bytes);
    return [{ file, text, module: declaredModule(language.id, text) ?? names.of(file, language.id) }];
  });
}
