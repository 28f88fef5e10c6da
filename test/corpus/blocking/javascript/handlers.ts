import { execSync } from "node:child_process";
import { scryptSync } from "node:crypto";
import fs, { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { Worker } from "node:worker_threads";
import express, { Request, Response } from "express";

const app = express();
// Read once, when the program starts.
const settings = readFileSync("settings.json", "utf8");

function template(name: string): string {
  return fs.readFileSync(`/srv/${name}.html`, "utf8");
}

app.get("/direct", (req: Request, res: Response) => {
  // ruleid: javascript/sync-file
  res.send(fs.readFileSync("/srv/index.html"));
});

app.get("/helper", async (req: Request, res: Response) => {
  // ruleid: javascript/sync-file
  res.send(template("about"));
});

app.get("/renamed", (req: Request, res: Response) => {
  const read = readFileSync;
  // ruleid: javascript/sync-file
  res.send(read("/srv/index.html"));
});

app.get("/twin", async (req: Request, res: Response) => {
  // ok: javascript/sync-file
  res.send(await readFile("/srv/index.html", "utf8"));
});

app.get("/settings", (req: Request, res: Response) => {
  // ok: javascript/sync-file
  res.send(settings);
});

app.post("/login", (req: Request, res: Response) => {
  // ruleid: javascript/sync-crypto
  const key = scryptSync(req.body.word, "salt", 64);
  res.send(key.toString("hex"));
});

app.get("/each", (req: Request, res: Response) => {
  const names = ["a", "b"];
  // ruleid: javascript/sync-file
  const texts = names.map((name) => fs.readFileSync(name, "utf8"));
  res.json(texts);
});

/** A thing of our own with a method of the same name. */
class Shelf {
  readFileSync(name: string): string {
    return name.toUpperCase();
  }
}

app.get("/shelf", (req: Request, res: Response) => {
  const shelf = new Shelf();
  // ok: javascript/sync-file
  res.send(shelf.readFileSync("a"));
});

app.get("/worker", (req: Request, res: Response) => {
  // ok: javascript/sync-process
  const worker = new Worker("./build.js");
  worker.once("message", (text) => res.send(text));
});

function build(): string {
  // ok: javascript/sync-process
  return execSync("make", { timeout: 1000 }).toString();
}

if (process.argv.includes("--build")) console.log(build());

app.get("/build", (req: Request, res: Response) => {
  try {
    // ruleid: javascript/sync-process
    res.send(build());
  } finally {
    console.log("built");
  }
});
