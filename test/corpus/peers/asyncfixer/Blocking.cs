// After AsyncFixer's page of AsyncFixer02: what blocks in an async method, and what to await for it.
using System.IO;
using System.Threading;
using System.Threading.Tasks;

public class Blocking
{
    public async Task Waited(Task work)
    {
        await Task.Yield();
        // ruleid: csharp/blocking-task
        work.Wait();
    }

    public async Task<int> Result(Task<int> work)
    {
        await Task.Yield();
        // ruleid: csharp/blocking-task
        return work.Result;
    }

    public async Task<int> ResultByAwaiter(Task<int> work)
    {
        await Task.Yield();
        // ruleid: csharp/blocking-task
        return work.GetAwaiter().GetResult();
    }

    public async Task WaitedForAll(Task first, Task second)
    {
        await Task.Yield();
        // ruleid: csharp/blocking-task
        Task.WaitAll(first, second);
    }

    public async Task WaitedForAny(Task first, Task second)
    {
        await Task.Yield();
        // ruleid: csharp/blocking-task
        Task.WaitAny(first, second);
    }

    public async Task Slept()
    {
        await Task.Yield();
        // ruleid: csharp/blocking-sleep
        Thread.Sleep(1000);
    }

    public async Task<string> ReadToTheEnd(string path)
    {
        await Task.Yield();
        using var reader = new StreamReader(path);
        // ruleid: csharp/blocking-stream
        return reader.ReadToEnd();
    }

    public async Task<int> Awaited(Task<int> work)
    {
        // ok: csharp/blocking-task
        return await work;
    }

    public async Task<int> ResultOfWhatIsDone(Task<int> first, Task<int> second)
    {
        await Task.WhenAll(first, second);
        // ok: csharp/blocking-task
        return first.Result + second.Result;
    }

    public async Task Delayed()
    {
        // ok: csharp/blocking-sleep
        await Task.Delay(1000);
    }

    public async Task<string> ReadAsynchronously(string path)
    {
        using var reader = new StreamReader(path);
        // ok: csharp/blocking-stream
        return await reader.ReadToEndAsync();
    }

    public int NotAsynchronous(Task<int> work)
    {
        // ok: csharp/blocking-task
        return work.Result;
    }

    public async Task InAThreadOfItsOwn()
    {
        // ok: csharp/blocking-sleep
        await Task.Run(() => Thread.Sleep(1000));
    }
}
