using Deployment.Commands;

namespace Deployment.Tests.Programs;

/// <summary>A real process of a test, which is ended with all that it started.</summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    private RunningProgram(Command command, TaskCompletionSource<int> port, Func<string, int?> portIn)
    {
        List<string> lines = [];
        var observer = new CommandObserver
        {
            Line = line =>
            {
                lines.Add(line);
                if (portIn(line) is { } found)
                {
                    port.TrySetResult(found);
                }
            },
        };
        _running = new CommandRunner(TimeProvider.System).RunAsync(command, observer, _stop.Token)
            .ContinueWith(ended => port.TrySetException(new InvalidOperationException($"{command.Program} ended: {string.Join('\n', lines.TakeLast(10))} {ended.Exception?.Message}")), TaskScheduler.Default);
    }

    public int Port { get; private set; }

    /// <summary>Starts a program and waits until it says its port.</summary>
    public static async Task<RunningProgram> StartAsync(Command command, Func<string, int?> portIn)
    {
        var port = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var program = new RunningProgram(command, port, portIn);
        try
        {
            program.Port = await port.Task.WaitAsync(TimeSpan.FromSeconds(60));
            return program;
        }
        catch
        {
            await program.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }
}
