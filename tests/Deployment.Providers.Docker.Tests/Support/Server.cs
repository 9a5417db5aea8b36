using System.Runtime.InteropServices;
using Deployment.Commands;

namespace Deployment.Providers.Docker.Tests.Support;

/// <summary>A program that goes on until it is ended, with what it printed.</summary>
internal sealed partial class Server : IAsyncDisposable
{
    public const int Kill = 9;
    public const int User1 = 10;
    public const int User2 = 12;
    public const int Terminate = 15;
    private const int Kept = 200;
    private readonly CancellationTokenSource _stop = new();
    private readonly Queue<string> _lines = new();
    private readonly string _name;
    private Task _running = Task.CompletedTask;
    private int _processId;

    private Server(string name) => _name = name;

    public int ProcessId => _processId;

    public bool HasEnded => _running.IsCompleted;

    /// <summary>The last lines that it printed.</summary>
    public string Log
    {
        get
        {
            lock (_lines)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    /// <summary>Starts a program and waits until it is there.</summary>
    /// <param name="command">The program.</param>
    /// <param name="isThere">Whether it serves by now.</param>
    /// <param name="seconds">How long it may take.</param>
    /// <exception cref="InvalidOperationException">It ended, or isn't there in time; the message has what it printed.</exception>
    public static async Task<Server> StartAsync(Command command, Func<Server, Task<bool>> isThere, int seconds = 60)
    {
        var server = new Server(Path.GetFileName(command.Program));
        var observer = new CommandObserver { Started = server.NoteAsync, Line = server.Keep };
        // The grace is for disposing without a stop before.
        server._running = new CommandRunner(TimeProvider.System).RunAsync(command with { Grace = TimeSpan.FromSeconds(20) }, observer, server._stop.Token);
        long begin = TimeProvider.System.GetTimestamp();
        while (server._processId == 0 || !await isThere(server))
        {
            if (server.HasEnded || TimeProvider.System.GetElapsedTime(begin) > TimeSpan.FromSeconds(seconds))
            {
                string how = server.HasEnded ? $"ended {server._running.Exception?.Message}" : $"isn't there after {seconds} s";
                await server.DisposeAsync();
                throw new InvalidOperationException($"`{command}` {how}. It printed:\n{server.Log}");
            }

            await Task.Delay(10);
        }

        return server;
    }

    /// <summary>Sends a signal to the program itself.</summary>
    public void Signal(int signal)
    {
        if (!HasEnded)
        {
            // It may have ended meanwhile, which is as good.
            _ = SendSignal(_processId, signal);
        }
    }

    /// <summary>Sends a signal and waits until the program has ended.</summary>
    public async Task EndAsync(int signal = Terminate, int seconds = 30)
    {
        Signal(signal);
        try
        {
            await _running.WaitAsync(TimeSpan.FromSeconds(seconds));
        }
        catch (TimeoutException)
        {
            throw new InvalidOperationException($"{_name} hasn't ended {seconds} s after signal {signal}. It printed:\n{Log}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private Task NoteAsync(CommandProcess process)
    {
        _processId = process.ProcessId;
        return Task.CompletedTask;
    }

    private void Keep(string line)
    {
        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > Kept)
            {
                _lines.Dequeue();
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
