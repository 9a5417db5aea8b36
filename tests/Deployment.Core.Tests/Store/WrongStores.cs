using System.Runtime.CompilerServices;
using Deployment.Store;

namespace Deployment.Tests.Store;

/// <summary>Takes a frame whatever it follows, by leaving it out in silence.</summary>
internal sealed class SwallowsFrames(IDeploymentStore right) : WrongStore(right)
{
    public override async Task AppendAsync(string runId, long epoch, JournalFrame frame, CancellationToken cancellationToken)
    {
        try
        {
            await Right.AppendAsync(runId, epoch, frame, cancellationToken);
        }
        catch (DeploymentException exception) when (exception is not LeaseLostException)
        {
        }
    }
}

/// <summary>Appends under whichever epoch holds the lease.</summary>
internal sealed class IgnoresEpochs(IDeploymentStore right) : WrongStore(right)
{
    public override async Task AppendAsync(string runId, long epoch, JournalFrame frame, CancellationToken cancellationToken)
    {
        LeaseState? lease = await Right.ReadLeaseAsync(runId, cancellationToken);
        await Right.AppendAsync(runId, lease?.Epoch ?? epoch, frame, cancellationToken);
    }
}

/// <summary>Appends at once, without looking at the token.</summary>
internal sealed class IgnoresTokens(IDeploymentStore right) : WrongStore(right)
{
    public override Task AppendAsync(string runId, long epoch, JournalFrame frame, CancellationToken cancellationToken) =>
        Right.AppendAsync(runId, epoch, frame, CancellationToken.None);
}

/// <summary>Loses the last frame, as a reader that takes every end for a torn one.</summary>
internal sealed class LosesTheLastFrame(IDeploymentStore right) : WrongStore(right)
{
    public override async IAsyncEnumerable<JournalFrame> ReadJournalAsync(string runId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        JournalFrame? before = null;
        await foreach (JournalFrame frame in Right.ReadJournalAsync(runId, cancellationToken))
        {
            if (before is not null)
            {
                yield return before;
            }

            before = frame;
        }
    }
}

/// <summary>Doesn't compare the lease with what the taker saw.</summary>
internal sealed class TakesAnyLease(IDeploymentStore right) : WrongStore(right)
{
    public override async Task<LeaseState?> TryTakeLeaseAsync(string runId, LeaseState? seen, string holder, CancellationToken cancellationToken) =>
        await Right.TryTakeLeaseAsync(runId, await Right.ReadLeaseAsync(runId, cancellationToken), holder, cancellationToken);
}

/// <summary>Compares the turn, and not the beat.</summary>
internal sealed class IgnoresBeats(IDeploymentStore right) : WrongStore(right)
{
    public override async Task<LeaseState?> TryTakeLeaseAsync(string runId, LeaseState? seen, string holder, CancellationToken cancellationToken)
    {
        LeaseState? lease = await Right.ReadLeaseAsync(runId, cancellationToken);
        return await Right.TryTakeLeaseAsync(runId, lease is not null && seen is not null ? seen with { Beat = lease.Beat } : seen, holder, cancellationToken);
    }
}

/// <summary>Gives each run epochs of its own.</summary>
internal sealed class CountsEpochsByRun(IDeploymentStore right) : WrongStore(right)
{
    public override async Task<LeaseState?> TryTakeLeaseAsync(string runId, LeaseState? seen, string holder, CancellationToken cancellationToken) =>
        await Right.TryTakeLeaseAsync(runId, seen, holder, cancellationToken) is { } lease ? lease with { Epoch = lease.Turn } : null;
}

/// <summary>Says that a lost lease was renewed.</summary>
internal sealed class RenewsAlways(IDeploymentStore right) : WrongStore(right)
{
    public override async Task<bool> RenewLeaseAsync(string runId, long epoch, CancellationToken cancellationToken)
    {
        await Right.RenewLeaseAsync(runId, epoch, cancellationToken);
        return true;
    }
}

/// <summary>Claims target by target, and leaves what it got when one is in the way.</summary>
internal sealed class ClaimsSome(IDeploymentStore right) : WrongStore(right)
{
    public override async Task<Claim?> TryClaimAsync(string runId, IReadOnlyList<string> targets, DateTimeOffset since, CancellationToken cancellationToken)
    {
        foreach (string target in targets)
        {
            if (await Right.TryClaimAsync(runId, [target], since, cancellationToken) is { } inTheWay)
            {
                return inTheWay;
            }
        }

        return null;
    }
}

/// <summary>Refuses a run what it holds itself.</summary>
internal sealed class ClaimsOnce(IDeploymentStore right) : WrongStore(right)
{
    public override async Task<Claim?> TryClaimAsync(string runId, IReadOnlyList<string> targets, DateTimeOffset since, CancellationToken cancellationToken) =>
        (await Right.ListClaimsAsync(cancellationToken)).FirstOrDefault(claim => targets.Contains(claim.Target))
        ?? await Right.TryClaimAsync(runId, targets, since, cancellationToken);
}

/// <summary>Releases everybody's claims.</summary>
internal sealed class ReleasesAllClaims(IDeploymentStore right) : WrongStore(right)
{
    public override async Task ReleaseClaimsAsync(string runId, CancellationToken cancellationToken)
    {
        foreach (Claim claim in await Right.ListClaimsAsync(cancellationToken))
        {
            await Right.ReleaseClaimsAsync(claim.RunId, cancellationToken);
        }
    }
}

/// <summary>Numbers signals in twos.</summary>
internal sealed class LeavesGaps(IDeploymentStore right) : WrongStore(right)
{
    public override async Task<long> PostSignalAsync(string runId, Signal signal, CancellationToken cancellationToken) =>
        2 * await Right.PostSignalAsync(runId, signal, cancellationToken);
}

/// <summary>Reads the signal with the number given once more.</summary>
internal sealed class ReadsSignalsAgain(IDeploymentStore right) : WrongStore(right)
{
    public override Task<IReadOnlyList<NumberedSignal>> ReadSignalsAsync(string runId, long after, CancellationToken cancellationToken) =>
        Right.ReadSignalsAsync(runId, after - 1, cancellationToken);
}

/// <summary>Lists runs as they come.</summary>
internal sealed class ListsNewestFirst(IDeploymentStore right) : WrongStore(right)
{
    public override async Task<IReadOnlyList<RunRecord>> ListRunsAsync(CancellationToken cancellationToken) =>
        [.. (await Right.ListRunsAsync(cancellationToken)).Reverse()];
}

/// <summary>Replaces a run that is created again.</summary>
internal sealed class CreatesOver(IDeploymentStore right) : WrongStore(right)
{
    public override async Task CreateRunAsync(RunRecord run, CancellationToken cancellationToken)
    {
        try
        {
            await Right.CreateRunAsync(run, cancellationToken);
        }
        catch (DeploymentException)
        {
            await Right.SaveRunAsync(run, cancellationToken);
        }
    }
}

/// <summary>Gives an empty blob for an unknown one.</summary>
internal sealed class InventsBlobs(IDeploymentStore right) : WrongStore(right)
{
    public override async Task<ReadOnlyMemory<byte>?> GetBlobAsync(string sha256, CancellationToken cancellationToken) =>
        await Right.GetBlobAsync(sha256, cancellationToken) ?? ReadOnlyMemory<byte>.Empty;
}
