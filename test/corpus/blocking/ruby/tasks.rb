require "async"
require "async/barrier"
require "mysql2"
require "sqlite3"

class Store
  def initialize
    @client = Mysql2::Client.new(host: "db")
  end

  def count
    @client.query("SELECT count(*) FROM item").first
  end
end

Async do |task|
  # ok: ruby/blocking-sleep
  sleep 1
  # ok: ruby/blocking-process
  system("sync")
  # ruleid: ruby/blocking-database
  store = Store.new
  # ruleid: ruby/blocking-database
  store.count
  Async do
    # ruleid: ruby/blocking-database
    db = SQLite3::Database.new("a.db")
    # ruleid: ruby/blocking-database
    db.execute("SELECT 1")
  end
end

def report
  # ok: ruby/blocking-database
  Store.new.count
  # ok: ruby/blocking-database
  SQLite3::Database.new("a.db").execute("SELECT 1")
end
