using Deployment.Targets;

namespace Deployment.Testing;

/// <summary>An effect as it begins.</summary>
/// <param name="Number">Its place among the effects of the scenario's run, counted from 1; each attempt counts.</param>
/// <param name="Target">Where.</param>
/// <param name="Verb">What.</param>
/// <param name="Arguments">On what.</param>
/// <param name="StepId">Whose.</param>
/// <param name="Before">What was there before it.</param>
/// <param name="Cuts">How often the target had cut requests before it.</param>
internal sealed record WatchedEffect(int Number, FakeTarget Target, string Verb, FakeArguments Arguments, string StepId, Observation Before, int Cuts)
{
    /// <summary>Whether it belongs to the plan, not to the way back.</summary>
    internal bool IsForward => !StepId.StartsWith("rollback/", StringComparison.Ordinal);

    /// <summary>Whether it stops what is live before it has something in its place.</summary>
    internal bool StopsWhatIsLive => Verb is "update" or "clear" && !Before.Traffic.IsEmpty && !(Arguments.Revision is { } revision && Before.Traffic.ShareOf(revision.Id) == 100);

    public override string ToString() =>
        $"effect {Number} '{Verb} {Arguments.Revision?.Id ?? (object?)Arguments.Id ?? Arguments.Split}' on {Target.Name} (step {StepId})";
}
