export const workbench: { readonly node: string; readonly entry: string };
export function setUpWorkbench(say?: (line: string) => void): { readonly node: string; readonly entry: string };
