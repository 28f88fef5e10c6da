export function ensureNativeEngine(options?: { readonly log?: (line: string) => void }): void;
