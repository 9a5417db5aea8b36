using Deployment.Store;

namespace Deployment.Tests.Analysis;

/// <summary>A store that tells which journals and blobs were read.</summary>
internal sealed class ReadLog(IDeploymentStore inner) : IDeploymentStore
{
    internal List<string> Journals { get; } = [];

    internal List<string> Blobs { get; } = [];

    /// <summary>When a blob can't be read, once; null for never.</summary>
    internal Func<bool>? FailsOnce { get; set; }

    internal void Clear()
    {
        Journals.Clear();
        Blobs.Clear();
    }

    public Task CreateRunAsync(RunRecord run, CancellationToken cancellationToken) => inner.CreateRunAsync(run, cancellationToken);

    public Task SaveRunAsync(RunRecord run, CancellationToken cancellationToken) => inner.SaveRunAsync(run, cancellationToken);

    public Task<RunRecord?> FindRunAsync(string runId, CancellationToken cancellationToken) => inner.FindRunAsync(runId, cancellationToken);

    public Task<IReadOnlyList<RunRecord>> ListRunsAsync(CancellationToken cancellationToken) => inner.ListRunsAsync(cancellationToken);

    public Task AppendAsync(string runId, long epoch, JournalFrame frame, CancellationToken cancellationToken) => inner.AppendAsync(runId, epoch, frame, cancellationToken);

    public IAsyncEnumerable<JournalFrame> ReadJournalAsync(string runId, CancellationToken cancellationToken)
    {
        Journals.Add(runId);
        return inner.ReadJournalAsync(runId, cancellationToken);
    }

    public Task<LeaseState?> ReadLeaseAsync(string runId, CancellationToken cancellationToken) => inner.ReadLeaseAsync(runId, cancellationToken);

    public Task<LeaseState?> TryTakeLeaseAsync(string runId, LeaseState? seen, string holder, CancellationToken cancellationToken) => inner.TryTakeLeaseAsync(runId, seen, holder, cancellationToken);

    public Task<bool> RenewLeaseAsync(string runId, long epoch, CancellationToken cancellationToken) => inner.RenewLeaseAsync(runId, epoch, cancellationToken);

    public Task ReleaseLeaseAsync(string runId, long epoch, CancellationToken cancellationToken) => inner.ReleaseLeaseAsync(runId, epoch, cancellationToken);

    public Task<Claim?> TryClaimAsync(string runId, IReadOnlyList<string> targets, DateTimeOffset since, CancellationToken cancellationToken) => inner.TryClaimAsync(runId, targets, since, cancellationToken);

    public Task ReleaseClaimsAsync(string runId, CancellationToken cancellationToken) => inner.ReleaseClaimsAsync(runId, cancellationToken);

    public Task<IReadOnlyList<Claim>> ListClaimsAsync(CancellationToken cancellationToken) => inner.ListClaimsAsync(cancellationToken);

    public Task<long> PostSignalAsync(string runId, Signal signal, CancellationToken cancellationToken) => inner.PostSignalAsync(runId, signal, cancellationToken);

    public Task<IReadOnlyList<NumberedSignal>> ReadSignalsAsync(string runId, long after, CancellationToken cancellationToken) => inner.ReadSignalsAsync(runId, after, cancellationToken);

    public Task<string> PutBlobAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => inner.PutBlobAsync(content, cancellationToken);

    public Task<ReadOnlyMemory<byte>?> GetBlobAsync(string sha256, CancellationToken cancellationToken)
    {
        Blobs.Add(sha256);
        if (FailsOnce?.Invoke() == true)
        {
            FailsOnce = null;
            throw new IOException("the store is away for a moment");
        }

        return inner.GetBlobAsync(sha256, cancellationToken);
    }
}
