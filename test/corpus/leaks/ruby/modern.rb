require "socket"

def blocks(numbers)
  numbers.each do |n|
    # ruleid: ruby/socket
    socket = TCPSocket.new("db", n)
    next if n == 2
    socket.close
  end
end

def blocks_well(numbers)
  numbers.each do |n|
    # ok: ruby/socket
    socket = TCPSocket.new("db", n)
    socket.write("x")
  ensure
    socket&.close
  end
end

def matched(order)
  # ruleid: ruby/socket
  socket = TCPSocket.new("db", 1)
  case order
  in { id: Integer => n } if n > 3
    socket.close
  in [_, *]
    3
  else
    socket.close
  end
end

def matched_well(order)
  # ok: ruby/socket
  socket = TCPSocket.new("db", 1)
  case order
  in { id: Integer => n }
    n
  in [_, *]
    3
  end
ensure
  socket&.close
end
