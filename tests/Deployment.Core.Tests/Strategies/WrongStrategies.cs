using Deployment.Health;
using Deployment.Planning;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Tests.Strategies;

/// <summary>Strategies that break promises. <see cref="Right"/> and <see cref="RightAndPastNoReturn"/> break none: each of the others differs from the first in one thing.</summary>
internal static class WrongStrategies
{
    internal static void Right(SideBySide own)
    {
        Begin(own);
        own.Route(own.Before, own.After);
        End(own);
    }

    /// <summary>What can't be undone, and says so, is left to a person.</summary>
    internal static void RightAndPastNoReturn(SideBySide own)
    {
        Begin(own);
        own.Route(own.Before, own.After, Undo.Impossible("Its users have paid."));
        End(own);
    }

    internal static void RemovesTheOldBeforeTheSwitch(SideBySide own)
    {
        Begin(own);
        own.RemoveOld();
        own.Route(own.Before, own.After);
        End(own);
    }

    internal static void RemovesTheOldAfterTheSwitch(SideBySide own)
    {
        Begin(own);
        own.Route(own.Before, own.After);
        own.Check(Moment.Shifted);
        own.RemoveOld();
        own.Check(Moment.Complete);
    }

    internal static void EndsAt99Percent(SideBySide own)
    {
        Begin(own);
        own.Route(own.Before, own.At(99));
        End(own);
    }

    internal static void LeavesABaselineBehind(SideBySide own)
    {
        Begin(own);
        if (own.Old is { } old)
        {
            var baseline = new Revision(new RevisionId(old.Id.Application, "9.9.9", old.Id.Attempt), old.Release);
            own.Runbook.Effect("Install a baseline", own.Hosts.Install(baseline), Undo.By(own.Hosts.Remove(baseline.Id)), new EffectOptions
            {
                Changes = [new FactChange(own.Context.Target, Fact.OfRevision(baseline.Id), Fact.Absent, Fact.Present)],
            });
        }

        own.Route(own.Before, own.After);
        End(own);
    }

    internal static void PlansNothing(SideBySide own)
    {
        own.SayWhereBack();
        own.Check(Moment.Complete);
    }

    internal static void ShiftsBeforeInstalling(SideBySide own)
    {
        own.SayWhereBack();
        own.Route(own.Before, own.After);
        own.Install();
        End(own);
    }

    internal static void ShiftsBeforeChecking(SideBySide own)
    {
        own.SayWhereBack();
        own.Install();
        own.Route(own.Before, own.After);
        End(own);
    }

    internal static void UndoesTheInstallByInstalling(SideBySide own)
    {
        own.SayWhereBack();
        own.Install(Undo.By(own.Hosts.Install(own.Context.Candidate)));
        Look(own);
        own.Route(own.Before, own.After);
        End(own);
    }

    internal static void UndoesTheSwitchBySwitching(SideBySide own)
    {
        Begin(own);
        own.Route(own.Before, own.After, Undo.By(own.Router.Route(own.After)));
        End(own);
    }

    internal static void UndoesByRemovingTheOld(SideBySide own)
    {
        own.SayWhereBack();
        own.Install(own.Old is { } old ? Undo.By(own.Hosts.Remove(old.Id)) : null);
        Look(own);
        own.Route(own.Before, own.After);
        End(own);
    }

    internal static void HasNothingToUndo(SideBySide own)
    {
        own.SayWhereBack();
        own.Install(Undo.Nothing("It takes no traffic."));
        Look(own);
        own.Route(own.Before, own.After);
        End(own);
    }

    internal static void HidesThatTrafficChanges(SideBySide own)
    {
        Begin(own);
        own.Route(own.Before, own.After, tells: false);
        End(own);
    }

    internal static void UsesAFineWeight(SideBySide own)
    {
        Begin(own);
        own.Route(own.Before, own.At(1));
        own.Check(Moment.Shifted);
        if (own.Context.Live is not null)
        {
            own.Route(own.At(1), own.After);
        }

        End(own);
    }

    internal static void ShiftsTwiceBetweenChecks(SideBySide own)
    {
        Begin(own);
        own.Route(own.Before, own.At(50));
        if (own.Context.Live is not null)
        {
            own.Route(own.At(50), own.After);
        }

        End(own);
    }

    internal static void LeavesAGap(SideBySide own)
    {
        Begin(own);
        own.Route(own.Before, TrafficSplit.None);
        own.Route(TrafficSplit.None, own.After);
        End(own);
    }

    internal static void LeavesCopiesOn(SideBySide own)
    {
        Begin(own);
        own.Route(own.Before, own.After);
        own.Check(Moment.Shifted);
        if (own.Old is { } old)
        {
            own.Mirror(own.Context.Observation.Mirror, new TrafficMirror(old.Id, 10));
        }

        own.Check(Moment.Complete);
        own.RetireOld();
    }

    internal static void CopiesBeforeChecking(SideBySide own)
    {
        own.SayWhereBack();
        own.Install();
        var mirror = new TrafficMirror(own.Candidate, 10);
        own.Mirror(null, mirror);
        own.Mirror(mirror, null);
        Look(own);
        own.Route(own.Before, own.After);
        End(own);
    }

    internal static void CopiesToWhatTakesTraffic(SideBySide own)
    {
        Begin(own);
        own.Route(own.Before, own.After);
        own.Mirror(null, new TrafficMirror(own.Candidate, 10));
        End(own);
    }

    internal static void NeverPassesComplete(SideBySide own)
    {
        Begin(own);
        own.Route(own.Before, own.After);
        own.Check(Moment.Shifted);
        own.RetireOld();
    }

    internal static void PassesCompleteTooEarly(SideBySide own)
    {
        Begin(own);
        own.Check(Moment.Complete);
        own.Route(own.Before, own.After);
        own.Check(Moment.Shifted);
    }

    internal static void NeverSaysWhereBack(SideBySide own)
    {
        own.Install();
        Look(own);
        own.Route(own.Before, own.After);
        End(own);
    }

    internal static void RetiresWhatItBrings(SideBySide own)
    {
        Begin(own);
        own.Route(own.Before, own.After);
        own.Check(Moment.Shifted);
        own.Check(Moment.Complete);
        own.Runbook.RetireLater(own.Context.Target, own.Candidate, TimeSpan.FromHours(1));
    }

    internal static void TouchesAnotherTarget(SideBySide own)
    {
        Begin(own);
        own.Route(own.Before, own.After);
        if (own.Context.Target == "web-1")
        {
            Operation away = own.Hosts.Install(own.Context.Candidate);
            own.Runbook.Effect("Install it elsewhere too", new Operation("web-2", away.Verb, away.Arguments), Undo.By(new Operation("web-2", "remove", own.Hosts.Remove(own.Candidate).Arguments)));
        }

        End(own);
    }

    internal static void NeedsSomethingLive(SideBySide own)
    {
        own.Runbook.RollBackTo(own.Context.Target, own.Context.Live!.Attempt > 0 ? own.Context.Live : own.Candidate, null);
        Right(own);
    }

    /// <summary>Stops what is live with its requests in flight.</summary>
    internal static void UpdatesInPlace(StrategyContext context, RunbookBuilder runbook)
    {
        if (context.Require<IUpdateInPlace>() is not { } target)
        {
            return;
        }

        RevisionId candidate = context.Candidate.Id;
        List<FactChange> changes =
        [
            new(context.Target, Fact.Traffic, context.Observation.Traffic.ToString(), TrafficSplit.AllTo(candidate).ToString()),
            new(context.Target, Fact.OfRevision(candidate), Fact.Absent, Fact.Present),
        ];
        if (context.Current is { } old)
        {
            changes.Add(new(context.Target, Fact.OfRevision(old.Id), Fact.Present, Fact.Absent));
            runbook.RollBackTo(context.Target, old.Id, null);
        }

        runbook.Effect("Update", target.Update(context.Candidate), context.Current is { } live ? Undo.By(target.Update(live)) : Undo.By(target.Clear(candidate)), new EffectOptions { Changes = changes });
        runbook.Check(Moment.Complete, new CheckSubject(context.Target, candidate, context.Live));
    }

    /// <summary>Replaces a half of the slots and then the other, as it promises, and goes back with all of them at once.</summary>
    internal static void GoesBackAllAtOnce(StrategyContext context, RunbookBuilder runbook)
    {
        if (context.Require<IReplaceInstances>() is not { } target)
        {
            return;
        }

        SlotTable slots = context.Observation.Slots;
        RevisionId candidate = context.Candidate.Id;
        Undo undo = context.Current is { } old ? Undo.By(target.Replace(target.Slots, old)) : Undo.By(target.Vacate(target.Slots));
        if (context.Live is { } live)
        {
            runbook.RollBackTo(context.Target, live, null);
        }

        foreach (string[] half in target.Slots.Chunk(context.Live is null ? target.Slots.Count : target.Slots.Count / 2))
        {
            SlotTable after = slots.With(half, candidate);
            List<FactChange> changes = [new(context.Target, Fact.Slots, slots.ToString(), after.ToString()), new(context.Target, Fact.Traffic, slots.Traffic.ToString(), after.Traffic.ToString())];
            changes.AddRange(after.Revisions.Except(slots.Revisions).Select(come => new FactChange(context.Target, Fact.OfRevision(come), Fact.Absent, Fact.Present)));
            changes.AddRange(slots.Revisions.Except(after.Revisions).Select(gone => new FactChange(context.Target, Fact.OfRevision(gone), Fact.Present, Fact.Absent)));
            runbook.Effect("Replace a half", target.Replace(half, context.Candidate), undo, new EffectOptions { Changes = changes });
            runbook.Check(Moment.Shifted, new CheckSubject(context.Target, candidate, context.Live));
            slots = after;
        }

        runbook.Check(Moment.Complete, new CheckSubject(context.Target, candidate, context.Live));
    }

    /// <summary>Takes for granted what it never asks for.</summary>
    internal static void NeverRequires(StrategyContext context, RunbookBuilder runbook) =>
        Right(new SideBySide(context, runbook, context.Capability<IHostRevisions>()!, context.Capability<ISplitTraffic>()!));

    /// <summary>Stops planning at the first capability that is missing, without a word about the other.</summary>
    internal static void GivesUpInSilence(StrategyContext context, RunbookBuilder runbook)
    {
        if (context.Capability<IHostRevisions>() is { } hosts && context.Capability<ISplitTraffic>() is { } router)
        {
            Right(new SideBySide(context, runbook, hosts, router));
        }
        else
        {
            context.Refuse("The target can't do what is needed.");
        }
    }

    private static void Begin(SideBySide own)
    {
        own.SayWhereBack();
        own.Install();
        Look(own);
    }

    private static void Look(SideBySide own)
    {
        own.Check(Moment.Installed);
        own.Check(Moment.BeforeTraffic);
    }

    private static void End(SideBySide own)
    {
        own.Check(Moment.Shifted);
        own.Check(Moment.Complete);
        own.RetireOld();
    }
}
