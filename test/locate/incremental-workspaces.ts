/** Small workspaces whose files have much to do with each other: helpers that close, open or block, types that extend, names handed on, circles. */
export const WORKSPACES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  go: {
    "go.mod": "module example.test/shop\n",
    "store/open.go": `package store

import "database/sql"

type Store struct {
	db *sql.DB
}

type Ender interface {
	End(tx *sql.Tx)
}

type plain struct{}

func (plain) End(tx *sql.Tx) {
	tx.Rollback()
}

func New(db *sql.DB) *Store {
	return &Store{db: db}
}

func (s *Store) Begin() (*sql.Tx, error) {
	return s.db.Begin()
}

func Finish(tx *sql.Tx) {
	finishAll(tx, 1)
}

func finishAll(tx *sql.Tx, left int) {
	if left > 0 {
		finishAgain(tx, left-1)
	}
	tx.Rollback()
}

func finishAgain(tx *sql.Tx, left int) {
	finishAll(tx, left)
}
`,
    "store/rows.go": `package store

import "database/sql"

func (s *Store) Names() (*sql.Rows, error) {
	rows, err := s.db.Query("select name from items")
	return rows, err
}

func (s *Store) Count() int {
	rows, err := s.Names()
	if err != nil {
		return 0
	}
	count := 0
	for rows.Next() {
		count++
	}
	return count
}
`,
    "web/handler.go": `package web

import (
	"net/http"

	"example.test/shop/store"
)

type Handler struct {
	store *store.Store
	ender store.Ender
}

func (h *Handler) Buy(w http.ResponseWriter, r *http.Request) {
	tx, err := h.store.Begin()
	if err != nil {
		return
	}
	if r.URL.Path == "/free" {
		return
	}
	defer store.Finish(tx)
	tx.Exec("insert")
}

func (h *Handler) Sell(w http.ResponseWriter, r *http.Request) {
	tx, err := h.store.Begin()
	if err != nil {
		die(err)
	}
	defer h.ender.End(tx)
	fetch("http://example.test")
}
`,
    "web/fetch.go": `package web

import "net/http"

var client = &http.Client{}

func fetch(url string) int {
	response, err := client.Get(url)
	if err != nil {
		return 0
	}
	if response.StatusCode > 299 {
		return 1
	}
	response.Body.Close()
	return 2
}

func die(err error) {
	panic(err)
}
`,
  },
  python: {
    "shop/__init__.py": "from .db import connect, finish\n",
    "shop/db.py": `import sqlite3
import requests
from contextlib import contextmanager

session = requests.Session()


class Base:
    def __init__(self, path):
        self.conn = sqlite3.connect(path)

    def cursor(self):
        return self.conn.cursor()


class Store(Base):
    def fetch(self, url):
        return download(url)

    def again(self):
        return self.other().again()

    def other(self):
        return self.again() or Store("x")


def connect(path):
    conn = sqlite3.connect(path)
    return conn


def finish(conn):
    conn.close()


def download(url):
    return session.get(url)


@contextmanager
def opened(path):
    conn = connect(path)
    try:
        yield conn
    finally:
        finish(conn)
`,
    "shop/handlers.py": `import asyncio
import time
from .db import Store, download, opened
from shop import connect, finish


async def index(request):
    wait(1)
    return download("http://example.test")


def wait(seconds):
    pause(seconds)


def pause(seconds):
    if seconds > 5:
        wait(seconds - 1)
    time.sleep(seconds)


async def store(request):
    made = Store("shop.db")
    return made.fetch("http://example.test")


def report(path, empty):
    conn = connect(path)
    if empty:
        return None
    finish(conn)


def use(path):
    with opened(path) as conn:
        conn.execute("select 1")
    later = connect(path)
    later.execute("select 1")
`,
    "tools/run.py": `from shop.db import *
import shop.handlers as handlers


def main():
    conn = connect("x")
    handlers.pause(1)
    return conn.cursor()


async def poll():
    handlers.wait(2)
    f = open("log")
    f.write("x")
`,
  },
  javascript: {
    "src/db.js": `import pg from "pg";
const pool = new pg.Pool();
export async function take() {
  const client = await pool.connect();
  return client;
}
export function give(client) {
  client.release();
}
export default class Store {
  constructor() { this.pool = new pg.Pool(); }
  async client() { return this.pool.connect(); }
  chain() { return this.link(); }
  link() { return this.chain(); }
}
`,
    "src/files.ts": `import fs from "node:fs";
export function readAll(path: string) {
  return readInner(path);
}
export const readInner = (path: string) => fs.readFileSync(path);
export { take as borrow } from "./db";
`,
    "src/app.js": `import express from "express";
import { readAll, borrow } from "./files";
import Store, { take, give } from "./db";
const app = express();
const store = new Store();
app.get("/", async (req, res) => {
  const client = await take();
  if (req.query.x) return res.end();
  await client.query("select 1");
  give(client);
  res.end(readAll("x"));
});
app.get("/b", handle);
async function handle(req, res) {
  const client = await borrow();
  const other = await store.client();
  await client.query("select 2");
  other.release();
  res.end(readAll("y"));
}
`,
    "lib/later.js": `const { readAll } = require("../src/files");
exports.later = async function later() {
  return readAll("z");
};
`,
  },
  java: {
    "src/main/java/shop/Store.java": `package shop;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

public class Store extends Base {
  Connection open() throws SQLException {
    return DriverManager.getConnection("jdbc:x");
  }

  void close(Connection connection) throws SQLException {
    Ends.end(connection);
  }

  void close(Connection connection, int how) throws SQLException {
    connection.isClosed();
  }
}
`,
    "src/main/java/shop/Base.java": `package shop;

abstract class Base implements Opens {
  void log(String text) {
  }
}
`,
    "src/main/java/shop/Opens.java": `package shop;

import java.sql.Connection;
import java.sql.SQLException;

interface Opens {
  Connection open() throws SQLException;
}
`,
    "src/main/java/shop/Ends.java": `package shop;

import java.sql.Connection;
import java.sql.SQLException;

final class Ends {
  static void end(Connection connection) throws SQLException {
    connection.close();
  }
}
`,
    "src/main/java/shop/web/Handler.java": `package shop.web;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import shop.*;

public class Handler {
  private final Store store = new Store();

  void buy(boolean free) throws SQLException {
    Connection connection = store.open();
    Statement statement = connection.createStatement();
    if (free) {
      return;
    }
    statement.close();
    store.close(connection);
  }

  void sell() throws SQLException {
    Connection connection = store.open();
    store.close(connection, 2);
    store.log("x");
  }
}
`,
  },
  csharp: {
    "Shop/Store.cs": `namespace Shop;
using System.Data.SqlClient;

public partial class Store
{
    public SqlConnection Open()
    {
        var connection = new SqlConnection("x");
        connection.Open();
        return connection;
    }

    public static void End(SqlConnection connection)
    {
        connection.Dispose();
    }
}
`,
    "Shop/Store.Part.cs": `namespace Shop;
using System.Threading.Tasks;
using System.Data.SqlClient;

public partial class Store
{
    public string Name;

    public async Task<int> CountAsync()
    {
        var connection = Open();
        var command = new SqlCommand("select 1", connection);
        if (Name == null) { return 0; }
        End(connection);
        return Wait();
    }

    private int Wait()
    {
        return Task.Delay(5).ContinueWith(_ => 1).Result;
    }
}
`,
    "Shop/Web/Page.cs": `using System.Threading;
using System.Threading.Tasks;
using Shop;

namespace Shop.Web
{
    public class Page
    {
        private readonly Store store = new Store();

        public async Task Show()
        {
            var connection = store.Open();
            Pause();
            await Task.Yield();
        }

        void Pause()
        {
            Thread.Sleep(100);
        }
    }
}
`,
  },
  "ruby and php": {
    "lib/shop/store.rb": `require "net/http"
require "pg"

module Shop
  class Store
    def open
      PG.connect(dbname: "shop")
    end

    def finish(conn)
      conn.close
    end

    def count(empty)
      conn = open
      return 0 if empty
      finish(conn)
    end
  end
end
`,
    "lib/shop/page.rb": `require_relative "store"

module Shop
  class Page < Store
    def show
      conn = open
      conn.exec("select 1")
      fetch("http://example.test")
    end

    def fetch(url)
      Net::HTTP.start("example.test") { |http| http.get("/") }
      f = File.open("x")
      f.read
    end
  end
end
`,
    "src/Store.php": `<?php
namespace Shop;

use PDO;

class Store extends Base
{
    private PDO $db;

    public function buy(bool $free): void
    {
        $this->db->beginTransaction();
        if ($free) {
            return;
        }
        $this->end($this->db);
    }

    public function load(string $url)
    {
        return fetchAll($url);
    }
}
`,
    "src/Base.php": `<?php
namespace Shop;

abstract class Base
{
    protected function end(\\PDO $db): void
    {
        $db->commit();
    }
}

function fetchAll(string $url)
{
    $handle = curl_init($url);
    $file = fopen("x", "r");
    return curl_exec($handle);
}
`,
  },
  "kotlin and rust": {
    "src/main/kotlin/shop/Store.kt": `package shop

import java.sql.Connection
import java.sql.DriverManager

open class Store {
    fun open(): Connection = DriverManager.getConnection("jdbc:x")

    fun end(connection: Connection) {
        connection.close()
    }
}

fun pause() {
    Thread.sleep(100)
}
`,
    "src/main/kotlin/shop/Page.kt": `package shop

import kotlinx.coroutines.delay

class Page : Store() {
    suspend fun show(free: Boolean) {
        val connection = open()
        if (free) return
        end(connection)
        pause()
        delay(5)
    }
}
`,
    "Cargo.toml": '[package]\nname = "shop"\n',
    "src/lib.rs": `mod store;
pub use store::load;

pub async fn show() {
    let text = load("x");
    std::thread::sleep(std::time::Duration::from_secs(1));
    drop(text);
}
`,
    "src/store.rs": `use std::sync::Mutex;

pub struct Store { items: Mutex<Vec<u8>> }

pub fn load(path: &str) -> String {
    inner(path)
}

fn inner(path: &str) -> String {
    std::fs::read_to_string(path).unwrap()
}

impl Store {
    pub async fn add(&self) {
        let guard = self.items.lock().unwrap();
        crate::show().await;
        drop(guard);
    }
}
`,
  },
};
