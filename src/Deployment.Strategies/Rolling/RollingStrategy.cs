using System.Globalization;
using Deployment.Health;
using Deployment.Planning;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Strategies.Rolling;

/// <summary>Replaces the instances of a target batch by batch.</summary>
internal sealed class RollingStrategy(RollingOptions given) : IDeploymentStrategy
{
    private const int LongestNames = 40;

    private readonly RollingOptions _options = given.Copy();

    public string Name => "rolling";

    public IReadOnlyList<string> Validate() => RollingRules.Problems(_options);

    public void Plan(StrategyContext context, RunbookBuilder runbook)
    {
        if (context.Require<IReplaceInstances>() is not { } target || !CanBePlanned(context))
        {
            return;
        }

        var roll = new Roll(context, runbook, target, _options.Retry);
        var subject = new CheckSubject(context.Target, context.Candidate.Id, context.Live);
        roll.Begin();
        if (context.Observation.Slots.Count == 0)
        {
            runbook.Explain("Where nothing is live there is no capacity to keep: all instances start at once.");
            roll.Fill(target.Slots, $"Start all instances, in {Words([.. target.Slots])}");
            runbook.Check(Moment.Shifted, subject);
        }
        else
        {
            RollThrough(roll, target, subject);
        }

        runbook.Check(Moment.Complete, subject);
    }

    private static bool CanBePlanned(StrategyContext context)
    {
        Observation seen = context.Observation;
        if (!seen.Traffic.IsEmpty && seen.Slots.Count == 0)
        {
            context.Refuse($"The revisions on '{context.Target}' share the traffic by weight ({seen.Traffic}), not by instances. Give all of it to one of them first: finish or undo what split it.");
            return false;
        }

        if (context.CandidateStands && seen.Slots.Of(context.Candidate.Id).Count == 0)
        {
            context.Refuse($"{context.Candidate.Id} stands on '{context.Target}' without traffic, with instances of its own. Give it the traffic by the strategy that installed it, or remove it and try again.");
            return false;
        }

        return true;
    }

    private void RollThrough(Roll roll, IReplaceInstances target, CheckSubject subject)
    {
        // What is replaced at once has one way back. What is empty is filled first: that only adds capacity.
        string[][] held = [.. SameIn(roll, target.Slots).OrderBy(same => roll.Slots.In(same[0]) is not null)];
        if (held.Length > 0)
        {
            if (RollingSizes.Of(_options, roll.Context, roll.Runbook, target, held.Max(same => same.Length)) is not { } sizes)
            {
                return;
            }

            foreach (string[] same in SameIn(roll, target.SurgeSlots.Take(sizes.Surge)))
            {
                roll.Fill(same, $"Start what runs besides, in {Words(same)}");
                roll.Runbook.Check(Moment.Shifted, subject);
            }

            Replace(roll, [.. held.SelectMany(same => same.Chunk(sizes.Batch))], subject);
        }

        foreach (string[] left in roll.Slots.Names.Except(target.Slots).GroupBy(slot => roll.Slots.In(slot)!.ToString()).Select(same => same.ToArray()))
        {
            roll.Vacate(left, $"Stop what runs besides, in {Words(left)}");
        }
    }

    private void Replace(Roll roll, string[][] batches, CheckSubject subject)
    {
        for (int i = 0; i < batches.Length; i++)
        {
            if (i > 0 && _options.PauseBetween > TimeSpan.Zero && roll.Context.Kind != RunKind.RollBack)
            {
                roll.Runbook.Wait($"Pause before batch {Number(i + 1)}", _options.PauseBetween, "To see how the instances do that were replaced so far.");
            }

            string what = roll.Slots.In(batches[i][0]) is null ? "Fill" : "Replace";
            roll.Fill(batches[i], $"{what} {Words(batches[i])} (batch {Number(i + 1)} of {Number(batches.Length)})");
            roll.Runbook.Check(Moment.Shifted, subject);
        }
    }

    /// <summary>Those of the slots that don't hold the candidate yet, put together by what they hold.</summary>
    private static IEnumerable<string[]> SameIn(Roll roll, IEnumerable<string> slots) => slots
        .Where(slot => roll.Slots.In(slot) != roll.Context.Candidate.Id)
        .GroupBy(slot => roll.Slots.In(slot)?.ToString())
        .Select(same => same.ToArray());

    /// <summary>A title has room for some names.</summary>
    private static string Words(string[] slots) =>
        string.Join(", ", slots) is { Length: <= LongestNames } names ? $"{(slots.Length == 1 ? "slot" : "slots")} {names}" : $"{Number(slots.Length)} slots";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
