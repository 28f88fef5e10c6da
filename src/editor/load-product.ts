import type { Product, ProductOptions } from "./product";

/**
 * Loads the rooms that do the work (ssh, readers, parsers) on first use. They are a bundle of their own, `dist/product.js`:
 * loading them takes longer than the whole activation may, and a window that never scans never pays.
 */
export function createProductLoader(options: ProductOptions): { readonly load: () => Promise<Product>; readonly dispose: () => Promise<void> } {
  let loading: Promise<Product> | null = null;
  return {
    load: () => (loading ??= import("./product.js").then(({ createProduct }) => createProduct(options))),
    async dispose() {
      await (await loading)?.dispose();
    },
  };
}
