using Deployment.Commands;

namespace Deployment.Execution;

/// <summary>What the journal says of one step.</summary>
internal sealed class StepProgress
{
    internal StepStatus Status { get; set; }

    /// <summary>Why it failed.</summary>
    internal string? Reason { get; set; }

    /// <summary>Whether it was told to stop and went on.</summary>
    internal bool LeftBehind { get; set; }

    /// <summary>When a wait or an approval began, by the journal's clock.</summary>
    internal DateTimeOffset StartedAt { get; set; }

    /// <summary>When an effect was verified, by the journal's clock.</summary>
    internal DateTimeOffset EndedAt { get; set; }

    /// <summary>What a check found that a person has yet to decide about; null for nothing.</summary>
    internal string? Undecided { get; set; }

    /// <summary>Whether a person is to decide about it.</summary>
    internal bool IsHeld { get; set; }

    /// <summary>Whether a person has decided, and nothing was done about it since.</summary>
    internal bool IsDecided { get; set; }

    /// <summary>When a check began that has not decided; null when none is under way.</summary>
    internal DateTimeOffset? CheckingSince { get; set; }

    /// <summary>When a check was last begun, also by a process that died.</summary>
    internal DateTimeOffset CheckedAt { get; set; }

    /// <summary>For a look back: what came after it was not judged, because it wasn't told yet, or only in part; null where that isn't known.</summary>
    internal DateTimeOffset? JudgedUntil { get; set; }

    /// <summary>Whether a check last had too little data.</summary>
    internal bool LackedData { get; set; }

    /// <summary>The blob of what a check has seen; null when it kept none.</summary>
    internal string? Record { get; set; }

    /// <summary>The process groups of its commands.</summary>
    internal List<CommandProcess> Processes { get; } = [];

    /// <summary>What those commands bear; see <see cref="CommandMark"/>.</summary>
    internal HashSet<string> Marks { get; } = new(StringComparer.Ordinal);
}
