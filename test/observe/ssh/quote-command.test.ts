import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { quoteCommand } from "../../../src/observe/targets/ssh/quote-command";

describe("a command for a login shell", () => {
  test("plain words stay readable, and the program takes the shell's place", () => {
    expect(quoteCommand(["docker", "exec", "-i", "web", "sh", "-s"])).toBe("exec docker exec -i web sh -s");
  });

  test.each(["sh", "bash"])("%s sees the very words", (shell) => {
    const word = fc.string({ unit: "grapheme-ascii", minLength: 0, maxLength: 30 });
    fc.assert(fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
      const seen = execFileSync(shell, ["-c", quoteCommand(["printf", "%s\\0", ...words])], { encoding: "utf8" });
      expect(seen.split("\0").slice(0, -1)).toEqual(words);
    }), { numRuns: 40 });
  });
});
