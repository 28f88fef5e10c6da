import { expect, test } from "vitest";
import { StoredSecrets } from "../../../src/editor/ssh/stored-secrets";

function stores() {
  const secrets = new Map<string, string>();
  const state = new Map<string, unknown>();
  const stored = new StoredSecrets(
    {
      get: async (key) => secrets.get(key),
      store: async (key, value) => void secrets.set(key, value),
      delete: async (key) => void secrets.delete(key),
      onDidChange: () => ({ dispose() {} }),
    },
    { get: <T>(key: string, fallback?: T) => (state.get(key) ?? fallback) as T, update: async (key: string, value: unknown) => void state.set(key, value), keys: () => [...state.keys()] },
  );
  return { stored, secrets, state };
}

test("keeps a secret in the secret storage alone: the state has its name, never its value", async () => {
  const { stored, secrets, state } = stores();
  await stored.keep("password:root@prod-1:22", "hunter2");
  expect(secrets.get("password:root@prod-1:22")).toBe("hunter2");
  expect(JSON.stringify([...state])).not.toContain("hunter2");
  expect(await stored.get("password:root@prod-1:22")).toBe("hunter2");
});

test("forgets one, and all", async () => {
  const { stored, secrets } = stores();
  for (const key of ["a", "b", "c"]) await stored.keep(key, "x");
  await stored.forget("b");
  expect([...secrets.keys()]).toEqual(["a", "c"]);
  expect(await stored.forgetAll()).toBe(2);
  expect(secrets.size).toBe(0);
  expect(stored.keys).toEqual([]);
});
