using System;
using System.Data.SqlClient;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace Shop;

class Handed
{
    public async Task InTask(TcpListener listener)
    {
        while (true)
        {
            // ruleid: csharp/tcp-client
            var client = await listener.AcceptTcpClientAsync();
            _ = Task.Run(() => Answer(client));
        }
    }

    private void Answer(TcpClient client)
    {
        if (client.Available == 0) return;
        client.GetStream().WriteByte(1);
        client.Close();
    }

    public async Task Unawaited(TcpListener listener)
    {
        while (true)
        {
            // ruleid: csharp/tcp-client
            var client = await listener.AcceptTcpClientAsync();
            _ = AnswerAsync(client);
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        await Task.Yield();
        if (client.Available == 0) return;
        client.Close();
    }

    public async Task InTaskClosed(TcpListener listener)
    {
        while (true)
        {
            // ok: csharp/tcp-client
            var client = await listener.AcceptTcpClientAsync();
            _ = Task.Run(() => AnswerAndClose(client));
        }
    }

    private void AnswerAndClose(TcpClient client)
    {
        using (client)
        {
            client.GetStream().WriteByte(1);
        }
    }

    public void ClosedHere(TcpListener listener)
    {
        // ok: csharp/tcp-client
        using var client = listener.AcceptTcpClient();
        Answer(client);
    }
}

/// What a test wants to raise gives nothing.
public class Wanted
{
    public void Raises(string text)
    {
        Assert.Throws<ArgumentException>(() => new SqlConnection(text).Open());
        Assert.Throws<ArgumentException>(() =>
        {
            // ok: csharp/db-connection
            var connection = new SqlConnection(text);
            connection.Open();
        });
        Run(() =>
        {
            // ruleid: csharp/db-connection
            var connection = new SqlConnection(text);
            connection.Open();
        });
    }

    private static void Run(Action action) => action();
}
