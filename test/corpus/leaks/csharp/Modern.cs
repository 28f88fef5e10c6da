using System;
using System.Data.SqlClient;
using System.Threading.Tasks;
using Microsoft.EntityFrameworkCore;

namespace Shop;

public class ShopContext : DbContext { }

public class Modern
{
    private readonly ShopContext db = null;

    public async Task Saved(bool quiet)
    {
        // ruleid: csharp/ef-transaction
        var work = await db.Database.BeginTransactionAsync();
        await db.SaveChangesAsync();
        if (quiet) return;
        await work.CommitAsync();
        await work.DisposeAsync();
    }

    public async Task SavedWell()
    {
        // ok: csharp/ef-transaction
        await using var work = await db.Database.BeginTransactionAsync();
        await db.SaveChangesAsync();
        await work.CommitAsync();
    }

    public async Task SavedInBlock()
    {
        // ok: csharp/ef-transaction
        await using (var work = await db.Database.BeginTransactionAsync())
        {
            await work.CommitAsync();
        }
    }

    public int Switched(SqlConnection connection, object order)
    {
        // ok: csharp/db-connection
        var command = connection.CreateCommand();
        // ruleid: csharp/db-reader
        var reader = command.ExecuteReader();
        switch (order)
        {
            case int n when n > 3:
                reader.Close();
                return 1;
            case string { Length: > 3 } s:
                return 2;
            default:
                reader.Close();
                return 3;
        }
    }

    public int SwitchedWell(SqlConnection connection, object order)
    {
        var command = connection.CreateCommand();
        // ok: csharp/db-reader
        using var reader = command.ExecuteReader();
        return order switch { int n when n > 3 => 1, string { Length: > 3 } => 2, _ => throw new ArgumentException("order") };
    }

    public int SwitchedOut(string text, object order)
    {
        // ruleid: csharp/db-connection
        var connection = new SqlConnection(text);
        connection.Open();
        if (order is not string { Length: 3 }) return 0;
        connection.Close();
        return 1;
    }
}
