/**
 * Names of PHP, written with dots: `Doctrine\DBAL\Connection` is `Doctrine.DBAL.Connection`. What is in no namespace, PHP's own functions and
 * classes among it, is in the module `php`: `php.PDO`, `php.curl_init`.
 */
export const GLOBAL = "php";

export function dotted(name: string): string {
  return name.replace(/\/\*[^]*?\*\/|(?:\/\/|#)[^\n]*|\s+/g, "").replace(/^\\+|\\+$/g, "").replaceAll("\\", ".");
}

/** What `use` brings into a file; aliases of classes and functions are found in any case. */
export class PhpNames {
  readonly #classes = new Map<string, string>();
  readonly #functions = new Map<string, string>();
  /** Dotted, empty outside all namespaces. */
  namespace = "";

  /** @param full with backslashes */
  use(kind: "class" | "function", full: string, alias: string | null): void {
    const name = dotted(full);
    const local = alias ?? name.slice(name.lastIndexOf(".") + 1);
    (kind === "class" ? this.#classes : this.#functions).set(local.toLowerCase(), name.includes(".") ? name : `${GLOBAL}.${name}`);
  }

  get module(): string {
    return this.namespace === "" ? GLOBAL : this.namespace;
  }

  /** Full name of a class as the source writes it: `Connection`, `DBAL\Connection`, `\PDO`, `namespace\Own`. */
  class(written: string): string {
    const name = dotted(written);
    if (written.startsWith("\\")) return name.includes(".") ? name : `${GLOBAL}.${name}`;
    if (/^namespace\s*\\/i.test(written)) return `${this.module}.${name.slice(name.indexOf(".") + 1)}`;
    const dot = name.indexOf(".");
    const brought = this.#classes.get((dot < 0 ? name : name.slice(0, dot)).toLowerCase());
    if (brought !== undefined) {
      if (dot < 0) return brought;
      return (brought.startsWith(`${GLOBAL}.`) ? brought.slice(GLOBAL.length + 1) : brought) + name.slice(dot);
    }
    return this.namespace === "" && dot >= 0 ? name : `${this.module}.${name}`;
  }

  /** Full name of a function; null for a short one that nothing brings in: of this namespace, or of none. */
  function(written: string): string | null {
    const name = dotted(written);
    if (!written.includes("\\")) return this.#functions.get(name.toLowerCase()) ?? null;
    return this.class(written);
  }
}

/** `App\Store` of `App` is `Store`; null when a name is not directly in a module. */
export function inside(module: string, full: string): string | null {
  return full.startsWith(`${module}.`) && !full.includes(".", module.length + 1) ? full.slice(module.length + 1) : null;
}
