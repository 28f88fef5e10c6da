// Handlers of the frameworks beside express: each holds up the event loop like one of its.
import fs from "node:fs";
import { scryptSync } from "node:crypto";
import { Controller, Get } from "@nestjs/common";
import type { FastifyInstance } from "fastify";
import { Hono } from "hono";
import { createRouter, defineEventHandler } from "h3";
import { Server } from "@hapi/hapi";
import { Router } from "express";

const hono = new Hono();
hono.get("/", (c) => {
  // ruleid: javascript/sync-file
  return c.html(fs.readFileSync("index.html", "utf8"));
});
// ok: javascript/sync-file
const page = fs.readFileSync("index.html", "utf8");
hono.get("/page", (c) => c.html(page));

@Controller("files")
export class Files {
  @Get(":name")
  read(name: string) {
    // ruleid: javascript/sync-file
    return fs.readFileSync(name, "utf8");
  }
  @Get("hash")
  hash() {
    // ruleid: javascript/sync-crypto
    return scryptSync("x", "y", 64);
  }
  @Get("later")
  later(name: string) {
    // ok: javascript/sync-file
    return fs.promises.readFile(name, "utf8");
  }
  constructor() {
    // ok: javascript/sync-file
    fs.readFileSync("settings.json");
  }
}

export default function plugin(fastify: FastifyInstance) {
  // ok: javascript/sync-file
  const settings = fs.readFileSync("settings.json", "utf8");
  fastify.get("/settings", (request, reply) => {
    // ruleid: javascript/sync-file
    reply.send(settings + fs.readFileSync("more.json", "utf8"));
  });
}

export const report = defineEventHandler(() => {
  // ruleid: javascript/sync-file
  return fs.readFileSync("report.html", "utf8");
});
const routes = createRouter();
routes.get("/report", report);

const server = new Server();
server.route({
  method: "GET",
  path: "/hapi",
  handler: () => {
    // ruleid: javascript/sync-file
    return fs.readFileSync("hapi.html", "utf8");
  },
});

const router = Router();
router.route("/chained").get((request, response) => {
  // ruleid: javascript/sync-file
  response.send(fs.readFileSync("chained.html", "utf8"));
});
