import { spawn } from "node:child_process";

/** Runs a server, waits until `ready` says so, lets `use` ask it things, ends it and gives all that it wrote. Bounded in time. */
export async function runServer(command, args, { env = process.env, cwd, ready, use, limitMs = 60_000, signal = "SIGTERM" }) {
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const chunks = [];
  child.stdout.on("data", (chunk) => chunks.push(chunk));
  child.stderr.on("data", (chunk) => chunks.push(chunk));
  const ended = new Promise((resolve) => child.on("exit", resolve));
  const timer = setTimeout(() => child.kill("SIGKILL"), limitMs);
  const text = () => Buffer.concat(chunks).toString("utf8");
  try {
    const until = Date.now() + limitMs / 2;
    while (!ready(text()) && Date.now() < until && child.exitCode === null) await pause(200);
    if (use !== undefined) await use();
    await pause(500);
  } finally {
    child.kill(signal);
    await ended;
    clearTimeout(timer);
  }
  return text();
}

export function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A request whose answer does not matter: it is the server's log that does. */
export async function ask(url, { method = "GET", body, headers } = {}) {
  try {
    const answer = await fetch(url, { method, body, headers, signal: AbortSignal.timeout(5_000) });
    return await answer.text();
  } catch {
    return "";
  }
}
