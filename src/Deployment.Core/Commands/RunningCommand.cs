using System.Text;

namespace Deployment.Commands;

/// <summary>A command that was started, with whatever feeds and reads it.</summary>
internal sealed class RunningCommand : IDisposable
{
    // What the leader printed is in the pipe by the time it has ended. Only what it left behind can keep the pipe open longer.
    private static readonly TimeSpan _drainTime = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stopStreams = new();
    private readonly TimeProvider _timeProvider;
    private readonly OutputReader _output;
    private readonly OutputReader _error;
    private readonly Task[] _streams;

    internal RunningCommand(Command command, CommandObserver? observer, TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        Group = ProcessGroup.Start(ToStart(command, observer?.Mark));
        SecretPatterns secrets = SecretPatterns.Of(command);
        Action<string>? line = observer?.Line is { } sink ? OneAtATime(sink) : null;
        _output = new OutputReader(Group.StandardOutput!, secrets, line);
        _error = new OutputReader(Group.StandardError!, secrets, line);
        _streams = [_output.ReadAsync(_stopStreams.Token), _error.ReadAsync(_stopStreams.Token), FeedAsync(command)];
    }

    internal ProcessGroup Group { get; }

    internal string Output => _output.Tail;

    internal string Error => _error.Tail;

    /// <summary>The exit code. An observer that throws ends the waiting with its exception.</summary>
    internal async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        Task<int> exit = Group.WaitForExitAsync(cancellationToken);
        List<Task> pending = [exit, .. _streams];
        while (!exit.IsCompleted)
        {
            Task done = await Task.WhenAny(pending);
            pending.Remove(done);
            await done;
        }

        int code = await exit;
        await DrainAsync();
        return code;
    }

    /// <summary>Reads what is left in the pipes, but waits for nobody who keeps them open.</summary>
    internal async Task DrainAsync()
    {
        Task streams = Task.WhenAll(_streams);
        using var enough = new CancellationTokenSource();
        if (await Task.WhenAny(streams, Task.Delay(_drainTime, _timeProvider, enough.Token)) != streams)
        {
            await _stopStreams.CancelAsync();
        }

        await enough.CancelAsync();
        await streams;
    }

    public void Dispose()
    {
        Group.Dispose();
        _stopStreams.Dispose();
    }

    private async Task FeedAsync(Command command)
    {
        if (command.StandardInput is not { } input)
        {
            return;
        }

        try
        {
            await using Stream stream = Group.StandardInput!;
            await stream.WriteAsync(Encoding.UTF8.GetBytes(input.Reveal()), _stopStreams.Token);
        }
        catch (IOException)
        {
            // It closed its input, or ended, without reading to the end. Its exit code tells whether that was right.
        }
        catch (OperationCanceledException) when (_stopStreams.IsCancellationRequested)
        {
            // It has ended, and what it left behind reads no more either.
        }
    }

    private static Action<string> OneAtATime(Action<string> sink)
    {
        var turn = new Lock();
        return line =>
        {
            lock (turn)
            {
                sink(line);
            }
        };
    }

    private static ProcessStart ToStart(Command command, string? mark)
    {
        var environment = new Dictionary<string, string>(command.Environment, StringComparer.Ordinal);
        foreach ((string name, Secrets.Secret value) in command.SecretEnvironment)
        {
            environment[name] = value.Reveal();
        }

        if (mark is not null)
        {
            environment[CommandMark.Variable] = mark;
        }

        return new ProcessStart
        {
            Program = command.Program,
            Arguments = command.Arguments,
            WorkingFolder = command.WorkingFolder,
            Environment = environment,
            StandardInput = command.StandardInput is null ? ProcessStream.Null : ProcessStream.Pipe,
            StandardOutput = ProcessStream.Pipe,
            StandardError = ProcessStream.Pipe,
        };
    }
}
