#!/usr/bin/env dotnet-script
#define TRACED
#undef QUIET
#nullable enable
#pragma warning disable CS1591
#region usings
extern alias Legacy;
global using System;
using System.Collections.Generic;
using static System.Math;
using Table = System.Collections.Generic.Dictionary<string, int>;
using Pair = (int Left, int Right);
#endregion

[assembly: System.Reflection.AssemblyTitle("everything")]

var started = Start(args);
await started.RunAsync();

namespace Everything.Inside
{
    public delegate T Maker<in TIn, out T>(TIn from) where T : class;

    [Flags]
    public enum Level : byte
    {
        High = Low << 1,
        Low = 1,
#if !QUIET
        Traced
#endif
    }

    public interface IStore<T> where T : notnull, new()
    {
        T this[int index] { get; }
        event EventHandler Changed;
        void Save(in T item, ref int count, out bool done);
        int Count { get; }
    }

    public record struct Point(int X, int Y);

    public record Named(string Name) : Based(Name), IDisposable
    {
        public void Dispose() => GC.SuppressFinalize(this);
    }

    public unsafe struct Buffer<T> where T : unmanaged
    {
        public fixed byte Bytes[16];
        public delegate* unmanaged[Cdecl]<int, void> Callback;
        public int* At;
    }

    public partial class Store<[Covers] T>(Source source, string? name = null) : Based(name), IStore<T> where T : class, new()
    {
        private readonly List<T> items = [], spare = new();
        private static int made = Count("x");
        public event EventHandler? Saved;
        public event EventHandler Changed { add { Hook(value); } remove => Unhook(value); }
        public required string Title { get; init; } = Default();
        public int Size => items.Count;
        public int Limit { get; private set { limit = value; } }

        public T this[int index] { get => items[index]; set { items[index] = value; } }
        public T this[params string[] keys] => Find(keys);

        static Store() { made = 0; }
        public Store(int size) : this(new Source(size), "sized") { }
        private Store() : base() => Touch();
        ~Store() { Close(); }

        public static Store<T> operator +(Store<T> left, Store<T> right) => left.Merge(right);
        public static explicit operator int(Store<T> store) => store.Size;
        void IStore<T>.Save(in T item, ref int count, out bool done) { done = true; }

        // What may be said twice.
        [return: Checked]
        [Obsolete("use " + nameof(Load), error: false)]
#if TRACED
        [Traced]
#elif QUIET
        [Quiet]
#else
        [Plain]
#endif
        public async Task<int> Load(string path, params string[] more)
        {
            using var file = Open(path);
            await using var other = await OpenAsync(path);
            using (var one = Open("1")) using (Given()) { one.Read(); }
            await using (other) { }
            lock (this) { made++; }
            checked { made += 1; }
            unsafe
            {
                fixed (byte* at = bytes, end = tail) { *at = 1; Use(&end, at->Next, at[2]); }
                int* room = stackalloc int[] { 1, 2 };
                Span<int> small = stackalloc[] { 1 };
                var wide = sizeof(int) + unchecked(made * 2);
            }
            await foreach (var (key, value) in Rows()) { Use(key, value); }
            foreach (T item in items) Use(item);
            for (int i = 0, j = 1; i < j; i++, --j) { if (i == 3) continue; else if (j > 4) break; else goto done; }
            do { Use(1); } while (More());
            while (!Ready) ;
        done:
            switch (path)
            {
                case "a": goto case "b";
                case "b" when made > 0: Use(1); break;
                case { Length: > 3 and < 9 } text: Use(text); goto default;
                case string or null: return 1;
                default: throw new ArgumentException(path);
            }
            switch (more) { case [1, .., var end]: Use(end); break; case [] all: break; case (int a, _) pair: break; case not (var b, var (c, _)): break; case Sized(3) { Name: "n" }: break; case var any: break; }
            if (pair is var _) Use(pair);
            var word = made switch { 1 => One(), < 0 => throw new Exception(), int n when n > 2 => Two(n), (3) => Three(), _ => Other() };
            if (path is string { Length: 1 } s && more is not null && path is var (x1, x2) && word is int && made is (> 1) and var w) Use(s);
            scoped Span<int> held = default; if (pair is var (p1, p2)) Use(p1); if (pair is (var p3, > 2) { Left: var (p4, _) }) Use(p3);
            try { Use(1); }
            catch (IOException e) when (e.HResult == 1) { Log(e); throw; }
            catch (Exception) { return 0; }
            catch { Log(null); }
            finally { Close(); }
            (int first, var second) = Both();
            var (third, (fourth, _)) = Nested();
            (first, items[0]) = (second, Make<T>());
            Try("x", out var parsed, out int number, ref first, in second, name: third);
            int Local(int of) => of + 1;
            static async Task<TOut> Inner<TOut>(scoped ref int by) where TOut : struct { await Task.Yield(); return default(TOut); }
            Func<int, int> f = of => Local(of), g = static (int of) => { return of; }, h = int (of) => of;
            Action k = async delegate { await Later(); }, m = delegate (int of) { Use(of); };
            ref readonly var slot = ref Slot(ref first);
            path ??= more?[0]?.Trim() ?? throw new Exception();
            var cast = (IDisposable)path as IStore<T>;
            var forgiven = path!.Length;
            var range = more[1..^1];
            var copy = point with { X = 1, Y = Two(2) };
            var anonymous = new { Name = path, other.Length };
            var array = new int[3] { 1, 2, 3 };
            var jagged = new int[2][];
            var implied = new[] { One(), 2.5, 1e3f };
            List<int> listed = new() { 1, 2 };
            var table = new Table(3) { ["a"] = One(), { "b", 2 } };
            int[] spread = [1, .. implied, Two(3)];
            var texts = $"a {path,10:x} {{ {One()} \n" + $@"b {made}" + $"""c {Two(1)}""" + @"d" + """e""" + "f\t"u8 + 'g' + '\n';
            var query = from item in items
                        join Store<T> o in others on item.Key equals o.Key into grouped
                        from each in grouped
                        let length = each.Length()
                        where length > 1
                        orderby length descending, item.Name
                        group item by length into bucket
                        select new { bucket.Key, Total = Sum(bucket) };
            var alias = global::System.IO.Path.Combine("a");
            var reference = __makeref(first);
            var type = __reftype(reference);
            var back = __refvalue(reference, int);
            Legacy::Old.Thing old = new Legacy::Old.Thing();
            nint pointer = -1; int? maybe = default; bool no = !true || ~first > +second && no;
            var kind = typeof(Dictionary<,>);
            var shifted = first >>> 1 ^ second | 3 & 4 % 5;
            var picked = more.Length > 1 ? One() : Two(2);
            (string l, int r)[] tuples = { };
            yield return picked;
            yield break;
#if TRACED
            Trace();
#elif QUIET
            Quiet();
#else
            Plain();
#endif
#line 200 "other.cs"
#warning careful
#error never
        }
    }
}
