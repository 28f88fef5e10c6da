using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Shop;

public class Handlers
{
    private static string Load(string path) => File.ReadAllText(path);

    public async Task<string> Direct(string path)
    {
        await Task.Yield();
        // ruleid: csharp/blocking-file
        return File.ReadAllText(path);
    }

    public async Task<string> Twin(string path)
    {
        // ok: csharp/blocking-file
        return await File.ReadAllTextAsync(path);
    }

    public async Task<string> Helper(string path)
    {
        await Task.Yield();
        // ruleid: csharp/blocking-file
        return Load(path);
    }

    public async Task<string> Elsewhere(string path)
    {
        // ok: csharp/blocking-file
        return await Task.Run(() => Load(path));
    }

    public string Synchronous(string path)
    {
        // ok: csharp/blocking-file
        return File.ReadAllText(path);
    }

    public async Task<int> Waited()
    {
        await Task.Yield();
        // ruleid: csharp/blocking-task
        return CountAsync().Result;
    }

    /// Its name does not say that it gives a task, but it is declared here to.
    public async Task<int> WaitedUnnamed()
    {
        await Task.Yield();
        // ruleid: csharp/blocking-task
        return Count().Result;
    }

    public async Task<int> Awaited()
    {
        // ok: csharp/blocking-task
        return await Count();
    }

    public async Task<int> Count()
    {
        // ok: csharp/blocking-sleep
        await Task.Delay(1);
        return 1;
    }

    public async Task<int> CountAsync() => await Count();

    public async Task Napped(bool busy)
    {
        await Task.Yield();
        if (busy)
        {
            // ruleid: csharp/blocking-sleep
            Thread.Sleep(100);
        }
    }

    /// A local function that is synchronous, and that a pool's thread runs.
    public async Task Nested(string path)
    {
        string Inner()
        {
            // ok: csharp/blocking-sleep
            Thread.Sleep(1);
            return path;
        }
        await Task.Run(Inner);
    }

    private sealed class Bed
    {
        public void Sleep(int hours) { Console.WriteLine(hours); }
    }

    public async Task Own()
    {
        var bed = new Bed();
        // ok: csharp/blocking-sleep
        bed.Sleep(8);
        await Task.Yield();
    }
}
