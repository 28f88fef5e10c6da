import { describe, expect, it } from "vitest";
import { readText } from "./made-captures";

const PLAIN = ["State      Recv-Q Send-Q Local Address:Port  Peer Address:Port Process", 'CLOSE-WAIT 1      0      10.0.0.1:5000       10.0.0.2:443      users:(("app",pid=7,fd=3))', 'ESTAB      0      0      [2001:db8::1]:5001  [2001:db8::2]:443 users:(("app",pid=7,fd=4))'];

describe("a table that went through something else", () => {
  const wanted = readText(PLAIN.join("\n")).sockets;
  const cells = PLAIN.map((line) => `| ${line.trim().replace("Address:Port", "Address:Port").split(/ {2,}|(?<=\d) +(?=\d)|(?<=[A-Z]) +(?=\d)|(?<=\d) (?=users)/).join(" | ")} |`);

  it.each<readonly [string, readonly string[]]>([
    ["quoted in a mail", PLAIN.map((line) => `> ${line}`)],
    ["as a Markdown table", [cells[0]!, "|---|:---:|---|---|---|---|", ...cells.slice(1)]],
    ["kept by a container's log", PLAIN.map((line, index) => `2024-03-01T10:00:0${index}.123456789Z stdout F ${line}`)],
    ["stamped by ts", PLAIN.map((line) => `Mar 01 10:00:00 ${line}`)],
    ["numbered by grep -n", PLAIN.map((line, index) => `${index + 1}:${line}`)],
    ["numbered by cat -n", PLAIN.map((line, index) => `     ${index + 1}\t${line}`)],
  ])("is read: %s", (_, lines) => {
    const { sockets, skipped } = readText(lines.join("\n"));
    expect(wanted).toHaveLength(2);
    expect(sockets).toEqual(wanted);
    expect(skipped).toEqual([]);
  });

  it("does not make rows of prose with numbers and bars", () => {
    const { sockets, skipped } = readText("1: see the ticket\n| a | b |\n2024-03-01T10:00:00Z stdout F started\n");
    expect(sockets).toEqual([]);
    expect(skipped).toHaveLength(3);
  });
});
