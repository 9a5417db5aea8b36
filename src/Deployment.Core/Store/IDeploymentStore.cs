namespace Deployment.Store;

/// <summary>
/// Keeps runs, journals, leases, claims, signals and blobs. Every method that changes something has made it durable when its task completes.
/// A failure is an exception; after one, the caller assumes neither that the change was made nor that it wasn't.
/// <c>Deployment.Testing</c> has the suite that an implementation must pass.
/// </summary>
public interface IDeploymentStore
{
    /// <summary>Adds a run.</summary>
    /// <exception cref="DeploymentException">There is one with this id.</exception>
    Task CreateRunAsync(RunRecord run, CancellationToken cancellationToken);

    /// <summary>Replaces a run's record.</summary>
    Task SaveRunAsync(RunRecord run, CancellationToken cancellationToken);

    /// <summary>The run, or null.</summary>
    Task<RunRecord?> FindRunAsync(string runId, CancellationToken cancellationToken);

    /// <summary>All runs, oldest first.</summary>
    Task<IReadOnlyList<RunRecord>> ListRunsAsync(CancellationToken cancellationToken);

    /// <summary>Appends to a run's journal, if the epoch holds its lease and the journal's head is the frame's previous one.</summary>
    /// <exception cref="LeaseLostException">Another epoch holds the lease. Nothing that was written counts.</exception>
    /// <exception cref="DeploymentException">The head doesn't fit, or the frame could not be made durable; it is not tried again.</exception>
    Task AppendAsync(string runId, long epoch, JournalFrame frame, CancellationToken cancellationToken);

    /// <summary>A run's journal from its beginning. A torn tail is left out.</summary>
    /// <exception cref="JournalDamagedException">Something before the tail is damaged.</exception>
    IAsyncEnumerable<JournalFrame> ReadJournalAsync(string runId, CancellationToken cancellationToken);

    /// <summary>Who drives the run; null when nobody ever did.</summary>
    Task<LeaseState?> ReadLeaseAsync(string runId, CancellationToken cancellationToken);

    /// <summary>
    /// Takes a run's lease if it is still as it was seen, beat included, giving it the next turn and a new, higher epoch.
    /// The caller has made sure that the one seen was released or has not beaten for a whole term.
    /// </summary>
    /// <param name="runId">The run.</param>
    /// <param name="seen">What <see cref="ReadLeaseAsync"/> gave.</param>
    /// <param name="holder">The taker, for people.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The new lease; null when somebody else was faster or the holder beat again.</returns>
    Task<LeaseState?> TryTakeLeaseAsync(string runId, LeaseState? seen, string holder, CancellationToken cancellationToken);

    /// <summary>Renews a lease; false when it is lost.</summary>
    Task<bool> RenewLeaseAsync(string runId, long epoch, CancellationToken cancellationToken);

    /// <summary>Gives a lease back. Nothing happens when it is lost.</summary>
    Task ReleaseLeaseAsync(string runId, long epoch, CancellationToken cancellationToken);

    /// <summary>Claims all targets for a run, or none. What the run itself holds already is no obstacle.</summary>
    /// <returns>Null when all are claimed, else the first claim in the way.</returns>
    Task<Claim?> TryClaimAsync(string runId, IReadOnlyList<string> targets, DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>Gives up all claims of a run.</summary>
    Task ReleaseClaimsAsync(string runId, CancellationToken cancellationToken);

    /// <summary>All claims.</summary>
    Task<IReadOnlyList<Claim>> ListClaimsAsync(CancellationToken cancellationToken);

    /// <summary>Puts a signal into a run's inbox and gives its number.</summary>
    Task<long> PostSignalAsync(string runId, Signal signal, CancellationToken cancellationToken);

    /// <summary>The signals after a number, in order.</summary>
    Task<IReadOnlyList<NumberedSignal>> ReadSignalsAsync(string runId, long after, CancellationToken cancellationToken);

    /// <summary>Keeps bytes under their SHA-256, in lower-case hexadecimal.</summary>
    Task<string> PutBlobAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>The bytes with that SHA-256, or null.</summary>
    /// <exception cref="DeploymentException">What is kept has another hash.</exception>
    Task<ReadOnlyMemory<byte>?> GetBlobAsync(string sha256, CancellationToken cancellationToken);
}
