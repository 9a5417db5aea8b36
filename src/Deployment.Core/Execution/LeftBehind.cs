using System.Collections.Concurrent;

namespace Deployment.Execution;

/// <summary>The effects of this process that went on although they were told to stop.</summary>
internal sealed class LeftBehind
{
    private readonly ConcurrentDictionary<string, Task> _steps = new(StringComparer.Ordinal);

    internal void Add(string step, Task work) => _steps[step] = work;

    internal bool StillRuns(string step) => _steps.TryGetValue(step, out Task? work) && !work.IsCompleted;
}
