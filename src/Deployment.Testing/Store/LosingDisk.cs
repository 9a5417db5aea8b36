using Deployment.Store;

namespace Deployment.Testing;

/// <summary>
/// A disk in memory that loses in a power cut what a real one may lose: content that was not flushed (all of it, the end of it,
/// or sectors in its middle) and names in folders that were not flushed, each or not as the injected chance has it.
/// Everything completes synchronously. For tests of what survives; one thread at a time.
/// </summary>
public sealed class LosingDisk
{
    /// <summary>Where the stores of the disk are.</summary>
    internal const string StoreFolder = "/store";

    private readonly Random _random;
    private readonly Dictionary<long, Exception> _failures = [];
    private LosingSession? _session;
    private long _cutAt = long.MaxValue;

    /// <summary>Creates an empty disk.</summary>
    /// <param name="random">Decides what a power cut leaves. Give it a seed.</param>
    public LosingDisk(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        _random = random;
    }

    /// <summary>How many changing operations there were: writes, flushes, names given and taken. A failed one counts too.</summary>
    public long Operations { get; private set; }

    /// <summary>Whether there is no space left: creating and writing fail, half written. Default false.</summary>
    public bool IsFull { get; set; }

    /// <summary>Whether every change is refused. Default false.</summary>
    public bool IsReadOnly { get; set; }

    /// <summary>Whether flushes do nothing while they claim to, for the negative control of a test. Default false.</summary>
    public bool IgnoresFlushes { get; set; }

    internal Dictionary<string, LosingFolder> Folders { get; } = new(StringComparer.Ordinal) { ["/"] = new LosingFolder() };

    /// <summary>Opens a store on the disk. Stores opened before a power cut are dead after it.</summary>
    /// <param name="timeProvider">The clock of the store and of the disk.</param>
    public IDeploymentStore OpenStore(TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        _session ??= new LosingSession(this, timeProvider);
        return new FileDeploymentStore(StoreFolder, _session, timeProvider);
    }

    /// <summary>Cuts the power instead of doing an operation. From then on every operation throws a <see cref="PowerCutException"/>.</summary>
    /// <param name="operation">The operation by its number, counted from 1 over the disk's life.</param>
    public void CutPowerAt(long operation) => _cutAt = operation;

    /// <summary>Lets one operation fail. A flush that fails loses what it was to make durable, and later ones don't notice, as on Linux.</summary>
    /// <param name="operation">The operation by its number, counted from 1 over the disk's life.</param>
    /// <param name="failure">What the operating system says, such as an <see cref="IOException"/>.</param>
    public void FailAt(long operation, Exception failure) => _failures[operation] = failure;

    /// <summary>Cuts the power, unless it is cut, and turns it on again: what is left is what survived. Stores must be opened anew.</summary>
    public void CutPower()
    {
        _session?.Kill();
        _session = null;
        _cutAt = long.MaxValue;
        foreach (LosingFolder folder in Folders.Values)
        {
            folder.LoseNames(_random);
        }

        foreach (LosingFile file in Folders.Values.SelectMany(folder => folder.Files.Values).Distinct())
        {
            file.LoseContent(_random);
        }

        ForgetUnreachable();
    }

    /// <summary>Counts a changing operation and lets it fail if it has to.</summary>
    internal void Count(LosingSession session, string operation)
    {
        session.ThrowIfDead(operation);
        Operations++;
        if (Operations >= _cutAt)
        {
            session.Kill();
            session.ThrowIfDead(operation);
        }

        if (_failures.Remove(Operations, out Exception? failure))
        {
            throw failure;
        }

        if (IsReadOnly)
        {
            throw new IOException($"Read-only file system : '{operation}'", 30);
        }
    }

    // A folder whose name was lost is gone with everything in it.
    private void ForgetUnreachable()
    {
        foreach (string path in Folders.Keys.Where(path => !IsReachable(path)).ToList())
        {
            Folders.Remove(path);
        }
    }

    private bool IsReachable(string path)
    {
        if (path == "/")
        {
            return true;
        }

        string parent = Path.GetDirectoryName(path)!;
        return Folders.TryGetValue(parent, out LosingFolder? folder) && folder.Subfolders.Contains(Path.GetFileName(path)) && IsReachable(parent);
    }
}
