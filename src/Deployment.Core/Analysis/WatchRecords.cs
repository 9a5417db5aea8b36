using Deployment.Execution;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Analysis;

/// <summary>Finds the watches of a run in its journal and reads what they saw, when somebody asks: an hour of it can be megabytes.</summary>
internal sealed class WatchRecords(IDeploymentStore store, RunRecord run)
{
    /// <summary>Each verdict of a watch that has a record, in order. One that health, a signal or a crash ended has none.</summary>
    internal async Task<IReadOnlyList<RecordedWatch>> ReadAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken)
    {
        // A scheduled run has no runbook yet.
        if (run.RunbookHash is null)
        {
            return [];
        }

        Runbook runbook = await RunStorage.ReadRunbookAsync(store, run.RunbookHash, cancellationToken);
        Dictionary<string, CheckStep> watches = runbook.Steps.OfType<CheckStep>().Where(step => step.Duration is not null || step.Since is not null).ToDictionary(step => step.Id, StringComparer.Ordinal);
        List<RecordedWatch> found = [];
        foreach (JournalEntry entry in entries.Where(entry => entry.Kind is JournalEntryKind.CheckPassed or JournalEntryKind.CheckFailed))
        {
            if (entry.Step is not null && watches.TryGetValue(entry.Step, out CheckStep? step) && Detail.Get(entry, CheckEvidence.Record) is { } hash)
            {
                found.Add(await ReadAsync(step, entry, hash, cancellationToken));
            }
        }

        return found;
    }

    private async Task<RecordedWatch> ReadAsync(CheckStep step, JournalEntry entry, string hash, CancellationToken cancellationToken)
    {
        try
        {
            ReadOnlyMemory<byte> json = await store.GetBlobAsync(hash, cancellationToken)
                ?? throw new DeploymentException($"The record {hash} of a watch is missing from the store. Restore the store from a backup.");
            return new RecordedWatch(step, entry, WatchRecordFile.Read(json, hash), null);
        }
        catch (DeploymentException error)
        {
            return new RecordedWatch(step, entry, null, new DeploymentException($"What '{step.Title}' ({step.Id}) saw can't be read. {error.Message}", error));
        }
    }
}
