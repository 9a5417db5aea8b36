using System.Globalization;
using Deployment.Store;

namespace CustomStrategy;

/// <summary>Shows what happens, and says Go at each gate, as a person would from a console or a web page.</summary>
internal sealed class ReleaseOwner(IDeploymentStore store) : IProgress<JournalEntry>
{
    private volatile Action? _routed;

    /// <summary>Called when traffic has shifted to a ring.</summary>
    public Action? Routed { get => _routed; set => _routed = value; }

    public void Report(JournalEntry value)
    {
        if (value.Kind is JournalEntryKind.StepSucceeded or JournalEntryKind.CheckPassed or JournalEntryKind.CheckFailed or JournalEntryKind.ApprovalGiven or JournalEntryKind.RollbackStarted or JournalEntryKind.RunEnded)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {value.At.ToLocalTime():HH:mm:ss.fff} {value.Kind,-15} {value.Step} {value.Text}"));
        }

        if (value.Kind == JournalEntryKind.StepStarted && value.Text?.StartsWith("Give", StringComparison.Ordinal) == true)
        {
            Routed?.Invoke();
        }

        if (value.Kind == JournalEntryKind.ApprovalRequested)
        {
            _ = Task.Run(SayGoAsync);
        }
    }

    private async Task SayGoAsync()
    {
        RunRecord run = (await store.ListRunsAsync(CancellationToken.None)).Last(run => run.State is not (RunState.Scheduled or RunState.Ended));
        await store.PostSignalAsync(run.Id, Signal.Approve("ada", run.RunbookHash!), CancellationToken.None);
    }
}
