using Deployment.Store;

namespace Deployment.Tests.Execution;

/// <summary>Kills a process as soon as an entry of its journal is durable.</summary>
internal sealed class KillOn(SimulatedProcess process, Func<JournalEntry, bool> fits) : IProgress<JournalEntry>
{
    public void Report(JournalEntry value)
    {
        if (fits(value))
        {
            process.Kill($"after the entry {value.Kind}");
        }
    }
}
