using Deployment.Store;

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
    private List<string> _heads;
    private int _appended;
    private LeaseState? _lease;
    private string? _blob;
    private bool _created;
    private bool _saved;
    private bool _claimed;
    private long _posted;
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

        _heads = [.. _frames.Select(frame => frame.Head)];
    }

    /// <summary>Called when the run was created.</summary>
    internal Action? Created { get; init; }

    /// <summary>What the store said when an operation failed.</summary>
    internal DeploymentException? Failure { get; private set; }

    /// <summary>Runs until the end, a failure or a power cut.</summary>
    internal async Task RunAsync(IDeploymentStore first, IDeploymentStore second)
    {
        try
        {
            await first.CreateRunAsync(StoreSamples.Run(), default);
            _created = true;
            Created?.Invoke();
            _lease = await first.TakeAsync();
            _claimed = await first.TryClaimAsync(StoreSamples.RunId, ["web", "db"], StoreSamples.Noon, default) is null;
            await AppendAsync(first, _lease, 5);
            await first.RenewLeaseAsync(StoreSamples.RunId, _lease.Epoch, default);
            await first.SaveRunAsync(Saved, default);
            _saved = true;
            _posted = await second.PostSignalAsync(StoreSamples.RunId, Abort, default);
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
        catch (DeploymentException exception)
        {
            Failure = exception;
        }
    }

    /// <summary>What is wrong in a store opened afterwards. What the check itself adds is expected from then on.</summary>
    internal async Task<List<string>> FindLossesAsync(IDeploymentStore store)
    {
        List<string> losses = [];
        foreach (Func<IDeploymentStore, Task<string?>> check in new[] { RunLossAsync, LeaseLossAsync, JournalLossAsync, ClaimLossAsync, SignalLossAsync, BlobLossAsync, ResumptionLossAsync })
        {
            try
            {
                losses.AddRange(await check(store) is { } loss ? [loss] : Array.Empty<string>());
            }
            catch (DeploymentException exception)
            {
                losses.Add(exception.ToString());
            }
        }

        return losses;
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
        return heads.Count >= _appended && heads.Count <= _appended + 1 && heads.SequenceEqual(_heads.Take(heads.Count))
            ? null
            : $"{_appended} frames were appended and {heads.Count} are left";
    }

    private async Task<string?> ClaimLossAsync(IDeploymentStore store)
    {
        IReadOnlyList<Claim> claims = await store.ListClaimsAsync(default);
        return claims.Count == 2 || (claims.Count == 0 && !_claimed) ? null : $"{claims.Count} claims are left";
    }

    private async Task<string?> SignalLossAsync(IDeploymentStore store)
    {
        IReadOnlyList<NumberedSignal> signals = await store.ReadSignalsAsync(StoreSamples.RunId, 0, default);
        return signals.Count >= _posted && signals.Count <= _posted + 1
            && signals.SequenceEqual(Enumerable.Range(1, signals.Count).Select(number => new NumberedSignal(number, Abort)))
            ? null
            : $"{_posted} signals were posted and those left are {string.Join(", ", signals)}";
    }

    private async Task<string?> BlobLossAsync(IDeploymentStore store)
    {
        ReadOnlyMemory<byte>? blob = _blob is null ? null : await store.GetBlobAsync(_blob, default);
        return _blob is null || blob?.Span.SequenceEqual(Blob) == true ? null : "the blob is gone";
    }

    // What is left must also be good to go on with.
    private async Task<string?> ResumptionLossAsync(IDeploymentStore store)
    {
        if (await store.FindRunAsync(StoreSamples.RunId, default) is null)
        {
            await store.CreateRunAsync(StoreSamples.Run(), default);
            _created = true;
        }

        LeaseState? before = await store.ReadLeaseAsync(StoreSamples.RunId, default);
        long highest = Math.Max(before?.Epoch ?? 0, _lease?.Epoch ?? 0);
        if (await store.TryTakeLeaseAsync(StoreSamples.RunId, before, "resumer", default) is not { } lease)
        {
            return "nobody can take the lease";
        }

        _lease = lease;
        _released = false;
        List<string> heads = await store.HeadsAsync();
        _heads = [.. heads, .. await store.AppendAsync(lease, heads.LastOrDefault(JournalFrame.Start), 2)];
        _appended = _heads.Count;
        _posted = await store.PostSignalAsync(StoreSamples.RunId, Abort, default);
        return lease.Epoch <= highest ? $"epoch {lease.Epoch} was given out before" : await JournalLossAsync(store) ?? await SignalLossAsync(store);
    }
}
