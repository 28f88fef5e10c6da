// Every construct of Java that the grammar knows, once at least.
/* A block comment. */
@Deprecated
package shop.everything;

import java.io.*;
import java.sql.Connection;
import java.util.Map.Entry;
import static java.lang.Math.max;
import static java.util.stream.Collectors.*;

@FunctionalInterface
interface Source<T extends Comparable<T> & Serializable> extends Supplier<T>, AutoCloseable {
  int LIMIT = 3, OTHER = max(1, 2);
  T get() throws IOException, InterruptedException;
  default T first(final T... rest) { return rest.length == 0 ? get() : rest[0]; }
  static <A> A same(A a) { return a; }
  private void hidden() {}
  class Inner {}
  enum Kind { ONE }
  record Pair(int left, int right) {}
  interface Deep {}
  @interface Mark {}
}

@interface Marked {
  String value() default "x";
  int[] sizes() default {1, 2};
  Deprecated nested() default @Deprecated;
  Class<?> type() default void.class;
  int CONSTANT = 5;
  class In {}
  enum E { A }
  interface I {}
  @interface J {}
}

sealed abstract class Shape<@Marked T> extends shop.base.Base<T> implements Comparable<Shape<T>>, java.io.Serializable permits Circle, Square {
  private static final Map<String, List<? super Integer>> NAMES = new HashMap<>();
  protected volatile int a = 1, b[] = {1, 2}, c;
  private byte small = 0x1F; short medium = 017; long large = 0b1010L; char letter = 'x'; float real = 1.5f; double exact = 0x1.8p1; boolean flag = true;
  @Marked(value = "y", sizes = {3, 4}, nested = @Deprecated) transient Object marked;
  static { NAMES.put("a", null); }
  { this.c = 2; }

  @Marked("v") protected <X> Shape(final X x, int... more) throws IOException {
    super(x);
    a = more.length;
  }
  Shape() { this(1, 2); }
  Shape(Outer outer) { outer.super(); }

  abstract T area();
  native void fast();
  int @Marked [] dimensions(Shape<T> this, @Marked int... xs)[] { return null; }
  void thrown(@Marked final int x) throws @Marked IOException {}
}

final class Circle extends Shape<Integer> { Integer area() { return 1; } }
non-sealed class Square extends Shape<Integer> { Integer area() { return 2; } }

enum Color implements Runnable {
  RED, @Deprecated GREEN(1) { public void run() {} }, BLUE(2, "b");
  private final int code;
  Color(int... codes) { code = codes.length; }
  public void run() {}
  static { values(); }
}

record Point<T>(@Marked int x, T y) implements Comparable<Point<T>> {
  static int count;
  Point {
    if (x < 0) throw new IllegalArgumentException("x");
  }
  Point(int x) { this(x, null); }
  public int compareTo(Point<T> other) { return 0; }
}

class Statements {
  int field;

  void loops(List<String> names) throws Exception {
    int i, j = 0;
    outer:
    for (i = 0, j = 1; i < 10 && j > 0; i++, --j) {
      if (i == 3) continue outer;
      else if (i == 4) break outer;
      else { continue; }
    }
    for (var k = 0; ; ) { break; }
    for (;;) break;
    for (final @Marked String name : names) System.out.println(name);
    for (String[] parts[] : all()) {}
    for (var _ : names) {}
    while (i-- > 0) { i += 2; i -= 1; i *= 2; i /= 2; i %= 3; i &= 1; i |= 2; i ^= 3; i <<= 1; i >>= 1; i >>>= 1; }
    do { i++; } while (i < 5);
    block: { if (i > 2) break block; i = 1; }
    synchronized (this) { i = 2; }
    assert i > 0;
    assert i > 0 : "message" + i;
    ;
    class Local { int own = 1; }
    record Here(int x) {}
    enum There { A }
    interface Nowhere {}
    throw new Exception();
  }

  int tries(Connection given) {
    try (Connection c = open(); var d = new FileReader("x"); given; this.kept; final @Marked InputStream in[] = null) {
      return 1;
    } catch (IOException | RuntimeException e) {
      return 2;
    } catch (final SQLException e) {
      e.printStackTrace();
    } catch (Exception _) {
    } finally {
      field = 3;
    }
    try { run(); } finally { run(); }
    return field;
  }

  int switches(Object o, int n, Color color) {
    switch (n) {
      case 1:
      case 2: run(); break;
      case 3, 4: run();
      default: run();
    }
    switch (color) {
      case RED -> run();
      case GREEN -> { run(); }
      default -> throw new IllegalStateException();
    }
    int k = switch (color) {
      case RED -> 1;
      case GREEN -> { run(); yield 2; }
      case BLUE -> throw new IllegalStateException();
    };
    String s = switch (o) {
      case null, default -> "none";
      case String t when t.length() > 1 && !t.isEmpty() -> t;
      case Point(int x, var y) when x > 0 -> "point";
      case Box(Point(var a, _), String _) -> "box";
      case Pair<Integer, String>(Integer left, String right) -> right;
      case java.util.List<?> list -> "list";
    };
    return switch (n) { case 1: yield 5; default: yield 6; } + k;
  }

  Object expressions(Object o, int[] xs) {
    int a = 1 + 2 - 3 * 4 / 5 % 6, b = a << 1 | a >> 2 & a >>> 3 ^ ~a;
    boolean c = a == b || a != b && !(a < b) || a <= b || a >= b;
    a = b = 3;
    a++; ++a; a--; --a;
    xs[a++] = -a + +b;
    int[] ys = new int[] {1, 2}, zs[] = new int[3][a][], ws[] = new int @Marked [2];
    int[][] grid = {{1}, {2, 3}};
    Object made = new ArrayList<String>(3), inner = o.new Inner(1), typed = new <String>Thing(), anonymous = new Runnable() { int x; public void run() { x = 1; } };
    Object far = new java.util.HashMap.SimpleEntry<>(1, 2), marked = new @Marked Object();
    Runnable r = () -> {}, q = () -> run();
    Function<Integer, Integer> f = x -> x + 1, g = (Integer x) -> { return x; };
    BiFunction<Integer, Integer, Integer> h = (x, y) -> x * y, w = (var x, final int... y) -> x;
    Supplier<?> s1 = this::run, s2 = Statements::new, s3 = int[]::new, s4 = super::hashCode, s5 = o::<String>toString, s6 = List<String>::size, s7 = java.util.List::of;
    Class<?> k = String.class, l = int[].class, m = java.util.Map.class, v = void.class;
    String text = "a\tb\u0041" + 'c' + 1_000L + 0xFFL + 07 + 0b1 + 1e3 + 0x1p3 + null + true + false + """
        a text
          block \""" of "lines"
        """;
    String written = STR."total \{a + b} of \{run()}";
    if (o instanceof String) run();
    if (o instanceof final String t && t.length() > 2) run();
    if (o instanceof Point<?>(int x, var y) && x > 0) run();
    if (!(o instanceof java.util.List<?> list)) return null;
    this.<String>generic("x").field = (int) 2.5;
    super.toString();
    Statements.super.toString();
    Statements.this.field = 2;
    Object casted = (Runnable & java.io.Serializable) () -> {};
    return c ? (o) : xs[0];
  }
}

void main() {
  System.out.println("hello");
}
