using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Supervisor;

namespace Deployment.Providers.Local;

/// <summary>How processes of this machine are run, with a port or without.</summary>
public abstract class LocalProcessOptions
{
    private protected LocalProcessOptions()
    {
    }

    /// <summary>
    /// The folder with all state, logs and control sockets; absolute, and at most about 80 bytes long because of the sockets.
    /// Targets may share one. Default <c>$XDG_STATE_HOME/deployment/local</c>, or <c>~/.local/state/deployment/local</c>.
    /// </summary>
    public string? StateFolder { get; set; }

    /// <summary>How many instances of a revision run, 1 to 64. Default 1.</summary>
    public int Instances { get; set; } = 1;

    /// <summary>How long an instance may take until it accepts connections, or is well; above zero, at most a day. Default 30 seconds.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a process has between SIGTERM and SIGKILL; at least zero (zero kills at once), at most a day. Default 10 seconds.</summary>
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many bytes of memory an instance may take with all that it starts, at least 16 MiB; what takes more is killed and started again. Default null: no limit. Needs control groups.</summary>
    public long? MemoryLimit { get; set; }

    /// <summary>How many cores' time an instance may take with all that it starts, 0.01 to 4096. Default null: no limit. Needs control groups.</summary>
    public double? CpuLimit { get; set; }

    /// <summary>How many bytes the log of an instance may have before its content is moved to an older file; 1 MiB to 1 TiB. Default 64 MiB.</summary>
    public long LogSize { get; set; } = LogLimits.DefaultBytes;

    /// <summary>How many older log files of an instance are kept, 1 to 100. Default 5.</summary>
    public int LogFiles { get; set; } = LogLimits.DefaultFiles;

    /// <summary>How many removed revisions keep their unpacked files and their logs, 1 to 1000; a revision that stands always keeps them. Default 5.</summary>
    public int KeptRevisions { get; set; } = RemovedRevisions.DefaultKept;

    /// <summary>What a package may hold at most.</summary>
    public PackageLimits Packages { get; private set; } = new();

    internal static TimeSpan Longest { get; } = TimeSpan.FromDays(1);

    // What is left at its default isn't said: the plan shows what somebody chose.
    internal ResourceLimits? Limits => MemoryLimit is null && CpuLimit is null ? null : new() { MemoryBytes = MemoryLimit, CpuCores = CpuLimit };

    internal LogLimits? Log => LogSize == LogLimits.DefaultBytes && LogFiles == LogLimits.DefaultFiles ? null : new() { Bytes = LogSize, Files = LogFiles };

    internal int? Kept => KeptRevisions == RemovedRevisions.DefaultKept ? null : KeptRevisions;

    internal static string DefaultStateFolder()
    {
        string? state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
        string root = state is { Length: > 0 } && Path.IsPathFullyQualified(state)
            ? state
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
        return Path.Combine(root, "deployment", "local");
    }

    /// <summary>What runs never changes underneath itself, also when the lambda kept its argument.</summary>
    internal T Copy<T>()
        where T : LocalProcessOptions
    {
        var copy = (T)MemberwiseClone();
        copy.Detach();
        return copy;
    }

    /// <summary>Makes what can be changed this copy's own.</summary>
    private protected virtual void Detach() => Packages = Packages.Copy();

    internal IEnumerable<string> ProcessProblems()
    {
        if (new StateFolder(StateFolder ?? DefaultStateFolder()).Problem() is { } folder)
        {
            yield return folder;
        }

        if (Instances is < 1 or > 64)
        {
            yield return $"Instances is {Instances}: take 1 to 64.";
        }

        if (StartTimeout <= TimeSpan.Zero || StartTimeout > Longest)
        {
            yield return $"StartTimeout is {StartTimeout}: it must be above zero and at most a day.";
        }

        if (StopGrace < TimeSpan.Zero || StopGrace > Longest)
        {
            yield return $"StopGrace is {StopGrace}: it must be at least zero and at most a day.";
        }

        if (KeptRevisions is < 1 or > 1000)
        {
            yield return $"KeptRevisions is {KeptRevisions}: take 1 to 1000.";
        }

        foreach (string problem in (Limits?.Problems() ?? []).Concat(Log?.Problems() ?? []).Concat(Packages.Problems()))
        {
            yield return problem;
        }
    }
}
