using Deployment.Store.Files;

namespace Deployment.Store;

/// <summary>
/// The embedded store: a folder on a local file system of Linux or macOS, readable by its owner only. Any number of processes may share it.
/// Nothing in it is locked, so a process that sleeps or dies stands in nobody's way. Creating the object touches no file; the folder is made at the first write.
/// </summary>
/// <remarks>
/// After a write or flush of a run's journal has failed, this object appends nothing more to that run. Network file systems are not supported.
/// </remarks>
public sealed class FileDeploymentStore : IDeploymentStore, IDisposable
{
    private readonly StoreWork _work;
    private readonly FileRuns _runs;
    private readonly FileLeases _leases;
    private readonly FileJournals _journals;
    private readonly FileClaims _claims;
    private readonly FileSignals _signals;
    private readonly FileBlobs _blobs;
    private bool _disposed;

    /// <summary>Opens the store in a folder.</summary>
    /// <param name="folder">The folder. It need not exist.</param>
    /// <exception cref="DeploymentException">The operating system is neither Linux nor macOS.</exception>
    public FileDeploymentStore(string folder)
        : this(folder, Disk(), TimeProvider.System)
    {
    }

    internal FileDeploymentStore(string folder, IFileLayer layer, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var files = new StoreFiles(layer, Folder, time);
        var paths = new StorePaths(Folder);
        _work = new StoreWork(layer, Folder);
        _runs = new FileRuns(files, paths);
        _leases = new FileLeases(files, paths, new FileEpochs(files, paths), time);
        _journals = new FileJournals(files, paths, _leases);
        _claims = new FileClaims(files, paths);
        _signals = new FileSignals(files, paths);
        _blobs = new FileBlobs(files, paths);
    }

    /// <summary>
    /// The user's own store: <c>$XDG_STATE_HOME/deployment</c> or <c>~/.local/state/deployment</c> on Linux,
    /// <c>deployment</c> in the folder for local application data elsewhere.
    /// </summary>
    /// <exception cref="DeploymentException">The user has no home folder.</exception>
    public static string DefaultFolder => StoreFolder.Default(Environment.GetEnvironmentVariable("XDG_STATE_HOME"));

    /// <summary>The store's folder, as an absolute path.</summary>
    public string Folder { get; }

    /// <inheritdoc/>
    public Task CreateRunAsync(RunRecord run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        return _work.DoAsync(() => _runs.Create(run), cancellationToken);
    }

    /// <inheritdoc/>
    public Task SaveRunAsync(RunRecord run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        return _work.DoAsync(() => _runs.Save(run), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<RunRecord?> FindRunAsync(string runId, CancellationToken cancellationToken) =>
        _work.DoAsync(() => _runs.Find(runId), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<RunRecord>> ListRunsAsync(CancellationToken cancellationToken) =>
        _work.DoAsync(_runs.List, cancellationToken);

    /// <inheritdoc/>
    public Task AppendAsync(string runId, long epoch, JournalFrame frame, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(frame);
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _work.DoAsync(() => _journals.Append(runId, epoch, frame), cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<JournalFrame> ReadJournalAsync(string runId, CancellationToken cancellationToken) =>
        _journals.ReadAsync(runId, _work, cancellationToken);

    /// <inheritdoc/>
    public Task<LeaseState?> ReadLeaseAsync(string runId, CancellationToken cancellationToken) =>
        _work.DoAsync(() => _leases.Read(runId), cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="JournalDamagedException">The run's journal is damaged. Its lease is taken all the same, and nobody drives the run.</exception>
    public Task<LeaseState?> TryTakeLeaseAsync(string runId, LeaseState? seen, string holder, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(holder);
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _work.DoAsync(() => TryTake(runId, seen, holder), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> RenewLeaseAsync(string runId, long epoch, CancellationToken cancellationToken) =>
        _work.DoAsync(() => _leases.Renew(runId, epoch), cancellationToken);

    /// <inheritdoc/>
    public Task ReleaseLeaseAsync(string runId, long epoch, CancellationToken cancellationToken) =>
        _work.DoAsync(() => Release(runId, epoch), cancellationToken);

    /// <inheritdoc/>
    public Task<Claim?> TryClaimAsync(string runId, IReadOnlyList<string> targets, DateTimeOffset since, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(runId);
        ArgumentNullException.ThrowIfNull(targets);
        return _work.DoAsync(() => _claims.TryClaim(runId, targets, since), cancellationToken);
    }

    /// <inheritdoc/>
    public Task ReleaseClaimsAsync(string runId, CancellationToken cancellationToken) =>
        _work.DoAsync(() => _claims.Release(runId), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Claim>> ListClaimsAsync(CancellationToken cancellationToken) =>
        _work.DoAsync(_claims.List, cancellationToken);

    /// <inheritdoc/>
    public Task<long> PostSignalAsync(string runId, Signal signal, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(signal);
        return _work.DoAsync(() => Post(runId, signal), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<NumberedSignal>> ReadSignalsAsync(string runId, long after, CancellationToken cancellationToken) =>
        _work.DoAsync(() => _signals.Read(runId, after), cancellationToken);

    /// <inheritdoc/>
    public Task<string> PutBlobAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        _work.DoAsync(() => _blobs.Put(content), cancellationToken);

    /// <inheritdoc/>
    public Task<ReadOnlyMemory<byte>?> GetBlobAsync(string sha256, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sha256);
        return _work.DoAsync(() => _blobs.Get(sha256), cancellationToken);
    }

    /// <summary>Closes the open journals. Leases are not released, and nothing more can be appended under them.</summary>
    public void Dispose()
    {
        _disposed = true;
        _journals.Dispose();
    }

    private static DiskFiles Disk()
    {
        if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
        {
            return new DiskFiles();
        }

        throw new DeploymentException("FileDeploymentStore works on Linux and macOS only. Give the pipeline another IDeploymentStore on this operating system.");
    }

    private LeaseState? TryTake(string runId, LeaseState? seen, string holder)
    {
        _runs.MustExist(runId);
        _journals.ThrowIfFailed(runId);
        return _leases.TryTake(runId, seen, holder) is { } lease && _journals.TryBegin(runId, lease) ? lease : null;
    }

    private void Release(string runId, long epoch)
    {
        _journals.End(runId, epoch);
        _leases.Release(runId, epoch);
    }

    private long Post(string runId, Signal signal)
    {
        _runs.MustExist(runId);
        return _signals.Post(runId, signal);
    }
}
