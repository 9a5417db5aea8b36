using Deployment.Health;
using Deployment.Planning;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Strategies.BlueGreen;

/// <summary>Installs the new revision beside the old, tries it, and switches all traffic in one step.</summary>
internal sealed class BlueGreenStrategy(BlueGreenOptions given) : IDeploymentStrategy
{
    private readonly BlueGreenOptions _options = given.Copy();

    public string Name => "blue-green";

    public IReadOnlyList<string> Validate() =>
    [
        .. OptionRules.Window("Blue-green", _options.RollbackWindow),
        .. OptionRules.Bake("Blue-green's BakeTime", _options.BakeTime),
        .. OptionRules.Gate("Blue-green's Promotion", _options.Promotion),
        .. OptionRules.Reason("Blue-green", _options.Reason),
    ];

    public void Plan(StrategyContext context, RunbookBuilder runbook)
    {
        if (Rollout.Of(context, runbook, _options.Retry) is not { } rollout)
        {
            return;
        }

        var subject = new CheckSubject(context.Target, rollout.Candidate, context.Live);
        rollout.Begin();
        if (context.Capability<IPreviewRevisions>() is { } previews)
        {
            // Before the checks in the dark, so that they can ask there.
            rollout.Preview(previews);
        }

        rollout.CheckInTheDark(subject);
        if (_options.Promotion is { } gate && !rollout.GoesBack)
        {
            Promote(rollout, gate);
        }

        rollout.Shift($"Switch all traffic to {rollout.Candidate}", TrafficSplit.AllTo(rollout.Candidate));
        bool bakes = _options.BakeTime > TimeSpan.Zero && !rollout.GoesBack;
        runbook.Check(Moment.Shifted, subject, bakeFollows: bakes);
        if (bakes)
        {
            rollout.Bake("Bake under all traffic", _options.BakeTime, "To see how the release does before the run completes.", subject);
            runbook.Check(Moment.Shifted, subject);
        }

        rollout.Complete(subject, _options.RollbackWindow);
    }

    /// <summary>A person looks at the revision in the dark: by its own address, by the preview address and over the users' way in.</summary>
    private static void Promote(Rollout rollout, ManualGate gate)
    {
        StrategyContext context = rollout.Context;
        List<string> lookup = [];
        if (context.Capability<IReachRevisions>() is { } reach)
        {
            lookup.AddRange([reach.AddressLookup(rollout.Candidate), "echo \"$ADDRESS\""]);
        }

        if (context.Capability<IPreviewRevisions>() is { } previews)
        {
            lookup.AddRange(previews.PreviewCommands());
        }

        if (context.Live is not null && context.Capability<IRouteTesters>() is { } testers)
        {
            rollout.LetTestersIn(testers);
            lookup.AddRange(testers.TesterCommands(rollout.Candidate));
        }

        rollout.Gate($"Go/No-Go by {gate.Role} before the switch", gate, lookup.Count > 0 ? lookup : null);
    }
}
