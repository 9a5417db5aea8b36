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
    internal bool IsForward => IsOfThePlan(StepId);

    /// <summary>Whether it replaces instances, not the whole.</summary>
    internal bool IsOfSlots => Arguments.Slots is not null;

    /// <summary>The share of the target's capacity that is left while it takes place; null where it takes none away and brings none back.</summary>
    internal int? LeastPercent =>
        IsOfSlots ? PercentOf(Before.Slots.Without([.. Arguments.Slots!.Where(slot => Arguments.Revision is null || Before.Slots.In(slot) != Arguments.Revision.Id)]), Target)
        : StopsWhatIsLive ? 0
        : null;

    private bool StopsWhatIsLive => Verb is "update" or "clear" && !Before.Traffic.IsEmpty && !(Arguments.Revision is { } revision && Before.Traffic.ShareOf(revision.Id) == 100);

    internal static bool IsOfThePlan(string stepId) => !stepId.StartsWith("rollback/", StringComparison.Ordinal);

    internal static int PercentOf(SlotTable slots, FakeTarget target) => Math.Min(100, 100 * slots.Count / target.Instances);

    public override string ToString() =>
        $"effect {Number} '{Verb} {Arguments.Revision?.Id ?? (object?)Arguments.Id ?? (object?)Arguments.Split ?? Arguments.Mirror}{(IsOfSlots ? $" {string.Join('+', Arguments.Slots!)}" : "")}' on {Target.Name} (step {StepId})";
}
