require "pg"
require "open3"

class Accounts
  def initialize(options)
    @conn = PG.connect(options)
  end

  def rescued_by_its_library(id)
    # ok: ruby/sql-transaction
    @conn.exec("BEGIN")
    @conn.exec_params("DELETE FROM account WHERE id = $1", [id])
    @conn.exec("COMMIT")
  rescue PG::Error
    @conn.exec("ROLLBACK")
    raise
  end

  def rescued_for_one_error_only(id)
    # ruleid: ruby/sql-transaction
    @conn.exec("BEGIN")
    begin
      @conn.exec_params("DELETE FROM account WHERE id = $1", [id])
    rescue PG::UniqueViolation
      return :conflict
    end
    @conn.exec("COMMIT")
  end
end

def output(command)
  # ruleid: ruby/file
  input, text, errors, thread = Open3.popen3(command)
  input.close
  text.read
end

def output_in_a_block(command)
  # ok: ruby/file
  Open3.popen3(command) { |input, text, errors, thread| text.read }
end

def locked(path)
  # ok: ruby/file
  File.open(path).tap { |file| file.flock(File::LOCK_EX) }
end
