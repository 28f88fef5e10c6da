# frozen_string_literal: true
require "net/http"
BEGIN { $started = true }
END { puts "done" }

module Shop
  class Store < Base::Thing
    include Enumerable
    attr_reader :db, :name
    LIMIT = 10r + 2i - 1.5 + 3
    @@count = 0
    class << self
      def build(*args, key: 1, needed:, other: nil, **rest, &block)
        new(*args, **rest, &block)
      end
    end
    def initialize(db, (first, *others), name = "n", **nil)
      super()
      @db = db
      @name ||= name
    end
    def self.open(...) = new(...)
    def Store.other; end
    def size = @items.size
    def name=(value)
      @name = value rescue nil
    end
    def ==(other)
      other.is_a?(Store) and name == other.name
    end
    def each
      return enum_for(:each) unless block_given?
      @items.each { |item; local| yield item, local }
    rescue ArgumentError, *ERRORS => e
      retry if (tries += 1) < 3
      raise
    rescue
      raise Failed.new(e), "x"
    else
      1
    ensure
      close
    end
    alias to_a each
    alias :x :y
    undef to_s, :"a#{b}"
  end
end

x = y = 1; z, (w, *v), u.t, s[0] = 1, *[2, 3]
a += 1
b ||= c&.d
@h[:k] &&= 2
puts(<<~ONE, <<-'TWO', key: 1, "s": 2, :sym => 3, **opts)
  text #{x + 1} \n
ONE
  raw
TWO
%w[a b#{c}].map(&:to_s)
%i[a b]
%W[a#{b} c]
%I[a#{b} c]
"a" "b#{@x} #$y"
:"quoted #{d}"
:plain
/re#{x}\d/i
`ls #{dir}`
?c
__FILE__
__LINE__
__ENCODING__
{ a: 1, "b" => 2, **c, d: }
[1, *list, k: 2]
->(p, q = 1, *r, k:, **o, &b) { p + q }
-> do |x| x end
lambda { |(m, n), o| m }
if a then b elsif c then d else e end
unless a
  b
else
  c
end
a if b
a unless b
a while b
begin
  a
end until b
while a do break 1 if b; next; redo end
until a
  b
end
for i, j in list do p i end
case a
when 1, *two then b
when Integer
  c
else d
end
case
when a then b
end
case [1, { k: 2 }]
in Integer | Float => n if n > 1
  a
in [Integer => q, *rest, _] unless q
  b
in [*, 3, *post]
  c
in Point(x:, y: 0.., **nil)
  d
in { name: String => nm, "k": 1, **others }
  e
in ^a | ^@b
  f
in ^(1 + 2)
  g
in (1..) | nil | true | false | self
  h
in A::B[p, q]
  i
in "s" | :s | /r/ | %w[a] | ->(k) { k }
  j
in Find[*, m, *]
  jj
in __FILE__ | __LINE__ | __ENCODING__
  kk
else
  l
end
value => { name: }
value in [one, *]
a ? b : c
not a
!a
-a
defined?(a)
1..2
(1...)
a and b or c
a && b || c
A::B.c
::Top
a::b
f.()
f.(1) { |_| _1 }
list.each_with_index do |one, at|
  next if at == 0
  break one if at > 2
rescue IOError => e
  p e
ensure
  p 1
end
list.map { _1 + _2 }
list.map { it * 2 }
list[0, 1]
list[-1] { 1 }
catch(:done) { throw :done }
File.open("x") { |f| f.read }
def forward(*, **, &) = target(*, **, &)
def long(
  a,
  b
)
  a <=> b
end
conn = db || raise("none")
foo or return
x = if a then b else c end
y = begin; 1; rescue; 2; end
p((a; b))
z = a rescue b
private def secret; end
obj.method(:x).call
obj.value = 1
A = Struct.new(:a) do
  def twice = a * 2
end
super
self.class
Class.new(Base) { def x; end }
f x, *y, &z
def obj.single; yield; end
;
__END__
data
