/**
 * Waiting for a task on the thread that asks for it. `task.Result` is a property, and the grammar has no types: what is written tells.
 * A method whose name ends in `Async` gives a task, by the convention that the framework's own analysers go by.
 */
const GIVES_TASK = /(?:Async|\.Run|\.WhenAll|\.WhenAny|\.FromResult|\.StartNew)$/;
const DELAYS = /\bTask\s*\.\s*Delay$/;

/** `callee`: the text of what is called. */
export function givesTask(callee: string): boolean {
  const name = callee.replace(/<[^()]*>$/, "").replace(/\s+/g, "");
  if (DELAYS.test(name)) return true;
  return name.endsWith("Async") || (/\bTask(?:\.Factory)?\.\w+$/.test(name) && GIVES_TASK.test(name));
}

/** True when the function has waited for the task before in a way that blocks nobody: then its result is there. `before`: the function's text up to the place. */
export function isDone(name: string, before: string): boolean {
  const word = name.replace(/[^\w]/g, "");
  return /\bWhen(?:All|Any)\b|\bWaitAll\b|\bIsCompleted(?:Successfully)?\b|\bContinueWith\b/.test(before) || new RegExp(`\\bawait\\s+${word}\\b|\\b${word}\\s*\\.\\s*(?:Wait\\b|Status\\b|IsFaulted\\b|IsCanceled\\b|Exception\\b)`).test(before);
}

/** The type of what awaiting gives, where it is written: `Task<T>`. */
export const TASKS: ReadonlySet<string> = new Set(["Task", "ValueTask", "ConfiguredTaskAwaitable", "ConfiguredValueTaskAwaitable"]);
export const TASK_TYPE = /^(?:System\s*\.\s*Threading\s*\.\s*Tasks\s*\.\s*)?(?:Value)?Task(?:\s*<|$)/;
const DECLARED = /\b(?:Value)?Task(?:<[^;{}()]*>)?\s+(\w+)\s*(?:<[\w\s,]*>)?\s*\(/g;

/** The methods that a text declares to give a task. */
export function taskMethodsOf(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(DECLARED)].map(([, name]) => name ?? ""));
}
