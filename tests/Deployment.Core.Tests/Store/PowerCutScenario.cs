using Deployment.Store;
using Deployment.Testing.Store;

namespace Deployment.Tests.Store;

/// <summary>
/// Does one of everything with a store, notes what was acknowledged, and afterwards checks what a store that was opened
/// after a power cut still has: all that was acknowledged, and of the rest each wholly or not at all.
/// </summary>
internal sealed class PowerCutScenario
{
    private static readonly byte[] Blob = new byte[3000];
    private static readonly Signal Abort = Signal.Abort("ann", "it burns");
    private static readonly RunRecord Saved = StoreSamples.Run() with { State = RunState.Held, Reason = "saved" };
    private readonly List<JournalFrame> _frames = [];
    private int _appended;
    private LeaseState? _lease;
    private string? _blob;
    private bool _created;
    private bool _saved;
    private bool _claimed;
    private bool _posted;
    private bool _released;

    internal PowerCutScenario()
    {
        string head = JournalFrame.Start;
        for (int number = 1; number <= 10; number++)
        {
            // Some span many sectors, so that a cut can leave the end of one without its middle.
            _frames.Add(StoreSamples.Frame(head, number, padding: number * number * 40));
            head = _frames[^1].Head;
        }
    }

    /// <summary>Runs until the end or until the power is cut.</summary>
    internal async Task RunAsync(IDeploymentStore first, IDeploymentStore second)
    {
        try
        {
            await first.CreateRunAsync(StoreSamples.Run(), default);
            _created = true;
            _lease = await first.TakeAsync();
            _claimed = await first.TryClaimAsync(StoreSamples.RunId, ["web", "db"], StoreSamples.Noon, default) is null;
            await AppendAsync(first, _lease, 5);
            await first.RenewLeaseAsync(StoreSamples.RunId, _lease.Epoch, default);
            await first.SaveRunAsync(Saved, default);
            _saved = true;
            await second.PostSignalAsync(StoreSamples.RunId, Abort, default);
            _posted = true;
            _blob = await first.PutBlobAsync(Blob, default);

            // Another process takes over and goes on in its own segment.
            _lease = await second.TakeAsync();
            await AppendAsync(second, _lease, 5);
            await second.ReleaseLeaseAsync(StoreSamples.RunId, _lease.Epoch, default);
            _released = true;
        }
        catch (PowerCutException)
        {
        }
    }

    /// <summary>What is wrong in a store opened after the cut; null when nothing is.</summary>
    internal async Task<string?> FindLossAsync(IDeploymentStore store)
    {
        try
        {
            return await RunLossAsync(store) ?? await LeaseLossAsync(store) ?? await JournalLossAsync(store)
                ?? await OtherLossAsync(store) ?? await ResumptionLossAsync(store);
        }
        catch (DeploymentException exception)
        {
            return exception.ToString();
        }
    }

    private async Task AppendAsync(IDeploymentStore store, LeaseState lease, int count)
    {
        for (int number = 0; number < count; number++)
        {
            await store.AppendAsync(StoreSamples.RunId, lease.Epoch, _frames[_appended], default);
            _appended++;
        }
    }

    private async Task<string?> RunLossAsync(IDeploymentStore store)
    {
        RunRecord? run = await store.FindRunAsync(StoreSamples.RunId, default);
        IReadOnlyList<RunRecord> runs = await store.ListRunsAsync(default);
        return (run, _created, _saved) switch
        {
            (null, true, _) => "the run is gone",
            (_, _, true) when run!.Reason != Saved.Reason => "the saved record is gone",
            _ when runs.Count != (run is null ? 0 : 1) => "the list of runs differs from the run",
            _ => null,
        };
    }

    private async Task<string?> LeaseLossAsync(IDeploymentStore store)
    {
        LeaseState? lease = await store.ReadLeaseAsync(StoreSamples.RunId, default);
        return _lease is null || (lease is not null && lease.Epoch >= _lease.Epoch && lease.Turn >= _lease.Turn && (!_released || lease.Released))
            ? null
            : $"{_lease} was taken and {lease} is left";
    }

    private async Task<string?> JournalLossAsync(IDeploymentStore store)
    {
        List<string> heads = await store.HeadsAsync();
        return heads.Count >= _appended && heads.Count <= _appended + 1 && heads.SequenceEqual(_frames.Take(heads.Count).Select(frame => frame.Head))
            ? null
            : $"{_appended} frames were appended and {heads.Count} are left";
    }

    private async Task<string?> OtherLossAsync(IDeploymentStore store)
    {
        IReadOnlyList<Claim> claims = await store.ListClaimsAsync(default);
        IReadOnlyList<NumberedSignal> signals = await store.ReadSignalsAsync(StoreSamples.RunId, 0, default);
        if (claims.Count != 2 && (claims.Count != 0 || _claimed))
        {
            return $"{claims.Count} claims are left";
        }

        if (signals.Count > 1 || (signals.Count == 0 && _posted) || signals.Any(signal => signal != new NumberedSignal(1, Abort)))
        {
            return $"the signals are {string.Join(", ", signals)}";
        }

        ReadOnlyMemory<byte>? blob = _blob is null ? null : await store.GetBlobAsync(_blob, default);
        return _blob is null || blob?.Span.SequenceEqual(Blob) == true ? null : "the blob is gone";
    }

    // What is left must also be good to go on with.
    private async Task<string?> ResumptionLossAsync(IDeploymentStore store)
    {
        if (await store.FindRunAsync(StoreSamples.RunId, default) is null)
        {
            await store.CreateRunAsync(StoreSamples.Run(), default);
        }

        LeaseState? before = await store.ReadLeaseAsync(StoreSamples.RunId, default);
        LeaseState lease = await store.TakeAsync();
        if (lease.Epoch <= Math.Max(before?.Epoch ?? 0, _lease?.Epoch ?? 0))
        {
            return $"epoch {lease.Epoch} was given out before";
        }

        List<string> heads = await store.HeadsAsync();
        List<string> added = await store.AppendAsync(lease, heads.LastOrDefault(JournalFrame.Start), 2);
        long number = await store.PostSignalAsync(StoreSamples.RunId, Abort, default);
        return !(await store.HeadsAsync()).SequenceEqual([.. heads, .. added]) ? "what was appended after the cut is not read"
            : (await store.ReadSignalsAsync(StoreSamples.RunId, 0, default)).Count != number ? "a signal posted after the cut is not read"
            : null;
    }
}
