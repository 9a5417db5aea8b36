using Deployment.Flags;
using Deployment.Health;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Testing;

/// <summary>Looks at each effect and each check of a run as it takes place, and lets fail what the scenario says.</summary>
internal sealed class StrategyWatch(StrategyWorld world)
{
    private bool _failed;

    /// <summary>The run that is watched; null between runs, and while later runs tidy up.</summary>
    internal WatchedRun? Run { get; private set; }

    internal Disturbance Disturbance { get; set; } = Disturbance.None;

    internal void Watch(Runbook runbook)
    {
        _failed = false;
        Run = new WatchedRun(runbook, world.Targets.ToDictionary(target => target.Name, target => target.Now, StringComparer.Ordinal), world.Flag);
    }

    internal void Rest() => Run = null;

    internal WatchedEffect Begin(FakeTarget target, string verb, FakeArguments arguments, string stepId)
    {
        var effect = new WatchedEffect(Run is null ? 0 : ++Run.Effects, target, verb, arguments, stepId, target.Now, target.Cuts.Count);
        if (Run is { } run)
        {
            TrafficRules.Begin(world, run, effect);
            MirrorRules.Begin(world, run, effect);
            CapacityRules.Begin(world, run, effect);
            OldRevisionRules.Begin(world, run, effect);
            FlagRules.Begin(world, run, effect);
        }

        return effect;
    }

    /// <summary>A resource is about to be changed; gives who has the flag then.</summary>
    internal FlagAudience BeginOfResource()
    {
        _ = Run is not null && ++Run.Effects > 0;
        return world.Flag;
    }

    /// <summary>A resource was changed.</summary>
    internal void ResourceChanged(string stepId, FlagAudience before)
    {
        if (Run is { } run)
        {
            FlagRules.TookPlace(world, run, stepId, before);
        }
    }

    internal void TookPlace(WatchedEffect effect)
    {
        if (Run is { } run)
        {
            Observation now = effect.Target.Now;
            TrafficRules.TookPlace(world, run, effect, now);
            MirrorRules.TookPlace(world, effect, now);
            CapacityRules.TookPlace(world, effect);
            OldRevisionRules.TookPlace(world, run, effect, now);
            ChangeRules.TookPlace(world, run, effect, now);
            MomentRules.TookPlace(world, run, effect, now);
        }
    }

    internal void End(WatchedEffect effect)
    {
        if (Run is { } run)
        {
            CapacityRules.End(run, effect);
        }
    }

    /// <summary>Fails an effect that has two halves between them.</summary>
    internal void FailHalfwayIfTold(WatchedEffect effect)
    {
        if (Disturbance.FailsHalfway && Run?.PlaceOf(effect.StepId) == Disturbance.FailingEffect)
        {
            throw new DeploymentException("The scenario lets it fail halfway.");
        }
    }

    internal void FailIfTold(string stepId, bool after)
    {
        if (Disturbance.FailingEffect == 0 || Disturbance.FailsHalfway || Run?.PlaceOf(stepId) != Disturbance.FailingEffect || after != Disturbance.FailsAfter)
        {
            return;
        }

        string message = $"The scenario lets it fail {(after ? "after it took place" : "before it takes place")}.";
        if (!Disturbance.FailsInPassing)
        {
            throw new DeploymentException(message);
        }

        if (!_failed)
        {
            _failed = true;
            // What the engine tries again.
            throw new IOException(message);
        }
    }

    internal bool Check(string name, CheckSubject subject)
    {
        if (Run is not { } run)
        {
            return true;
        }

        bool isCandidate = subject.Candidate == run.CandidateOn(subject.Target);
        bool fails = ++run.Checks == Disturbance.FailingCheck || (Disturbance.FailsAtTheEnd && isCandidate && name == WatchedCheck.Last);
        if (!fails)
        {
            MomentRules.Passed(run, name, subject, isCandidate);
        }

        return !fails;
    }
}
