using System;
using System.IO;

namespace Corpus;

public sealed class Journal : IDisposable
{
    private readonly FileStream stream;

    public Journal(string path)
    {
        stream = new FileStream(path, FileMode.Append);
    }

    public void Add(byte one) => stream.WriteByte(one);

    public void Dispose() => stream.Dispose();
}

public sealed class Log : IDisposable
{
    private readonly FileStream stream = new("log", FileMode.Append);

    public void Add(byte one) => stream.WriteByte(one);

    public void Dispose() => stream.Dispose();
}

public static class Keepers
{
    public static void NeverEndedLog()
    {
        // ruleid: csharp/file-stream
        var log = new Log();
        log.Add(1);
    }

    public static void EndedLog()
    {
        // ok: csharp/file-stream
        using var log = new Log();
        log.Add(1);
    }

    public static void NeverEnded(string path)
    {
        // ruleid: csharp/file-stream
        var journal = new Journal(path);
        journal.Add(1);
    }

    public static void EndedWhenAllGoesWell(string path)
    {
        // ruleid: csharp/file-stream
        var journal = new Journal(path);
        if (path.Length > 100)
        {
            return;
        }
        journal.Add(1);
        journal.Dispose();
    }

    public static void Ended(string path)
    {
        // ok: csharp/file-stream
        using var journal = new Journal(path);
        journal.Add(1);
    }

    public static Journal GivenOn(string path)
    {
        // ok: csharp/file-stream
        return new Journal(path);
    }
}
