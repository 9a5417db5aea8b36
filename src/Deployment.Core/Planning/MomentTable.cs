using Deployment.Analysis;
using Deployment.Health;
using Deployment.Reports;
using Deployment.Runbooks;

namespace Deployment.Planning;

/// <summary>What the pipeline bound to moments. Each target's plan passes the moments in order and takes each binding where it belongs.</summary>
internal sealed class MomentTable(IReadOnlyList<MomentBinding> bindings, WatchCheck? watch = null)
{
    private const string Why = "To see how the release does.";
    private readonly Dictionary<string, HashSet<MomentBinding>> _placed = new(StringComparer.Ordinal);

    /// <summary>What tells that a revision which stands is well, whoever takes the traffic.</summary>
    internal IReadOnlyList<Check> HealthChecks { get; } =
        [.. bindings.Where(binding => binding.Moment == Moment.Installed).Select(binding => binding.Check).OfType<Check>().Where(check => check.Kind == CheckKind.Health).DistinctBy(check => check.Name)];

    /// <summary>Places what is bound to this moment, and what is bound to an earlier one that the strategy did not pass.</summary>
    /// <param name="moment">The moment; <see cref="Moment.Complete"/> is passed by <see cref="Complete"/>.</param>
    /// <param name="subject">What is judged.</param>
    /// <param name="runbook">Where it stands.</param>
    /// <param name="bakeFollows">Whether the strategy itself bakes next, so that the monitor's bake is not needed.</param>
    internal void Pass(Moment moment, CheckSubject subject, RunbookBuilder runbook, bool bakeFollows)
    {
        Place(moment, moment, subject, runbook);
        if (moment == Moment.Shifted && Monitor.Bake > TimeSpan.Zero && !bakeFollows && !runbook.IsBaked(subject))
        {
            runbook.Bake($"Watch for {Duration.Of(Monitor.Bake)}", Monitor.Bake, Why, subject);
        }
    }

    /// <summary>
    /// The end: the release is watched intensively first, everywhere at once, and only then comes what is bound to the end. That may be
    /// what can't be undone.
    /// </summary>
    /// <param name="subjects">Each of another target, at least one.</param>
    /// <param name="runbook">Where it stands.</param>
    internal void Complete(IReadOnlyList<CheckSubject> subjects, RunbookBuilder runbook)
    {
        if (Monitor.Options.Intensive > TimeSpan.Zero)
        {
            runbook.Bake($"Watch intensively for {Duration.Of(Monitor.Options.Intensive)}", Monitor.Options.Intensive, Why, subjects);
        }

        if (subjects is [{ } only])
        {
            Place(Moment.Complete, Moment.Complete, only, runbook);
            return;
        }

        runbook.Parallel("complete", new LanePolicy(), subjects.Select(subject =>
            KeyValuePair.Create<string, Action<RunbookBuilder>>(subject.Target, lane => Place(Moment.Complete, Moment.Complete, subject, lane))));
    }

    /// <summary>Before the end is passed: places what is bound to a moment before it that the strategy did not pass.</summary>
    internal void CatchUp(CheckSubject subject, RunbookBuilder runbook) => Place(Moment.Shifted, Moment.Complete, subject, runbook);

    /// <param name="until">The last moment that counts.</param>
    /// <param name="moment">The one that is passed.</param>
    /// <param name="subject">What is judged.</param>
    /// <param name="runbook">Where it stands.</param>
    private void Place(Moment until, Moment moment, CheckSubject subject, RunbookBuilder runbook)
    {
        if (!_placed.TryGetValue(subject.Target, out HashSet<MomentBinding>? placed))
        {
            _placed[subject.Target] = placed = [];
        }

        foreach (MomentBinding binding in bindings)
        {
            // A strategy that shifts in steps passes Shifted more than once: checks stand at each, a user's step only at the first.
            bool again = binding.Moment == moment && binding.Check is not null;
            if (binding.Moment <= until && (placed.Add(binding) || again))
            {
                binding.Place(runbook, subject, moment);
            }
        }
    }

    /// <summary>What watches a release while it bakes; null where nothing can.</summary>
    internal WatchCheck? Watch => watch;

    private MonitorDefinition Monitor => watch?.Monitor ?? MonitorDefinition.None;

    /// <summary>Places the health checks once more, under traffic.</summary>
    internal void LookAgain(CheckSubject subject, RunbookBuilder runbook)
    {
        foreach (Check check in HealthChecks)
        {
            runbook.Check(check, subject, Phase.Monitoring, FailureAction.RollBack, Moment.Shifted);
        }
    }

    /// <summary>What people call a check at a moment: one that stands at several says at which, so that a reader can tell them apart.</summary>
    internal string TitleOf(Check check, Moment moment)
    {
        bool isRepeated = bindings.Where(binding => binding.Check == check).Select(binding => binding.Moment).Distinct().Count() > 1;
        return (isRepeated, moment) switch
        {
            (false, _) => check.Name,
            (_, Moment.Installed or Moment.BeforeTraffic) => $"{check.Name}, before traffic",
            _ => $"{check.Name}, under traffic",
        };
    }

    internal IEnumerable<MomentBinding> NotPlaced(string target) =>
        bindings.Where(binding => !(_placed.GetValueOrDefault(target)?.Contains(binding) ?? false));
}
