using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Deployment.Store;

namespace Deployment.Testing;

/// <summary>
/// A store in memory for tests. Every call completes synchronously, so that a test in virtual time is deterministic.
/// Several engines may share one object as if they were processes on one store.
/// </summary>
public sealed class InMemoryDeploymentStore : IDeploymentStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, InMemoryRun> _runs = new(StringComparer.Ordinal);
    private readonly List<Claim> _claims = [];
    private readonly Dictionary<string, byte[]> _blobs = new(StringComparer.Ordinal);
    private long _epoch;
    private int _appends;

    /// <summary>
    /// Called before each append with its number, counted from 1 over the store's life. When it throws, the frame is not written:
    /// the process died, or its disk failed, before the append. Null by default.
    /// </summary>
    public Action<int>? Appending { get; set; }

    /// <summary>
    /// Called after each append with its number. When it throws, the frame is written all the same, only its writer doesn't know:
    /// the process died right after the append. Null by default.
    /// </summary>
    public Action<int>? Appended { get; set; }

    /// <inheritdoc/>
    public Task CreateRunAsync(RunRecord run, CancellationToken cancellationToken) => Do(
        () => _runs.TryAdd(run.Id, new InMemoryRun(run))
            ? true
            : throw new DeploymentException($"There is a run '{run.Id}' already. Resume it, or give the new one another id."),
        cancellationToken);

    /// <inheritdoc/>
    public Task SaveRunAsync(RunRecord run, CancellationToken cancellationToken) => Do(() => Run(run.Id).Record = run, cancellationToken);

    /// <inheritdoc/>
    public Task<RunRecord?> FindRunAsync(string runId, CancellationToken cancellationToken) => Do(() => _runs.GetValueOrDefault(runId)?.Record, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<RunRecord>> ListRunsAsync(CancellationToken cancellationToken) => Do<IReadOnlyList<RunRecord>>(
        () => [.. _runs.Values.Select(run => run.Record).OrderBy(run => run.CreatedAt).ThenBy(run => run.Id, StringComparer.Ordinal)],
        cancellationToken);

    /// <inheritdoc/>
    public Task AppendAsync(string runId, long epoch, JournalFrame frame, CancellationToken cancellationToken) => Do(
        () =>
        {
            InMemoryRun? run = _runs.GetValueOrDefault(runId);
            if (run?.Lease is not { Released: false } lease || lease.Epoch != epoch)
            {
                throw new LeaseLostException(runId, epoch);
            }

            if (run.Head != frame.Previous)
            {
                throw new DeploymentException($"The frame to append to the journal of run {runId} follows {frame.Previous}, but the journal's head is {run.Head}. Read the journal again and go on from its head.");
            }

            int number = ++_appends;
            Appending?.Invoke(number);
            run.Journal.Add(frame with { Line = frame.Line.ToArray() });
            Appended?.Invoke(number);
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<JournalFrame> ReadJournalAsync(string runId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (JournalFrame frame in await Do<JournalFrame[]>(() => [.. _runs.GetValueOrDefault(runId)?.Journal ?? []], cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return frame;
        }
    }

    /// <inheritdoc/>
    public Task<LeaseState?> ReadLeaseAsync(string runId, CancellationToken cancellationToken) => Do(() => _runs.GetValueOrDefault(runId)?.Lease, cancellationToken);

    /// <inheritdoc/>
    public Task<LeaseState?> TryTakeLeaseAsync(string runId, LeaseState? seen, string holder, CancellationToken cancellationToken) => Do(
        () => Run(runId).Lease == seen ? Run(runId).Lease = new LeaseState((seen?.Turn ?? 0) + 1, ++_epoch, holder, 0, Released: false) : null,
        cancellationToken);

    /// <inheritdoc/>
    public Task<bool> RenewLeaseAsync(string runId, long epoch, CancellationToken cancellationToken) => Do(
        () => Change(runId, epoch, lease => lease with { Beat = lease.Beat + 1 }), cancellationToken);

    /// <inheritdoc/>
    public Task ReleaseLeaseAsync(string runId, long epoch, CancellationToken cancellationToken) => Do(
        () => Change(runId, epoch, lease => lease with { Released = true }), cancellationToken);

    /// <inheritdoc/>
    public Task<Claim?> TryClaimAsync(string runId, IReadOnlyList<string> targets, DateTimeOffset since, CancellationToken cancellationToken) => Do(
        () =>
        {
            ILookup<string, Claim> held = _claims.ToLookup(claim => claim.Target, StringComparer.Ordinal);
            Claim? inTheWay = targets.SelectMany(target => held[target]).FirstOrDefault(claim => claim.RunId != runId);
            if (inTheWay is null)
            {
                _claims.AddRange(targets.Distinct(StringComparer.Ordinal).Where(target => !held.Contains(target)).Select(target => new Claim(target, runId, since)));
            }

            return inTheWay;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task ReleaseClaimsAsync(string runId, CancellationToken cancellationToken) => Do(() => _claims.RemoveAll(claim => claim.RunId == runId), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Claim>> ListClaimsAsync(CancellationToken cancellationToken) => Do<IReadOnlyList<Claim>>(() => [.. _claims], cancellationToken);

    /// <inheritdoc/>
    public Task<long> PostSignalAsync(string runId, Signal signal, CancellationToken cancellationToken) => Do<long>(
        () =>
        {
            List<Signal> signals = Run(runId).Signals;
            signals.Add(signal);
            return signals.Count;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<NumberedSignal>> ReadSignalsAsync(string runId, long after, CancellationToken cancellationToken) => Do<IReadOnlyList<NumberedSignal>>(
        () => [.. (_runs.GetValueOrDefault(runId)?.Signals ?? []).Select((signal, index) => new NumberedSignal(index + 1, signal)).Where(signal => signal.Number > after)],
        cancellationToken);

    /// <inheritdoc/>
    public Task<string> PutBlobAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => Do(
        () =>
        {
            string sha256 = Convert.ToHexStringLower(SHA256.HashData(content.Span));
            _blobs.TryAdd(sha256, content.ToArray());
            return sha256;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<ReadOnlyMemory<byte>?> GetBlobAsync(string sha256, CancellationToken cancellationToken) => Do<ReadOnlyMemory<byte>?>(
        () => _blobs.TryGetValue(sha256, out byte[]? content) ? new ReadOnlyMemory<byte>([.. content]) : default(ReadOnlyMemory<byte>?), cancellationToken);

    private InMemoryRun Run(string runId) => _runs.GetValueOrDefault(runId)
        ?? throw new DeploymentException(string.Create(CultureInfo.InvariantCulture, $"There is no run '{runId}' among the {_runs.Count} of this store. Create it first."));

    private bool Change(string runId, long epoch, Func<LeaseState, LeaseState> change)
    {
        if (_runs.GetValueOrDefault(runId) is not { Lease: { Released: false } lease } run || lease.Epoch != epoch)
        {
            return false;
        }

        run.Lease = change(lease);
        return true;
    }

    private Task<T> Do<T>(Func<T> work, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        try
        {
            lock (_gate)
            {
                return Task.FromResult(work());
            }
        }
        catch (Exception exception)
        {
            return Task.FromException<T>(exception);
        }
    }
}
