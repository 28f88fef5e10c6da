/** Files that the bundler turns into strings or bytes at build time (and vitest through the same rule, see vitest.config.ts). */
declare module "*.scm" {
  const text: string;
  export default text;
}
declare module "*.yaml" {
  const text: string;
  export default text;
}
declare module "*.sh" {
  const text: string;
  export default text;
}
declare module "*.ps1" {
  const text: string;
  export default text;
}
/** The demo's little workspace, written out when the demo starts. */
declare module "*.go" {
  const text: string;
  export default text;
}
declare module "*.py" {
  const text: string;
  export default text;
}
declare module "*.mod" {
  const text: string;
  export default text;
}
declare module "*.md" {
  const text: string;
  export default text;
}
declare module "*.txt" {
  const text: string;
  export default text;
}
/** Base64 of the Brotli-compressed bytes (build/compile.mjs). */
declare module "*.wasm" {
  const text: string;
  export default text;
}
