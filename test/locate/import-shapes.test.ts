import { createRequire } from "node:module";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Locator } from "../../src/locate/locator";
import { wasmFromNodeModules } from "../../src/locate/parsing/wasm-from-node-modules";
import { buildWorker } from "./build-worker";
import { temporaryWorkspace } from "./temporary-workspace";

/** One finding each, with the imports written in a shape that a formatter would not leave: on one line, in groups, between other things. */
const SAMPLES: Readonly<Record<string, string>> = {
  "oneline.cs": 'using System; using System.Net.Http; using Microsoft.Data.SqlClient;\nnamespace Shop { class E { int Bad(string cs) { var c = new SqlConnection(cs); c.Open(); if (cs == "") return -1; c.Close(); return 1; } } }',
  "inside.cs": 'namespace Shop { using Microsoft.Data.SqlClient; class E { int Bad(string cs) { var c = new SqlConnection(cs); c.Open(); if (cs == "") return -1; c.Close(); return 1; } } }',
  "lines.cs": 'using System;\nusing Microsoft.Data.SqlClient;\nnamespace Shop;\nclass E {\n  int Bad(string cs) {\n    var c = new SqlConnection(cs);\n    c.Open();\n    if (cs == "") return -1;\n    c.Close();\n    return 1;\n  }\n}',
  "OneLine.java": "package a; import java.util.List; import java.net.*; import java.io.*; class OneLine { int bad(String h) throws IOException { Socket s = new Socket(h, 7); if (h.isEmpty()) return 1; s.close(); return 2; } }",
  "oneline.kt": "package a; import java.io.File; import java.net.Socket; class S { fun bad(h: String): Int { val s = Socket(h, 7); if (h.isEmpty()) return 1; s.close(); return 2 } }",
  "oneline.py": "import os, psycopg2; from os import path, sep as s; import sys\ndef bad(x):\n    c = psycopg2.connect('x'); c.cursor()\n    if x: return 1\n    c.close()",
  "second.py": "import time; import psycopg2 as p\ndef bad(x):\n\tc = p.connect('x')\n\tif x:\n\t\treturn 1\n\tc.close()",
  "oneline.php": "<?php use A\\B; use Illuminate\\Support\\Facades\\DB; function bad() { DB::beginTransaction(); if (rand()) { return false; } DB::commit(); return true; }",
  "grouped.php": "<?php\nnamespace App;\nuse X\\Y; use Illuminate\\Support\\Facades\\{DB, Cache as C};\nfunction bad() {\n  DB::beginTransaction();\n  if (rand()) { return false; }\n  DB::commit();\n  return true;\n}",
  "oneline/a.go": 'package a; import ("net"; "errors"); func bad(x string) error { c, err := net.Dial("tcp", x); if err != nil { return err }; if x == "" { return errors.New("x") }; return c.Close() }',
  "twice/a.go": 'package b\nimport "net"; import n "errors"\nfunc bad(x string) error {\n\tc, err := net.Dial("tcp", x)\n\tif err != nil {\n\t\treturn err\n\t}\n\tif x == "" {\n\t\treturn n.New("x")\n\t}\n\treturn c.Close()\n}',
  "oneline.rb": 'require "json"; require "socket"; def bad(h); s = TCPSocket.new(h, 1); return if h.empty?; s.close; end',
  "oneline.js": 'const e=require("express"),{Pool}=require("pg");const p=new Pool({connectionTimeoutMillis:1,max:9});async function bad(x){const c=await p.connect();if(x)return 1;c.release();return 2}module.exports={bad};',
  "oneline.ts": 'import*as e from"express";import{Pool}from"pg";const p=new Pool({connectionTimeoutMillis:1,max:9});export async function bad2(x:number){const c=await p.connect();if(x)return 1;c.release();return 2}',
  "oneline.rs": "use std::{fmt, thread::{sleep as nap, self}}; use std::time::Duration; async fn bad() { nap(Duration::from_secs(1)); }",
};

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
/** As an editor of old writes it: each character one byte, and one that UTF-8 does not know. */
const windows1252 = (text: string): Uint8Array => Uint8Array.from([...text].map((character) => character.charCodeAt(0)));
const comment = (file: string, text: string): string => (/\.(?:py|rb)$/.test(file) ? `# caf\u00e9\n${text}` : file.endsWith(".php") ? text.replace("<?php", "<?php /* caf\u00e9 */") : `// caf\u00e9 \u0093x\u0094\n${text}`);

const LEGACY = "with a comment in Windows-1252";
const WRITTEN: readonly (readonly [name: string, write: (text: string, file: string) => Uint8Array])[] = [
  ["as it is, without a last newline", (text) => utf8(text)],
  ["with CRLF", (text) => utf8(`${text}\n`.replaceAll("\n", "\r\n"))],
  ["with a byte order mark", (text) => utf8(`\ufeff${text}`)],
  ["with a byte order mark and CRLF", (text) => utf8(`\ufeff${text}`.replaceAll("\n", "\r\n"))],
  ["with tabs", (text) => utf8(text.replaceAll("  ", "\t"))],
  [LEGACY, (text, file) => windows1252(comment(file, text))],
];

let worker: Awaited<ReturnType<typeof buildWorker>>;
let found: ReadonlySet<string>;
beforeAll(async () => {
  worker = await buildWorker();
  const workspace = temporaryWorkspace(Object.fromEntries(WRITTEN.flatMap(([, write], way) => Object.entries(SAMPLES).map(([file, text]) => [`${way}/${file}`, write(text, file)]))));
  const locator = new Locator({ engine: "wasm", wasm: wasmFromNodeModules(process.cwd()), workerFile: worker.file, workers: 1, cacheDirectory: null, rules: [], require: createRequire(import.meta.url), onNotice: () => undefined });
  try {
    const { findings } = await locator.analyze(workspace.root, { signal: new AbortController().signal, onProgress: () => undefined });
    found = new Set(findings.map(({ file }) => file));
  } finally {
    await locator.dispose();
    workspace.remove();
  }
}, 60_000);
afterAll(() => {
  worker.remove();
});

describe("imports are seen however they are written", () => {
  it.each(WRITTEN.map(([name], way) => [name, way] as const))("%s", (name, way) => {
    // The compilers of Go and Rust refuse what is not UTF-8.
    const readable = Object.keys(SAMPLES).filter((file) => name !== LEGACY || !/\.(?:go|rs)$/.test(file));
    expect(readable.filter((file) => !found.has(`${way}/${file}`))).toEqual([]);
  });
});
