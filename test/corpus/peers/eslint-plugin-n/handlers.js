// After eslint-plugin-n's page of no-sync: a method whose name ends in Sync, in what answers requests; and names that only sound so.
const fs = require("fs");
const { execSync } = require("child_process");
const crypto = require("crypto");
const express = require("express");

const app = express();

// At the root of a file it runs once: the option allowAtRootLevel.
// ok: javascript/sync-file
const settings = JSON.parse(fs.readFileSync("settings.json", "utf8"));

function page(request, response) {
  // ruleid: javascript/sync-file
  response.send(fs.readFileSync(request.query.path).toString());
}

app.get("/page", page);

app.get("/there", (request, response) => {
  // ruleid: javascript/sync-file-small
  response.send(String(fs.existsSync(request.query.path)));
});

app.get("/built", (request, response) => {
  // ruleid: javascript/sync-process
  response.send(execSync("make"));
});

app.post("/login", (request, response) => {
  // ruleid: javascript/sync-crypto
  response.send(crypto.pbkdf2Sync(request.body.password, settings.salt, 100000, 64, "sha512"));
});

app.get("/asynchronous", async (request, response) => {
  // ok: javascript/sync-file
  response.send(await fs.promises.readFile(request.query.path));
});

app.post("/models", async (request, response) => {
  // ok: javascript/sync-file, javascript/sync-process
  await settings.models.sync();
  response.end();
});

app.post("/callback", (request, response) => {
  // ok: javascript/sync-crypto
  crypto.pbkdf2(request.body.password, settings.salt, 100000, 64, "sha512", (problem, key) => response.send(key));
});
