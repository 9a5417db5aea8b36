namespace Deployment.Execution;

/// <summary>What a signal brings about: entries, which are journaled with it as one frame, and then who is let go.</summary>
internal sealed class SignalConsequences
{
    internal List<EntryDraft> Entries { get; } = [];

    internal List<Action> Releases { get; } = [];

    internal bool Aborts { get; set; }

    /// <summary>What was reported and pauses the run; null for nothing.</summary>
    internal string? Reported { get; set; }

    internal void Release() => Releases.ForEach(release => release());
}
