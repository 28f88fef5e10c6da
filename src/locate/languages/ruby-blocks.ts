/** What a call does with the block that it is given, told by the method's name: Ruby's own names, and those that libraries keep to. */
export type BlockUse =
  /** Runs it here, for each element. `stores`: what it gives is kept in what the call gives. */
  | { readonly is: "turns"; readonly stores: boolean }
  /** Runs it here, once, between its own beginning and end. `gives`: what the call gives. */
  | { readonly is: "once"; readonly gives: "value" | "receiver" }
  /** Runs it at some time, or never. */
  | { readonly is: "unknown" };

const TURNS = new Set(
  ("each each_with_index each_with_object each_pair each_key each_value each_entry each_slice each_cons each_char each_byte each_line each_child each_row each_index each_hash " +
    "reverse_each times upto downto step find_each find_in_batches in_batches in_groups_of select filter reject find detect find_index all? any? none? one? sum count " +
    "min_by max_by sort_by sort max min group_by partition inject reduce foreach cycle zip take_while drop_while delete_if keep_if select! reject! uniq paged_each index_by " +
    "each_result each_batch each_record each_chunk loop").split(" "),
);
const STORING = new Set(["map", "map!", "collect", "flat_map", "filter_map", "transform_values", "index_with", "to_h"]);
const ONCE = new Set(
  ("then yield_self open popen popen2 popen2e popen3 synchronize mon_synchronize transaction savepoint with within chdir timeout measure realtime benchmark instrument suppress " +
    "unscoped uncached cache pipelined multi mktmpdir wrap lock hold tagged catch pipe capture instance_exec exclusive use checkout").split(" "),
);
/** Only called on a class do these run their block at once: `Net::HTTP.start`, `PG.connect`. */
const ONCE_OF_CLASS = new Set(["start", "connect", "create", "tcp", "session", "unix"]);
/** What these run, they run later or elsewhere. */
const RUNS_LATER = new Set(["Thread", "Fiber", "Ractor", "Process", "EM", "EventMachine", "Async", "Concurrent", "Rake", "RSpec"]);

const TURN: BlockUse = { is: "turns", stores: false };
const STORE: BlockUse = { is: "turns", stores: true };
const HERE: BlockUse = { is: "once", gives: "value" };
const TAP: BlockUse = { is: "once", gives: "receiver" };
const UNKNOWN: BlockUse = { is: "unknown" };

/** @param receiver the first constant of the receiver (`Net` of `Net::HTTP.start`); "" when the receiver is no constant; null without a receiver */
export function blockUse(method: string, receiver: string | null): BlockUse {
  if (receiver !== null && RUNS_LATER.has(receiver)) return UNKNOWN;
  if (TURNS.has(method)) return method === "loop" && receiver !== null ? UNKNOWN : TURN;
  if (STORING.has(method)) return STORE;
  if (method === "tap") return TAP;
  if (ONCE.has(method) || /^(?:with|without|within|silence)_\w/.test(method)) return HERE;
  if (ONCE_OF_CLASS.has(method) && receiver !== null && receiver !== "") return HERE;
  return UNKNOWN;
}

/** Functions that every object has, and that are called by their bare names. */
export const KERNEL: ReadonlySet<string> = new Set(
  ("abort at_exit binding catch eval exec exit exit! fail fork format gets lambda loop open p pp print printf proc putc puts raise rand readline readlines require require_relative " +
    "load autoload select sleep spawn sprintf srand syscall system test throw trap warn Integer Float String Array Hash Rational Complex block_given? caller").split(" "),
);
