using System;
using System.Collections.Generic;
using System.Data.Common;
using System.IO;
using System.Net.Sockets;
using System.Threading.Tasks;
using Npgsql;

namespace Shop;

public sealed class Connections : IDisposable
{
    private readonly string text;
    private readonly List<NpgsqlConnection> open = new();
    private readonly NpgsqlConnection own;

    public Connections(string text)
    {
        this.text = text;
        // ok: csharp/db-connection
        own = new NpgsqlConnection(text);
    }

    public void Dispose() => own.Dispose();

    public int OneBranch(int id)
    {
        // ruleid: csharp/db-connection
        var connection = new NpgsqlConnection(text);
        connection.Open();
        if (id > 0)
        {
            connection.Close();
            return id;
        }
        return 0;
    }

    public int EveryBranch(int id)
    {
        // ok: csharp/db-connection
        using (var connection = new NpgsqlConnection(text))
        {
            connection.Open();
            return id;
        }
    }

    public void Finally()
    {
        // ok: csharp/db-connection
        var connection = new NpgsqlConnection(text);
        try
        {
            connection.Open();
        }
        finally
        {
            connection?.Dispose();
        }
    }

    // ok: csharp/db-connection
    public NpgsqlConnection Open() => new NpgsqlConnection(text);

    public void Kept()
    {
        // ok: csharp/db-connection
        open.Add(new NpgsqlConnection(text));
    }

    private static void Quietly(NpgsqlConnection connection)
    {
        try { connection.Dispose(); } catch (DbException) { }
    }

    public void ByHelper()
    {
        // ok: csharp/db-connection
        var connection = new NpgsqlConnection(text);
        Quietly(connection);
    }

    public void FromHelper(bool fast)
    {
        // ruleid: csharp/db-connection
        var connection = Open();
        if (fast) return;
        connection.Dispose();
    }

    public long Lines(IEnumerable<string> paths)
    {
        long lines = 0;
        foreach (var path in paths)
        {
            // ruleid: csharp/file-stream
            var reader = File.OpenText(path);
            if (reader.EndOfStream) continue;
            lines++;
            reader.Dispose();
        }
        return lines;
    }

    public long LinesSafely(IEnumerable<string> paths)
    {
        long lines = 0;
        foreach (var path in paths)
        {
            // ok: csharp/file-stream
            using var reader = File.OpenText(path);
            if (reader.EndOfStream) continue;
            lines++;
        }
        return lines;
    }

    public async Task Serve(TcpListener listener, Func<TcpClient, Task> handle)
    {
        while (true)
        {
            // ok: csharp/tcp-client
            var client = await listener.AcceptTcpClientAsync();
            _ = handle(client);
        }
    }

    public async Task<int> Greet(TcpListener listener)
    {
        // ruleid: csharp/tcp-client
        var client = await listener.AcceptTcpClientAsync();
        var read = await client.GetStream().ReadAsync(new byte[16]);
        if (read == 0) return 0;
        client.Close();
        return read;
    }

    public int? Switch(NpgsqlCommand command, int kind)
    {
        // ok: csharp/db-reader
        using var reader = command.ExecuteReader();
        return kind switch { 0 => null, _ => reader.FieldCount };
    }
}
