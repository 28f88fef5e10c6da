/** The path of a file relative to a folder, with `/`; null for what is not in it. Both absolute. */
export function pathWithin(root: string, path: string): string | null {
  const plain = (text: string): string => text.replaceAll("\\", "/");
  const folder = plain(root).replace(/\/+$/, "");
  const file = plain(path);
  return file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : null;
}
