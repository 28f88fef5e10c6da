import type * as vscode from "vscode";

const KEYS = "leakline.storedSecretKeys";

/**
 * Passwords and passphrases that a person chose to keep: in VS Code's SecretStorage and nowhere else.
 * SecretStorage cannot list what it holds, so the names (never the values) are noted in the global state; that is how all can be forgotten.
 */
export class StoredSecrets {
  constructor(private readonly secrets: vscode.SecretStorage, private readonly state: vscode.Memento) {}

  get keys(): readonly string[] {
    const keys = this.state.get<unknown>(KEYS, []);
    return Array.isArray(keys) ? keys.filter((key) => typeof key === "string") : [];
  }

  async get(key: string): Promise<string | null> {
    return (await this.secrets.get(key)) ?? null;
  }

  async keep(key: string, secret: string): Promise<void> {
    await this.secrets.store(key, secret);
    await this.state.update(KEYS, [...new Set([...this.keys, key])]);
  }

  async forget(key: string): Promise<void> {
    await this.secrets.delete(key);
    await this.state.update(KEYS, this.keys.filter((one) => one !== key));
  }

  /** Returns how many there were. */
  async forgetAll(): Promise<number> {
    const keys = this.keys;
    for (const key of keys) await this.secrets.delete(key);
    await this.state.update(KEYS, []);
    return keys.length;
  }
}
