require "pg"
require "socket"
require "net/http"

module Shop
  class Store
    def initialize(options)
      @options = options
      # ok: ruby/db-connection
      @conn = PG.connect(options)
    end

    def close
      @conn.close
    end

    def one_branch(id)
      # ruleid: ruby/db-connection
      conn = PG.connect(@options)
      rows = conn.exec("SELECT 1")
      if id > 0
        conn.close
        return rows
      end
      nil
    end

    def every_branch(id)
      # ok: ruby/db-connection
      conn = PG.connect(@options)
      conn.exec("SELECT 1") if id > 0
    ensure
      conn&.close
    end

    def with_block
      # ok: ruby/db-connection
      PG.connect(@options) { |conn| conn.exec("SELECT 1") }
    end

    def given
      # ok: ruby/db-connection
      PG.connect(@options)
    end

    def uses_given(dry)
      # ruleid: ruby/db-connection
      conn = given
      return if dry

      conn.close
    end

    def with_connection
      # ok: ruby/db-connection
      conn = PG.connect(@options)
      yield conn
    ensure
      conn.close if conn
    end

    def count
      with_connection { |conn| conn.exec("SELECT count(*) FROM item") }
    end

    def early(pg_conn, amount)
      # ruleid: ruby/sql-transaction
      pg_conn.exec("BEGIN")
      return if amount.zero?

      pg_conn.exec("COMMIT")
    end

    def rolled_back(pg_conn)
      # ok: ruby/sql-transaction
      pg_conn.exec("BEGIN")
      pg_conn.exec("UPDATE account SET amount = 0")
      pg_conn.exec("COMMIT")
    rescue StandardError
      pg_conn.exec("ROLLBACK")
      raise
    end

    def managed(pg_conn)
      # ok: ruby/sql-transaction
      pg_conn.transaction { |conn| conn.exec("UPDATE account SET amount = 0") }
    end

    def hello(host)
      # ruleid: ruby/socket
      socket = TCPSocket.new(host, 1)
      line = socket.gets
      return nil if line.nil?

      socket.close
      line
    end

    def hello_safely(host)
      # ok: ruby/socket
      TCPSocket.open(host, 1) { |socket| socket.gets }
    end

    def each_file(paths)
      paths.each do |path|
        # ruleid: ruby/file
        file = File.open(path)
        next if file.size.zero?

        file.close
      end
    end

    def each_file_safely(paths)
      paths.each do |path|
        # ok: ruby/file
        File.open(path) { |file| file.read }
      end
    end

    def kept(pool)
      # ok: ruby/db-connection
      pool << PG.connect(@options)
    end
  end

  class Radio
    def self.connect(_band)
      new
    end
  end

  def self.listen
    Radio.connect("fm")
  end
end
