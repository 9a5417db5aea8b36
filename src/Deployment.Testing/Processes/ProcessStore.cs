using Deployment.Store;

namespace Deployment.Testing;

/// <summary>A store as a simulated process reaches it.</summary>
internal sealed class ProcessStore(SimulatedProcess process, IDeploymentStore inner) : IDeploymentStore
{
    public Task AppendAsync(string runId, long epoch, JournalFrame frame, CancellationToken cancellationToken) =>
        WriteAsync($"a journal write of run {runId}", () => inner.AppendAsync(runId, epoch, frame, cancellationToken));

    public Task CreateRunAsync(RunRecord run, CancellationToken cancellationToken) =>
        WriteAsync("creating the run", () => inner.CreateRunAsync(run, cancellationToken));

    public Task SaveRunAsync(RunRecord run, CancellationToken cancellationToken) =>
        WriteAsync($"saving the record as {run.State}", () => inner.SaveRunAsync(run, cancellationToken));

    public Task<RunRecord?> FindRunAsync(string runId, CancellationToken cancellationToken) => Alive().FindRunAsync(runId, cancellationToken);

    public Task<IReadOnlyList<RunRecord>> ListRunsAsync(CancellationToken cancellationToken) => Alive().ListRunsAsync(cancellationToken);

    public IAsyncEnumerable<JournalFrame> ReadJournalAsync(string runId, CancellationToken cancellationToken) => Alive().ReadJournalAsync(runId, cancellationToken);

    public Task<LeaseState?> ReadLeaseAsync(string runId, CancellationToken cancellationToken) => Alive().ReadLeaseAsync(runId, cancellationToken);

    public Task<LeaseState?> TryTakeLeaseAsync(string runId, LeaseState? seen, string holder, CancellationToken cancellationToken) =>
        WriteAsync("taking the lease", () => inner.TryTakeLeaseAsync(runId, seen, holder, cancellationToken));

    public Task<bool> RenewLeaseAsync(string runId, long epoch, CancellationToken cancellationToken) => Alive().RenewLeaseAsync(runId, epoch, cancellationToken);

    public Task ReleaseLeaseAsync(string runId, long epoch, CancellationToken cancellationToken) =>
        WriteAsync("giving the lease back", () => inner.ReleaseLeaseAsync(runId, epoch, cancellationToken));

    public Task<Claim?> TryClaimAsync(string runId, IReadOnlyList<string> targets, DateTimeOffset since, CancellationToken cancellationToken) =>
        WriteAsync("claiming the targets", () => inner.TryClaimAsync(runId, targets, since, cancellationToken));

    public Task ReleaseClaimsAsync(string runId, CancellationToken cancellationToken) =>
        WriteAsync("releasing the claims", () => inner.ReleaseClaimsAsync(runId, cancellationToken));

    public Task<IReadOnlyList<Claim>> ListClaimsAsync(CancellationToken cancellationToken) => Alive().ListClaimsAsync(cancellationToken);

    public Task<long> PostSignalAsync(string runId, Signal signal, CancellationToken cancellationToken) => Alive().PostSignalAsync(runId, signal, cancellationToken);

    public Task<IReadOnlyList<NumberedSignal>> ReadSignalsAsync(string runId, long after, CancellationToken cancellationToken) => Alive().ReadSignalsAsync(runId, after, cancellationToken);

    public Task<string> PutBlobAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        WriteAsync("keeping a blob", () => inner.PutBlobAsync(content, cancellationToken));

    public Task<ReadOnlyMemory<byte>?> GetBlobAsync(string sha256, CancellationToken cancellationToken) => Alive().GetBlobAsync(sha256, cancellationToken);

    private async Task WriteAsync(string what, Func<Task> write)
    {
        process.Point("before " + what);
        await write();
        process.Point("after " + what);
    }

    private async Task<T> WriteAsync<T>(string what, Func<Task<T>> write)
    {
        process.Point("before " + what);
        T result = await write();
        process.Point("after " + what);
        return result;
    }

    private IDeploymentStore Alive()
    {
        process.EnsureAlive();
        return inner;
    }
}
