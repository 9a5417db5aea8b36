using System.Collections.Concurrent;

namespace Deployment.Execution;

/// <summary>
/// The effects that this process began and that went on although they were told to stop. It outlives the driving of a run, because
/// the same process may drive it again before they end.
/// </summary>
internal sealed class LeftBehind
{
    private static readonly Task Never = new TaskCompletionSource().Task;
    private readonly ConcurrentDictionary<(string Run, string Step), Task> _steps = new();

    internal void Add(string run, string step, Task work) => _steps[(run, step)] = work;

    /// <summary>For what has no end that this process would see.</summary>
    internal void Add(string run, string step) => Add(run, step, Never);

    internal void Forget(string run, string step) => _steps.TryRemove((run, step), out _);

    internal bool StillRuns(string run, string step)
    {
        if (!_steps.TryGetValue((run, step), out Task? work))
        {
            return false;
        }

        if (work.IsCompleted)
        {
            Forget(run, step);
            return false;
        }

        return true;
    }
}
