import { z } from "zod";
import { LOG_LEVELS } from "../../model/log";
import { FORMAT_STYLES } from "./text";

const level = z.enum(LOG_LEVELS).nullable();
const levels = z.record(z.string().min(1), level).describe("Last name of the callee (a macro's with `!`; `*`: any) -> the level of what it logs; `null`: it does not say.");
const pattern = z.string().refine((text) => isPattern(text), { error: "not a regular expression" });
const index = z.int().min(0);

const call = z.strictObject({
  names: levels,
  on: z
    .enum(["object", "module", "nothing", "chain", "any", "constructor", "attribute"])
    .default("object")
    .describe("What it is called on: a logger; the library's own module; nothing (a bare name); a chain of calls that begins with one of `chain`; anything. Or it is a constructor, or an attribute."),
  message: z
    .union([index, z.enum(["first-text", "last-text", "all"])])
    .default(0)
    .describe("Which argument is the message: an index, the first or last that holds text, or all of them together (see `style`)."),
  from: index.default(0).describe("With `message: all`: the first that counts."),
  keyword: z.string().min(1).optional().describe("Name of the message when it is given by name."),
  key: z.string().min(1).optional().describe("Arguments are pairs of key and value, and this key's value is the message."),
  skip: z.array(z.string()).default([]).describe("Named arguments that are never the message."),
  style: z.enum(FORMAT_STYLES).default("plain").describe("How the message marks its variable parts."),
  level: index.optional().describe("Index of the argument that says the level."),
  chain: levels.optional().describe("Calls further left in the chain that say the level."),
  where: z.strictObject({ argument: index, is: pattern }).optional().describe("Only when this argument, as written, matches."),
  requires: z.enum(["receiver"]).optional().describe("The receiver must match `receivers`, whatever is imported."),
});

const library = z.strictObject({
  library: z.string().min(1).describe("How people call it: `log/slog`, `org.slf4j`."),
  imports: z.array(z.string().min(1)).default([]).describe("A file that imports one of these (or something below) has its loggers, whatever their variables are called."),
  receivers: pattern.optional().describe("Last name of receivers that are taken for its loggers without an import; a call's ends in `()`."),
  anyReceiver: z.boolean().default(false).describe("Where it is imported, any object with such a method is taken for a logger: its names are its own."),
  exceptions: z.boolean().default(false).describe("It logs nothing itself: its texts are what others log as a value."),
  calls: z.array(call).min(1),
});

/** What logs in one language: `libraries/<language>.yaml`. */
export const LOGGING_FILE = z.strictObject({ language: z.string().min(1), alsoFor: z.array(z.string()).default([]), libraries: z.array(library).min(1) });

export type LoggingFile = z.infer<typeof LOGGING_FILE>;
export type LoggingLibrary = z.infer<typeof library>;
export type LoggingCall = z.infer<typeof call>;

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, "u") instanceof RegExp;
  } catch {
    return false;
  }
}
