import { describe, expect, test } from "vitest";
import { frameLeads } from "../../src/editor/log-leads";
import { LogPlaces } from "../../src/investigate/locate-lines";

/** What several folders make of a frame: the longest matching tail decides, folders' own names with it; equals are all named. */
function leads(folders: Readonly<Record<string, readonly string[]>>, line: string): string[] {
  const lines = Object.entries(folders).map(([root, files]) => ({
    root, frame: new LogPlaces({ statements: [], functions: [], calls: new Int32Array(), files, givenUp: [] }, root).frames(line)[0] ?? null,
  }));
  return frameLeads(lines).map(({ root, file, line: at }) => `${root}/${file}:${at}`);
}
const python = (path: string): string => `  File "${path}", line 7, in refund`;

describe("a frame over several folders", () => {
  test.each<readonly [string, Readonly<Record<string, readonly string[]>>, string, readonly string[]]>([
    ["the longer tail wins, in whichever folder", { "/home/me/shop": ["app/x.py"], "/home/me/billing": ["lib/app/x.py"] }, python("/srv/lib/app/x.py"), ["/home/me/billing/lib/app/x.py:7"]],
    ["a folder's own name counts beyond its top", { "/home/me/shop": ["main.py"], "/home/me/billing": ["main.py"] }, python("/srv/billing/main.py"), ["/home/me/billing/main.py:7"]],
    ["within one folder too", { "/home/me/shop": ["x.py", "lib/x.py"] }, python("/srv/shop/x.py"), ["/home/me/shop/x.py:7"]],
    ["the very path wins over all", { "/home/me/a/shop": ["x.py"], "/home/me/b/shop": ["x.py"] }, python("/home/me/b/shop/x.py"), ["/home/me/b/shop/x.py:7"]],
    ["what agrees equally well is all named", { "/home/me/shop": ["util/x.py"], "/home/me/billing": ["util/x.py"] }, python("/srv/app/util/x.py"), ["/home/me/shop/util/x.py:7", "/home/me/billing/util/x.py:7"]],
    ["a library's frame is nobody's", { "/home/me/shop": ["x.py"] }, python("/usr/lib/python3/dist-packages/other/x.py"), []],
    ["a Windows path", { "C:\\code\\shop": ["Acme/Ledger.cs"], "C:\\code\\other": ["Ledger.cs"] }, "   at Acme.Ledger.Book() in D:\\agent\\Acme\\Ledger.cs:line 4", ["C:\\code\\shop/Acme/Ledger.cs:4"]],
  ])("%s", (_, folders, line, expected) => {
    expect(leads(folders, line)).toEqual(expected);
  });
});
