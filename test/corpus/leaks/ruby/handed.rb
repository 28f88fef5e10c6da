require "socket"

def in_thread(port)
  server = TCPServer.new(port)
  loop do
    # ruleid: ruby/socket
    client = server.accept
    Thread.new(client) do |socket|
      line = socket.gets
      next if line.nil?

      socket.puts(line)
      socket.close
    end
  end
ensure
  server.close if server
end

def answer(socket)
  line = socket.gets
  return if line.nil?

  socket.puts(line)
  socket.close
end

def in_place(port)
  server = TCPServer.new(port)
  loop do
    # ruleid: ruby/socket
    client = server.accept
    answer(client)
  end
ensure
  server.close if server
end

def in_thread_closed(port)
  server = TCPServer.new(port)
  loop do
    # ok: ruby/socket
    client = server.accept
    Thread.new(client) do |socket|
      socket.puts(socket.gets)
    ensure
      socket.close
    end
  end
ensure
  server.close if server
end

def closed_here(port)
  server = TCPServer.new(port)
  # ok: ruby/socket
  client = server.accept
  answer(client)
  client.close
ensure
  server.close if server
end
