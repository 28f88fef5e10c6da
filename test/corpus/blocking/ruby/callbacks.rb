require "eventmachine"
require "net/http"
require "active_record"

class Item < ActiveRecord::Base
end

module Rates
  def self.load
    Net::HTTP.get(URI("https://rates.example"))
  end
end

class Feed < EventMachine::Connection
  def post_init
    # ruleid: ruby/blocking-sleep
    sleep 0.5
  end

  def receive_data(data)
    # ruleid: ruby/blocking-http
    send_data Rates.load
    # ruleid: ruby/blocking-database
    send_data Item.find(data.to_i).name
    EM.defer do
      # ok: ruby/blocking-http
      Rates.load
      # ok: ruby/blocking-database
      Item.find(data.to_i)
    end
    # ok: ruby/blocking-sleep
    EM.add_timer(1) { send_data "later" }
  end

  def helper
    # Nobody calls it from a callback.
    # ok: ruby/blocking-sleep
    sleep 1
  end
end

EM.run do
  EM.add_periodic_timer(5) do
    # ruleid: ruby/blocking-process
    `uptime`
  end
  EM.next_tick do
    # ruleid: ruby/blocking-database
    Item.create!(name: "a")
  end
  EM.defer do
    # ok: ruby/blocking-process
    `uptime`
  end
end

def outside
  # ok: ruby/blocking-database
  Item.create!(name: "a")
  # ok: ruby/blocking-http
  Rates.load
end
