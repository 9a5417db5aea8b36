using Deployment.Commands;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Tests.Processes;

[Category("Local")]
public sealed class KeptProcessTests
{
    [Test]
    public async Task Keep_LoggerAndNotesThrow_ProcessIsStartedAgainAllTheSame()
    {
        int starts = 0;
        var keeping = new Keeping
        {
            Start = _ =>
            {
                // The first attempt fails as nobody has thought of.
                return Interlocked.Increment(ref starts) == 1 ? throw new InvalidOperationException("unheard of") : Task.FromResult(Start("60"));
            },
            Ended = (_, _) => throw new InvalidOperationException("unheard of"),
        };
        using var kept = new KeptProcess("test", Start("0"), keeping, new ThrowingLogger(), TimeProvider.System);

        kept.Keep();

        await Until.TrueAsync(() => Task.FromResult(Volatile.Read(ref starts) == 2 && ProcessGroup.IsAlive(kept.Current.Identity)), "it runs again");
        await kept.StopAsync(TimeSpan.Zero, CancellationToken.None);
        ProcessGroup.IsAlive(kept.Current.Identity).Should().BeFalse("who asks for its end gets it");
    }

    [Test]
    public async Task Keep_AskingForItsHealthFails_IsStartedAgainWhenItEnds()
    {
        int starts = 0;
        var asked = new TaskCompletionSource();
        var keeping = new Keeping
        {
            Start = _ =>
            {
                Interlocked.Increment(ref starts);
                return Task.FromResult(Start("60"));
            },
            Sick = (_, _) =>
            {
                asked.TrySetResult();
                throw new IOException("Too many open files");
            },
        };
        RunningProcess first = Start("60");
        using var kept = new KeptProcess("test", first, keeping, new ThrowingLogger(), TimeProvider.System);
        kept.Keep();
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30));

        await first.EndAsync(TimeSpan.Zero, CancellationToken.None);

        await Until.TrueAsync(() => Task.FromResult(Volatile.Read(ref starts) == 1 && ProcessGroup.IsAlive(kept.Current.Identity)), "it runs again");
        await kept.StopAsync(TimeSpan.Zero, CancellationToken.None);
    }

    private static RunningProcess Start(string seconds) =>
        RunningProcess.Start(new ProcessStart { Program = "sleep", Arguments = [seconds] }, TimeProvider.System);

    private sealed class ThrowingLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new IOException("No space left on device");
    }
}
