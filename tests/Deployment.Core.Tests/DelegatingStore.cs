using Deployment.Store;

namespace Deployment.Tests;

/// <summary>Hands everything to another store; a test overrides what it tries.</summary>
internal abstract class DelegatingStore(IDeploymentStore inner) : IDeploymentStore
{
    public virtual IAsyncEnumerable<JournalFrame> ReadJournalAsync(string runId, CancellationToken cancellationToken) => inner.ReadJournalAsync(runId, cancellationToken);

    public virtual Task CreateRunAsync(RunRecord run, CancellationToken cancellationToken) => inner.CreateRunAsync(run, cancellationToken);

    public virtual Task SaveRunAsync(RunRecord run, CancellationToken cancellationToken) => inner.SaveRunAsync(run, cancellationToken);

    public virtual Task<RunRecord?> FindRunAsync(string runId, CancellationToken cancellationToken) => inner.FindRunAsync(runId, cancellationToken);

    public virtual Task<IReadOnlyList<RunRecord>> ListRunsAsync(CancellationToken cancellationToken) => inner.ListRunsAsync(cancellationToken);

    public virtual Task AppendAsync(string runId, long epoch, JournalFrame frame, CancellationToken cancellationToken) => inner.AppendAsync(runId, epoch, frame, cancellationToken);

    public virtual Task<LeaseState?> ReadLeaseAsync(string runId, CancellationToken cancellationToken) => inner.ReadLeaseAsync(runId, cancellationToken);

    public virtual Task<LeaseState?> TryTakeLeaseAsync(string runId, LeaseState? seen, string holder, CancellationToken cancellationToken) => inner.TryTakeLeaseAsync(runId, seen, holder, cancellationToken);

    public virtual Task<bool> RenewLeaseAsync(string runId, long epoch, CancellationToken cancellationToken) => inner.RenewLeaseAsync(runId, epoch, cancellationToken);

    public virtual Task ReleaseLeaseAsync(string runId, long epoch, CancellationToken cancellationToken) => inner.ReleaseLeaseAsync(runId, epoch, cancellationToken);

    public virtual Task<Claim?> TryClaimAsync(string runId, IReadOnlyList<string> targets, DateTimeOffset since, CancellationToken cancellationToken) => inner.TryClaimAsync(runId, targets, since, cancellationToken);

    public virtual Task ReleaseClaimsAsync(string runId, CancellationToken cancellationToken) => inner.ReleaseClaimsAsync(runId, cancellationToken);

    public virtual Task<IReadOnlyList<Claim>> ListClaimsAsync(CancellationToken cancellationToken) => inner.ListClaimsAsync(cancellationToken);

    public virtual Task<long> PostSignalAsync(string runId, Signal signal, CancellationToken cancellationToken) => inner.PostSignalAsync(runId, signal, cancellationToken);

    public virtual Task<IReadOnlyList<NumberedSignal>> ReadSignalsAsync(string runId, long after, CancellationToken cancellationToken) => inner.ReadSignalsAsync(runId, after, cancellationToken);

    public virtual Task<string> PutBlobAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => inner.PutBlobAsync(content, cancellationToken);

    public virtual Task<ReadOnlyMemory<byte>?> GetBlobAsync(string sha256, CancellationToken cancellationToken) => inner.GetBlobAsync(sha256, cancellationToken);
}
