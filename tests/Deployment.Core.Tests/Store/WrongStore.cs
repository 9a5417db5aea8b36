using Deployment.Store;

namespace Deployment.Tests.Store;

/// <summary>A store that passes everything on; what derives from it breaks one promise.</summary>
internal class WrongStore(IDeploymentStore right) : IDeploymentStore
{
    protected IDeploymentStore Right => right;

    public virtual Task CreateRunAsync(RunRecord run, CancellationToken cancellationToken) => right.CreateRunAsync(run, cancellationToken);

    public virtual Task SaveRunAsync(RunRecord run, CancellationToken cancellationToken) => right.SaveRunAsync(run, cancellationToken);

    public virtual Task<RunRecord?> FindRunAsync(string runId, CancellationToken cancellationToken) => right.FindRunAsync(runId, cancellationToken);

    public virtual Task<IReadOnlyList<RunRecord>> ListRunsAsync(CancellationToken cancellationToken) => right.ListRunsAsync(cancellationToken);

    public virtual Task AppendAsync(string runId, long epoch, JournalFrame frame, CancellationToken cancellationToken) =>
        right.AppendAsync(runId, epoch, frame, cancellationToken);

    public virtual IAsyncEnumerable<JournalFrame> ReadJournalAsync(string runId, CancellationToken cancellationToken) => right.ReadJournalAsync(runId, cancellationToken);

    public virtual Task<LeaseState?> ReadLeaseAsync(string runId, CancellationToken cancellationToken) => right.ReadLeaseAsync(runId, cancellationToken);

    public virtual Task<LeaseState?> TryTakeLeaseAsync(string runId, LeaseState? seen, string holder, CancellationToken cancellationToken) =>
        right.TryTakeLeaseAsync(runId, seen, holder, cancellationToken);

    public virtual Task<bool> RenewLeaseAsync(string runId, long epoch, CancellationToken cancellationToken) => right.RenewLeaseAsync(runId, epoch, cancellationToken);

    public virtual Task ReleaseLeaseAsync(string runId, long epoch, CancellationToken cancellationToken) => right.ReleaseLeaseAsync(runId, epoch, cancellationToken);

    public virtual Task<Claim?> TryClaimAsync(string runId, IReadOnlyList<string> targets, DateTimeOffset since, CancellationToken cancellationToken) =>
        right.TryClaimAsync(runId, targets, since, cancellationToken);

    public virtual Task ReleaseClaimsAsync(string runId, CancellationToken cancellationToken) => right.ReleaseClaimsAsync(runId, cancellationToken);

    public virtual Task<IReadOnlyList<Claim>> ListClaimsAsync(CancellationToken cancellationToken) => right.ListClaimsAsync(cancellationToken);

    public virtual Task<long> PostSignalAsync(string runId, Signal signal, CancellationToken cancellationToken) => right.PostSignalAsync(runId, signal, cancellationToken);

    public virtual Task<IReadOnlyList<NumberedSignal>> ReadSignalsAsync(string runId, long after, CancellationToken cancellationToken) =>
        right.ReadSignalsAsync(runId, after, cancellationToken);

    public virtual Task<string> PutBlobAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => right.PutBlobAsync(content, cancellationToken);

    public virtual Task<ReadOnlyMemory<byte>?> GetBlobAsync(string sha256, CancellationToken cancellationToken) => right.GetBlobAsync(sha256, cancellationToken);
}
