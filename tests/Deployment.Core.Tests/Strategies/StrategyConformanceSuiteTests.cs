using Deployment.Planning;
using Deployment.Runbooks;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Strategies;

/// <summary>The suite itself: a right strategy passes, and one that breaks a promise is caught by that promise's name and no other.</summary>
[Category("Unit")]
public sealed class StrategyConformanceSuiteTests
{
    private static readonly StrategyConformanceOptions Sides = new() { Needs = FakeCapabilities.HostRevisions | FakeCapabilities.SplitTraffic };
    private static readonly StrategyConformanceOptions InPlace = new() { Needs = FakeCapabilities.UpdateInPlace };
    private static int _counter;

    private static IEnumerable<TestCaseData> Wrong()
    {
        yield return Of(nameof(WrongStrategies.Right), WrongStrategies.Right);
        yield return Of(nameof(WrongStrategies.RightAndPastNoReturn), WrongStrategies.RightAndPastNoReturn);
        yield return Of(nameof(WrongStrategies.RemovesTheOldBeforeTheSwitch), WrongStrategies.RemovesTheOldBeforeTheSwitch, StrategyPromise.KeepsTheOld);
        yield return Of(nameof(WrongStrategies.RemovesTheOldAfterTheSwitch), WrongStrategies.RemovesTheOldAfterTheSwitch, StrategyPromise.KeepsTheOld);
        yield return Of(nameof(WrongStrategies.EndsAt99Percent), WrongStrategies.EndsAt99Percent, StrategyPromise.EndsWithTheCandidate, StrategyPromise.KeepsToLimits);
        yield return Of(nameof(WrongStrategies.LeavesABaselineBehind), WrongStrategies.LeavesABaselineBehind, StrategyPromise.EndsWithTheCandidate);
        yield return Of(nameof(WrongStrategies.PlansNothing), WrongStrategies.PlansNothing, StrategyPromise.PlansSomething);
        yield return Of(nameof(WrongStrategies.ShiftsBeforeInstalling), WrongStrategies.ShiftsBeforeInstalling, StrategyPromise.RoutesToWhatStands);
        yield return Of(nameof(WrongStrategies.ShiftsBeforeChecking), WrongStrategies.ShiftsBeforeChecking, StrategyPromise.RoutesToWhatIsWell);
        yield return Of(nameof(WrongStrategies.UndoesTheInstallByInstalling), WrongStrategies.UndoesTheInstallByInstalling, StrategyPromise.GoesBackWhole);
        yield return Of(nameof(WrongStrategies.UndoesTheSwitchBySwitching), WrongStrategies.UndoesTheSwitchBySwitching, StrategyPromise.GoesBackWhole);
        yield return Of(nameof(WrongStrategies.UndoesByRemovingTheOld), WrongStrategies.UndoesByRemovingTheOld, StrategyPromise.KeepsTheOld);
        yield return Of(nameof(WrongStrategies.HasNothingToUndo), WrongStrategies.HasNothingToUndo, StrategyPromise.TellsEachUndo);
        yield return Of(nameof(WrongStrategies.HidesThatTrafficChanges), WrongStrategies.HidesThatTrafficChanges, StrategyPromise.StatesItsChanges, StrategyPromise.SurvivesCrashes);
        yield return Of(nameof(WrongStrategies.UsesAFineWeight), WrongStrategies.UsesAFineWeight, StrategyPromise.KeepsToLimits);
        yield return Of(nameof(WrongStrategies.ShiftsTwiceBetweenChecks), WrongStrategies.ShiftsTwiceBetweenChecks, StrategyPromise.PassesItsMoments, StrategyPromise.KeepsToLimits);
        yield return Of(nameof(WrongStrategies.LeavesAGap), WrongStrategies.LeavesAGap, StrategyPromise.ServesAllTraffic);
        yield return Of(nameof(WrongStrategies.LeavesCopiesOn), WrongStrategies.LeavesCopiesOn, StrategyPromise.CopiesReachNoUser, StrategyPromise.StatesItsChanges);
        yield return Of(nameof(WrongStrategies.CopiesBeforeChecking), WrongStrategies.CopiesBeforeChecking, StrategyPromise.CopiesReachNoUser);
        yield return Of(nameof(WrongStrategies.CopiesToWhatTakesTraffic), WrongStrategies.CopiesToWhatTakesTraffic, StrategyPromise.CopiesReachNoUser);
        yield return Of(nameof(WrongStrategies.NeverPassesComplete), WrongStrategies.NeverPassesComplete, StrategyPromise.PassesItsMoments);
        yield return Of(nameof(WrongStrategies.PassesCompleteTooEarly), WrongStrategies.PassesCompleteTooEarly, StrategyPromise.PassesItsMoments);
        yield return Of(nameof(WrongStrategies.NeverSaysWhereBack), WrongStrategies.NeverSaysWhereBack, StrategyPromise.SaysWhatToGoBackTo);
        yield return Of(nameof(WrongStrategies.RetiresWhatItBrings), WrongStrategies.RetiresWhatItBrings, StrategyPromise.RetiresOnlyTheOld);
        yield return Of(nameof(WrongStrategies.TouchesAnotherTarget), WrongStrategies.TouchesAnotherTarget, StrategyPromise.ActsOnItsTarget);
        yield return Of(nameof(WrongStrategies.NeedsSomethingLive), WrongStrategies.NeedsSomethingLive, StrategyPromise.PlansWithWhatItNeeds);
        yield return Of("ReadsTheClock", Titled(System.Diagnostics.Stopwatch.GetTimestamp), StrategyPromise.PlansPurely);
        yield return Of("IsRandom", Titled(() => Random.Shared.Next()), StrategyPromise.PlansPurely);
        yield return Of("Counts", Titled(() => Interlocked.Increment(ref _counter)), StrategyPromise.PlansPurely);
        yield return Of("UpdatesInPlaceAndPromisesNoCut", Free(WrongStrategies.UpdatesInPlace), InPlace with { LeastCapacityPercent = 0 }, StrategyPromise.FinishesRequests);
        yield return Of("UpdatesInPlaceAndPromisesCapacity", Free(WrongStrategies.UpdatesInPlace), InPlace with { FinishesRequests = false }, StrategyPromise.KeepsCapacity);
        yield return Of(
            "UpdatesAllAtOnceAndPromisesHalf",
            pipeline => pipeline.UseStrategy(new PlanStrategy(WrongStrategies.UpdatesInPlace)).WithLanes(new LanePolicy { MaxConcurrency = 4 }),
            InPlace with { FinishesRequests = false, LeastCapacityPercent = 50, Targets = 4 },
            StrategyPromise.KeepsCapacity);
        yield return Of(
            "RollsFurtherThanPromised",
            pipeline => pipeline.UseRolling(rolling => (rolling.MaxUnavailable, rolling.MaxSurge) = (2, 0)),
            new StrategyConformanceOptions { Needs = FakeCapabilities.ReplaceInstances, LeastCapacityPercent = 75 },
            StrategyPromise.KeepsCapacity);
        yield return Of(
            nameof(WrongStrategies.GoesBackAllAtOnce),
            Free(WrongStrategies.GoesBackAllAtOnce),
            new StrategyConformanceOptions { Needs = FakeCapabilities.ReplaceInstances, LeastCapacityPercent = 50 },
            StrategyPromise.KeepsCapacity);
        yield return Of("SaysThatItNeedsNothing", Free(WrongStrategies.UpdatesInPlace), InPlace with { Needs = FakeCapabilities.None, LeastCapacityPercent = 0, FinishesRequests = false }, StrategyPromise.PlansWithWhatItNeeds);
        yield return Of(nameof(WrongStrategies.NeverRequires), Free(WrongStrategies.NeverRequires), Sides, StrategyPromise.RefusesWhatIsMissing);
        yield return Of(nameof(WrongStrategies.GivesUpInSilence), Free(WrongStrategies.GivesUpInSilence), Sides, StrategyPromise.RefusesWhatIsMissing);
    }

    [TestCaseSource(nameof(Wrong))]
    public void Suite_Strategy_IsCaughtByThePromisesThatItBreaks(Action<DeploymentPipelineBuilder> use, StrategyConformanceOptions options, StrategyPromise[] broken)
    {
        OnlyBreaks(Run(use, options), broken);
    }

    private static IEnumerable<TestCaseData> WrongFlags()
    {
        yield return OfFlag(nameof(FlaggedStrategy.Right), FlaggedStrategy.Right);
        yield return OfFlag(nameof(FlaggedStrategy.OpensBeforeDeploying), FlaggedStrategy.OpensBeforeDeploying, StrategyPromise.FlagsFollowTheRelease);
        yield return OfFlag(nameof(FlaggedStrategy.LeavesTheFlagOpen), FlaggedStrategy.LeavesTheFlagOpen, StrategyPromise.FlagsFollowTheRelease);
        yield return OfFlag(nameof(FlaggedStrategy.ClosesAfterGoingBack), FlaggedStrategy.ClosesAfterGoingBack, StrategyPromise.FlagsFollowTheRelease);
        yield return OfFlag(nameof(FlaggedStrategy.OpensWhenGoingBack), FlaggedStrategy.OpensWhenGoingBack, StrategyPromise.FlagsFollowTheRelease);
        yield return OfFlag(nameof(FlaggedStrategy.HasNothingToUndo), FlaggedStrategy.HasNothingToUndo, StrategyPromise.FlagsFollowTheRelease);
        yield return OfFlag(nameof(FlaggedStrategy.UndoesByOpening), FlaggedStrategy.UndoesByOpening, StrategyPromise.FlagsFollowTheRelease);
    }

    [TestCaseSource(nameof(WrongFlags))]
    public void Suite_StrategyWithAFlag_IsCaughtByThePromisesThatItBreaks(Action<DeploymentPipelineBuilder, FakeFeatureFlagStore> use, StrategyPromise[] broken) =>
        OnlyBreaks(Run(new StrategyConformance(use, Sides)), broken);

    private static void OnlyBreaks(Dictionary<string, StrategyFault[]> faults, StrategyPromise[] broken)
    {
        faults.Values.SelectMany(found => found).Select(fault => fault.Promise).Distinct()
            .Should().BeEquivalentTo(broken, string.Join("\n", faults.SelectMany(found => found.Value.Select(fault => $"{found.Key}: {fault.Promise}: {fault.Message}"))));
        faults.Values.SelectMany(found => found).Where(fault => !fault.Message.StartsWith("In ", StringComparison.Ordinal)).Should().BeEmpty("a message says where");
    }

    /// <summary>A wrong undo shows only when a run goes back: each way there must see it by itself.</summary>
    [Test]
    public void Suite_WrongUndo_IsSeenByEachWayBack() =>
        Run(Own(WrongStrategies.UndoesTheInstallByInstalling), Sides).Keys.Should().BeEquivalentTo(
            "Deploy_AnEffectFailsBeforeItTakesPlace_GoesBack",
            "Deploy_AnEffectFailsAfterItTookPlace_GoesBack",
            "Deploy_ACheckFails_GoesBack",
            "DeployFirst_AnEffectOrTheLastCheckFails_LeavesNothing",
            "GoBack_DiesAtEveryPoint_IsFinishedByTheNext",
            "Deploy_AbortedAtEveryEntry_GoesBack",
            "Deploy_AbortedInTheMidstOfEveryStep_GoesBack");

    [Test]
    public void Fault_Message_SaysWhatWhereAndWhatToDo()
    {
        StrategyConformanceCase conformance = new StrategyConformance(Own(WrongStrategies.RemovesTheOldAfterTheSwitch), Sides).Cases.Single(one => one.Name == "Deploy_ManyInARow_EachSucceeds");

        StrategyConformanceException exception = FluentActions.Invoking(conformance.Run).Should().Throw<StrategyConformanceException>().Which;

        // As docs/write-a-strategy.md shows it.
        exception.Message.Should().Be(
            "Deploy_ManyInARow_EachSucceeds:\n"
            + "- KeepsTheOld: In the second deployment: effect 3 'remove shop_1.0.0_1' on web-1 (step web-1/remove-shop_1.0.0_1) removes shop_1.0.0_1, which a rollback of this run goes back to. "
            + "Leave it to RetireLater, which removes it in a run of its own once nobody goes back to it.");
    }

    [Test]
    public void Cases_Names_AreUnique() => new StrategyConformance(Own(WrongStrategies.Right), Sides).Cases.Should().OnlyHaveUniqueItems(conformance => conformance.Name);

    [Test]
    public void Options_OutOfRange_AreRefused()
    {
        FluentActions.Invoking(() => Sides with { LeastCapacityPercent = 101 }).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => Sides with { LeastCapacityPercent = -1 }).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => Sides with { Targets = 0 }).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => Sides with { Targets = 9 }).Should().Throw<ArgumentOutOfRangeException>();
    }

    private static Dictionary<string, StrategyFault[]> Run(Action<DeploymentPipelineBuilder> use, StrategyConformanceOptions options) => Run(new StrategyConformance(use, options));

    private static Dictionary<string, StrategyFault[]> Run(StrategyConformance suite)
    {
        Dictionary<string, StrategyFault[]> faults = [];
        foreach (StrategyConformanceCase conformance in suite.Cases)
        {
            try
            {
                conformance.Run();
            }
            catch (StrategyConformanceException exception)
            {
                exception.Message.Should().StartWith(conformance.Name);
                faults[conformance.Name] = [.. exception.Faults];
            }
        }

        return faults;
    }

    private static Action<SideBySide> Titled(Func<long> what) => own =>
    {
        own.SayWhereBack();
        own.Install(title: $"Install {own.Candidate}, number {what()}");
        own.Check(Moment.Installed);
        own.Route(own.Before, own.After);
        own.Check(Moment.Complete);
    };

    private static Action<DeploymentPipelineBuilder> Own(Action<SideBySide> plan) => pipeline => pipeline.UseStrategy(new OwnStrategy(plan));

    private static Action<DeploymentPipelineBuilder> Free(Action<StrategyContext, RunbookBuilder> plan) => pipeline => pipeline.UseStrategy(new PlanStrategy(plan));

    private static TestCaseData OfFlag(string name, Action<FlaggedStrategy.Steps> plan, params StrategyPromise[] broken)
    {
        Action<DeploymentPipelineBuilder, FakeFeatureFlagStore> use = (pipeline, flags) =>
        {
            var flag = new OwnFlag(flags);
            pipeline.UseResource(flag).UseStrategy(new FlaggedStrategy(flag, plan));
        };
        return new TestCaseData(use, broken).SetArgDisplayNames(name);
    }

    private static TestCaseData Of(string name, Action<SideBySide> plan, params StrategyPromise[] broken) => Of(name, Own(plan), Sides, broken);

    private static TestCaseData Of(string name, Action<DeploymentPipelineBuilder> use, StrategyConformanceOptions options, params StrategyPromise[] broken) =>
        new TestCaseData(use, options, broken).SetArgDisplayNames(name);
}
