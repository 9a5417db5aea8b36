using Deployment.Releases;

namespace Deployment.Providers.Local;

/// <summary>One instance of a revision, as seen at this moment.</summary>
public sealed record LocalInstance
{
    /// <summary>The target.</summary>
    public required string Target { get; init; }

    /// <summary>The revision.</summary>
    public required RevisionId Revision { get; init; }

    /// <summary>Which instance of the revision it is, counted from 1; of a target that is updated in batches, the slot that it has.</summary>
    public required int Slot { get; init; }

    /// <summary>Where it listens on 127.0.0.1; null for a worker.</summary>
    public required int? Port { get; init; }

    /// <summary>Its process; null while none runs.</summary>
    public required int? ProcessId { get; init; }

    /// <summary>How often it ended by itself and was started again.</summary>
    public required int Restarts { get; init; }

    /// <summary>How it ended last: its exit code, 128 plus the number of the signal that ended it, or null when it never did or nobody could tell.</summary>
    public required int? LastExitCode { get; init; }

    /// <summary>When it ended last; null when it never did.</summary>
    public required DateTimeOffset? LastEnded { get; init; }

    /// <summary>Whether it ended at least three times in a row within a minute of its start. It goes on being started, at most every 30 seconds.</summary>
    public required bool CrashLooping { get; init; }

    /// <summary>The file that its output goes to; the older files are beside it.</summary>
    public required string Log { get; init; }
}
