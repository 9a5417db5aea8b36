namespace Deployment.Tests.Health;

/// <summary>The shipped virtual time, as tests of checks use it.</summary>
internal sealed class HandClock
{
    private readonly VirtualTime _time = new();
    private readonly DateTimeOffset _start;

    internal HandClock() => _start = _time.Clock.GetUtcNow();

    internal TimeProvider Provider => _time.Clock;

    internal TimeSpan Now => _time.Clock.GetUtcNow() - _start;

    /// <summary>Runs to the end in virtual time. What it throws is the task's, so that tests await it.</summary>
    internal Task<T> RunAsync<T>(Func<Task<T>> body)
    {
        try
        {
            return Task.FromResult(_time.Run(body));
        }
        catch (Exception error)
        {
            return Task.FromException<T>(error);
        }
    }
}
