/**
 * Functions of Kotlin's library (and of its coroutines) that run the block they are given where they stand, so that the block is part of the
 * function around it: a `return` in it leaves that function. What each gives its block, how often the block runs, and what the call gives.
 */
export interface InPlace {
  /** What the block gets: the receiver as `it`, the receiver as `this`, an element of it at each turn, its number and the element, or nothing. */
  readonly gets: "it" | "this" | "element" | "indexed" | "number" | "nothing";
  /** `use`: the receiver is closed after the block. `catch`: nothing that the block throws comes out. */
  readonly runs: "once" | "use" | "catch" | "each" | "locked";
  /** What the call gives: what the block gave, the receiver, a list of what the block gave, an element of the receiver, or something new. */
  readonly gives: "block" | "receiver" | "list" | "element" | "maybe" | "other";
}

const each = (gives: InPlace["gives"], gets: InPlace["gets"] = "element"): InPlace => ({ gets, runs: "each", gives });

/** Called on something: `x.let { ... }`. */
export const ON_RECEIVER: ReadonlyMap<string, InPlace> = new Map<string, InPlace>([
  ["let", { gets: "it", runs: "once", gives: "block" }],
  ["also", { gets: "it", runs: "once", gives: "receiver" }],
  ["run", { gets: "this", runs: "once", gives: "block" }],
  ["apply", { gets: "this", runs: "once", gives: "receiver" }],
  ["takeIf", { gets: "it", runs: "once", gives: "maybe" }],
  ["takeUnless", { gets: "it", runs: "once", gives: "maybe" }],
  ["use", { gets: "it", runs: "use", gives: "block" }],
  ["runCatching", { gets: "this", runs: "catch", gives: "block" }],
  ["withLock", { gets: "nothing", runs: "locked", gives: "block" }],
  ["withPermit", { gets: "nothing", runs: "locked", gives: "block" }],
  ["forEach", each("other")],
  ["forEachIndexed", each("other", "indexed")],
  ["onEach", each("receiver")],
  ["map", each("list")],
  ["mapNotNull", each("list")],
  ["mapIndexed", each("list", "indexed")],
  ["flatMap", each("list")],
  ["associateWith", each("list")],
  ["associateBy", each("receiver")],
  ["associate", each("list")],
  ["groupBy", each("receiver")],
  ["filter", each("receiver")],
  ["filterNot", each("receiver")],
  ["sortedBy", each("receiver")],
  ["sortedByDescending", each("receiver")],
  ["distinctBy", each("receiver")],
  ["first", each("element")],
  ["firstOrNull", each("element")],
  ["last", each("element")],
  ["lastOrNull", each("element")],
  ["find", each("element")],
  ["any", each("other")],
  ["all", each("other")],
  ["none", each("other")],
  ["count", each("other")],
  ["sumOf", each("other")],
]);

/** Of these, those that libraries of streams have too, which call their function later, and elsewhere. */
export const STREAMED: ReadonlySet<string> = new Set(["map", "mapNotNull", "flatMap", "filter", "filterNot", "onEach", "forEach", "first", "any", "all", "count", "mapIndexed"]);
export const STREAM_LIBRARIES = /(?<=^|;)[ \t]*import[ \t]+(?:reactor\.|io\.reactivex|io\.smallrye\.mutiny|java\.util\.stream|org\.reactivestreams)/mu;

/** Called alone: `run { ... }`, `with(x) { ... }`. What stands in the parentheses is the receiver where the block gets it. */
export const ALONE: ReadonlyMap<string, InPlace> = new Map<string, InPlace>([
  ["run", { gets: "nothing", runs: "once", gives: "block" }],
  ["with", { gets: "this", runs: "once", gives: "block" }],
  ["runCatching", { gets: "nothing", runs: "catch", gives: "block" }],
  ["synchronized", { gets: "nothing", runs: "once", gives: "block" }],
  ["measureTimeMillis", { gets: "nothing", runs: "once", gives: "other" }],
  ["measureNanoTime", { gets: "nothing", runs: "once", gives: "other" }],
  ["measureTime", { gets: "nothing", runs: "once", gives: "other" }],
  ["repeat", { gets: "number", runs: "each", gives: "other" }],
  ["runBlocking", { gets: "nothing", runs: "once", gives: "block" }],
  ["coroutineScope", { gets: "nothing", runs: "once", gives: "block" }],
  ["supervisorScope", { gets: "nothing", runs: "once", gives: "block" }],
  ["withTimeout", { gets: "nothing", runs: "once", gives: "block" }],
  ["withTimeoutOrNull", { gets: "nothing", runs: "once", gives: "block" }],
  ["transaction", { gets: "nothing", runs: "once", gives: "block" }],
]);

/** These run their block in place too, but on another thread than the one around: what blocks in it does not block here. */
export const ELSEWHERE: ReadonlySet<string> = new Set(["withContext", "runInterruptible", "newSuspendedTransaction", "suspendTransaction"]);
/** These start their block as a coroutine of its own. */
export const LAUNCHERS: ReadonlySet<string> = new Set(["launch", "async", "produce", "actor"]);
/** Contexts that do not leave the thread. */
export const SAME_THREAD = /\b(?:NonCancellable|Unconfined|Main)\b/u;

/** Functions that every file sees: they are nobody's methods, also where a receiver is left out. */
export const TOP_LEVEL: ReadonlySet<string> = new Set([
  "println", "print", "error", "require", "requireNotNull", "check", "checkNotNull", "TODO", "listOf", "mutableListOf", "emptyList", "mapOf", "mutableMapOf", "emptyMap", "setOf", "mutableSetOf", "emptySet",
  "arrayOf", "arrayListOf", "hashMapOf", "buildString", "buildList", "buildMap", "lazy", "lazyOf", "maxOf", "minOf", "sequenceOf", "sequence", "generateSequence", "runBlocking", "launch", "async", "delay", "withContext",
  "coroutineScope", "supervisorScope", "flow", "flowOf", "withTimeout", "withTimeoutOrNull", "thread", "repeat", "run", "with", "synchronized", "runCatching", "transaction", "byteArrayOf", "intArrayOf", "arrayOfNulls", "listOfNotNull",
  "linkedMapOf", "to", "assert", "readLine", "readln", "measureTimeMillis", "yield",
]);
