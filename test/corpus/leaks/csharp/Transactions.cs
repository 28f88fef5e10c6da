using System;
using System.Data;
using System.Threading.Tasks;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Shop;

public class Transactions
{
    private readonly string text;
    private NpgsqlTransaction? current;

    public Transactions(string text) { this.text = text; }

    public void Early(NpgsqlConnection connection, int amount)
    {
        // ruleid: csharp/db-transaction
        var transaction = connection.BeginTransaction();
        if (amount == 0) return;
        transaction.Commit();
    }

    public void Declared(NpgsqlConnection connection, int amount)
    {
        // ok: csharp/db-transaction
        using var transaction = connection.BeginTransaction();
        if (amount == 0) return;
        transaction.Commit();
    }

    public void RolledBack(NpgsqlConnection connection, Action work)
    {
        // ok: csharp/db-transaction
        var transaction = connection.BeginTransaction();
        try
        {
            work();
            transaction.Commit();
        }
        catch
        {
            transaction.Rollback();
            throw;
        }
    }

    public void OnlyWhenItFails(NpgsqlConnection connection, Func<bool> work)
    {
        // ruleid: csharp/db-transaction
        var transaction = connection.BeginTransaction();
        if (work())
        {
            transaction.Commit();
        }
    }

    /// The unit's own end closes it.
    public void Begin(NpgsqlConnection connection)
    {
        // ok: csharp/db-transaction
        current = connection.BeginTransaction();
    }

    public void End() => current?.Dispose();

    public NpgsqlTransaction Given(NpgsqlConnection connection)
    {
        // ok: csharp/db-transaction
        return connection.BeginTransaction();
    }

    public void UsesGiven(NpgsqlConnection connection, bool dry)
    {
        // ruleid: csharp/db-transaction
        var transaction = Given(connection);
        if (dry) return;
        transaction.Commit();
    }

    public async Task Framework(DbContext context, bool dry)
    {
        // ruleid: csharp/ef-transaction
        var transaction = await context.Database.BeginTransactionAsync();
        await context.SaveChangesAsync();
        if (!dry) await transaction.CommitAsync();
    }

    public async Task FrameworkSafely(DbContext context)
    {
        // ok: csharp/ef-transaction
        await using var transaction = await context.Database.BeginTransactionAsync();
        await context.SaveChangesAsync();
        await transaction.CommitAsync();
    }

    public async Task InTransaction(DbContext context, Func<IDbContextTransaction, Task> work)
    {
        // ok: csharp/ef-transaction
        await using var transaction = await context.Database.BeginTransactionAsync();
        await work(transaction);
        await transaction.CommitAsync();
    }
}
