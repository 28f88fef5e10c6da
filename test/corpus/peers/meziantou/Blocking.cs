// After Meziantou.Analyzer's pages of MA0042 and MA0045: a call that blocks where its asynchronous twin could be awaited.
using System.IO;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

public class Twins
{
    private readonly HttpClient client;
    private readonly SemaphoreSlim gate = new SemaphoreSlim(1);

    public Twins(HttpClient client)
    {
        this.client = client;
    }

    public async Task<string> Text(string path)
    {
        await Task.Yield();
        // ruleid: csharp/blocking-file
        return File.ReadAllText(path);
    }

    public async Task<string> TextAwaited(string path)
    {
        // ok: csharp/blocking-file
        return await File.ReadAllTextAsync(path);
    }

    public async Task<HttpResponseMessage> Sent(HttpRequestMessage request)
    {
        await Task.Yield();
        // ruleid: csharp/blocking-http
        return client.Send(request);
    }

    public async Task<HttpResponseMessage> SentAwaited(HttpRequestMessage request)
    {
        // ok: csharp/blocking-http
        return await client.SendAsync(request);
    }

    public async Task Slept()
    {
        await Task.Yield();
        // ruleid: csharp/blocking-sleep
        Thread.Sleep(1);
    }

    public async Task Entered()
    {
        // ok: csharp/blocking-task
        await gate.WaitAsync();
        gate.Release();
    }

    public async Task<string> ResultOfACall(string url)
    {
        await Task.Yield();
        // ruleid: csharp/blocking-task
        return client.GetStringAsync(url).Result;
    }

    public async Task<string> AwaitedCall(string url)
    {
        // ok: csharp/blocking-task
        return await client.GetStringAsync(url);
    }
}
