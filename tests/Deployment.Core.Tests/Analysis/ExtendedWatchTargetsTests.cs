using Deployment.Analysis;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Analysis;

/// <summary>A deployment to several targets is watched on by one run a look, and goes back whole.</summary>
[Category("Unit")]
public sealed class ExtendedWatchTargetsTests
{
    [Test]
    public void Complete_SeveralTargets_OneRunLooksAtAll()
    {
        var watched = new WatchedTargets(3);
        DeploymentResult deployed = watched.Deploy("1.1.0");

        for (int look = 1; look <= 6; look++)
        {
            DeploymentResult result = watched.CompleteAfter(WatchedTargets.Interval).Should().ContainSingle(result => result.Runbook.Kind == RunKind.Watch).Subject;
            result.RunId.Should().Be($"{deployed.RunId}-watch-{look}");
            result.Outcome.Should().Be(DeploymentOutcome.Succeeded);
            result.Runbook.Steps.OfType<CheckStep>().Select(step => step.Subject.Target).Should().Equal("web-1", "web-2", "web-3");
        }

        watched.CompleteAfter(WatchedTargets.Interval).Should().BeEmpty("an hour is over");
    }

    [Test]
    public void Complete_OneTargetIsBad_TheWholeDeploymentGoesBackByOneRun()
    {
        var watched = new WatchedTargets(3);
        DeploymentResult deployed = watched.Deploy("1.1.0");
        watched.Bad.Add("web-2");

        IReadOnlyList<DeploymentResult> results = watched.CompleteAfter(WatchedTargets.Interval);

        results.Select(result => result.RunId).Should().Equal($"{deployed.RunId}-watch-1", $"{deployed.RunId}-watch-back");
        watched.Live.Should().Be("shop_1.0.0_1=100, shop_1.0.0_1=100, shop_1.0.0_1=100");
        RunRecord back = watched.Runs(RunKind.RollBack).Should().ContainSingle().Subject;
        back.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        back.Reason.Should().StartWith($"Run {deployed.RunId}-watch-1 found on web-2: error rate is above 10%");
        results[1].Runbook.ToMarkdown().Should().Contain($"| because | Run {deployed.RunId}-watch-1 found on web-2");
        results[1].Log.Entries[0].Text.Should().Contain("because: Run").And.Contain("found on web-2");
        watched.CompleteAfter(WatchedTargets.Interval).Should().BeEmpty("what is gone is watched no longer");
    }

    [Test]
    public void Complete_ALook_ReadsNeitherTheDeploymentsJournalNorItsRunbook()
    {
        var watched = new WatchedTargets(3);
        DeploymentResult deployed = watched.Deploy("1.1.0");
        for (int look = 1; look <= 2; look++)
        {
            watched.Store.Clear();

            watched.CompleteAfter(WatchedTargets.Interval).Should().ContainSingle();

            watched.Store.Journals.Should().NotBeEmpty().And.NotContain(deployed.RunId);
            watched.Store.Blobs.Should().NotBeEmpty().And.NotContain(deployed.Runbook.Hash);
        }
    }

    [Test]
    public void Complete_OneTargetIsHeldByAnotherRun_IsLookedAtTheNextTimeOverAllOfIt()
    {
        var watched = new WatchedTargets(2);
        watched.Deploy("1.1.0");
        DateTimeOffset deployed = watched.Time.Clock.GetUtcNow();
        watched.Source.Ratio(Metric.ErrorRate, 20, (subject, at) => subject.Target == "web-2" && at - deployed < TimeSpan.FromMinutes(5) ? 0.5 : 0);
        watched.Store.TryClaimAsync("somebody-else", ["web-2"], watched.Time.Clock.GetUtcNow(), CancellationToken.None).Result.Should().BeNull();

        DeploymentResult first = watched.CompleteAfter(WatchedTargets.Interval).Should().ContainSingle().Subject;

        first.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        first.Runbook.Steps.OfType<CheckStep>().Select(step => step.Subject.Target).Should().Equal("web-1");
        first.Runbook.StrategyReason.Should().Contain("web-2 is not looked at now: another run holds it.");
        watched.Store.ReleaseClaimsAsync("somebody-else", CancellationToken.None).Wait();
        watched.CompleteAfter(WatchedTargets.Interval).Select(result => result.Outcome).Should().Equal(DeploymentOutcome.Rejected, DeploymentOutcome.Succeeded);
        watched.Live.Should().Be("shop_1.0.0_1=100, shop_1.0.0_1=100");
    }

    /// <summary>What users had while another run was about the target is no finding about the release.</summary>
    [TestCase("nobody")]
    [TestCase("a run that holds it")]
    [TestCase("a run that ended meanwhile")]
    public void Complete_AnotherRunComesAsALookFindsSomething_TheNextLookGoesOverIt(string other)
    {
        var watched = new WatchedTargets(2);
        string deployment = watched.Deploy("1.1.0").RunId;
        bool isBad = true;
        bool came = false;
        watched.Source.Ratio(Metric.ErrorRate, 20, (subject, _) =>
        {
            if (!came && subject.Target == "web-2")
            {
                came = true;
                Come(watched, other);
            }

            return isBad && subject.Target == "web-2" ? 0.5 : 0;
        });
        IReadOnlyList<DeploymentResult> first = watched.CompleteAfter(WatchedTargets.Interval);
        first[0].Outcome.Should().Be(DeploymentOutcome.Rejected);
        DateTimeOffset? since = first[0].Runbook.Steps.OfType<CheckStep>().Single(step => step.Subject.Target == "web-2").Since;
        if (other == "nobody")
        {
            first.Select(result => result.RunId).Should().Equal($"{deployment}-watch-1", $"{deployment}-watch-back");
            watched.Live.Should().Be("shop_1.0.0_1=100, shop_1.0.0_1=100");
            return;
        }

        watched.Runs(RunKind.RollBack).Should().BeEmpty();
        watched.Store.ReleaseClaimsAsync("somebody-else", CancellationToken.None).Wait();
        isBad = false;

        DeploymentResult next = watched.CompleteAfter(WatchedTargets.Interval).Should().ContainSingle().Subject;

        next.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        next.Runbook.Steps.OfType<CheckStep>().Single(step => step.Subject.Target == "web-2").Since.Should().Be(since);
        watched.Live.Should().Be("shop_1.1.0_1=100, shop_1.1.0_1=100");
    }

    private static void Come(WatchedTargets watched, string other)
    {
        DateTimeOffset now = watched.Time.Clock.GetUtcNow();
        if (other == "a run that holds it")
        {
            watched.Store.TryClaimAsync("somebody-else", ["web-2"], now, CancellationToken.None).Result.Should().BeNull();
        }
        else if (other == "a run that ended meanwhile")
        {
            watched.Store.CreateRunAsync(
                new RunRecord { Id = "somebody-else", Kind = RunKind.Deploy, Pipeline = "cart", Environment = "production", Application = "cart", Targets = [new RunTarget("web-2", null, null)], State = RunState.Ended, Outcome = DeploymentOutcome.RolledBack, RunbookHash = new string('a', 64), CreatedAt = now, EndedAt = now },
                CancellationToken.None).Wait();
        }
    }

    [Test]
    public void Complete_OneTargetCannotBeReached_TheOthersAreWatched()
    {
        var watched = new WatchedTargets(2);
        watched.Deploy("1.1.0");
        watched.Unreachable.Add("web-1");

        DeploymentResult look = watched.CompleteAfter(WatchedTargets.Interval).Should().ContainSingle().Subject;

        look.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        look.Runbook.StrategyReason.Should().Contain("web-1 is not looked at now: it can't be reached: web-1 is gone. The next look goes over that time.");
        watched.Unreachable.Clear();
        watched.CompleteAfter(WatchedTargets.Interval).Single().Runbook.Steps.OfType<CheckStep>().Select(step => step.Since).Distinct().Should().HaveCount(2, "one was looked at before and one was not");
    }

    /// <summary>What was measured had not ended when the look was taken, as of a scrape every minute.</summary>
    [Test]
    public void Complete_ASampleHasNotEnded_IsJudgedByTheNextLook()
    {
        Metric lost = Metric.Increase("payments lost");
        var watched = new WatchedTargets(1, monitor => monitor.RollBackWhen(lost.IsAbove(0)));
        DateTimeOffset at = default;
        TimeSpan length = TimeSpan.FromSeconds(45);
        watched.Source.Samples(lost, (_, from, until) => Enumerable.Range(0, (int)((until - from) / length)).Select(index => from + (length * index))
            .Select(begin => MetricSample.Counted(begin, begin + length, at >= begin && at < begin + length ? 5 : 0)));
        watched.Deploy("1.1.0");
        at = watched.Time.Clock.GetUtcNow() + WatchedTargets.Interval - TimeSpan.FromSeconds(5);

        watched.CompleteAfter(WatchedTargets.Interval).Single().Outcome.Should().Be(DeploymentOutcome.Succeeded, "it isn't told yet");
        watched.CompleteAfter(WatchedTargets.Interval).Select(result => result.Outcome).Should().Equal(DeploymentOutcome.Rejected, DeploymentOutcome.Succeeded);

        watched.Live.Should().Be("shop_1.0.0_1=100");
    }

    /// <summary>What a newer build of the host doesn't measure any more can't be judged, which is no reason to go back.</summary>
    [Test]
    public void Complete_NothingMeasuresItAnyMore_IsNoted()
    {
        Metric refused = Metric.Ratio("orders refused");
        FakeMetricSource? orders = null;
        var watched = new WatchedTargets(1, monitor =>
        {
            monitor.RollBackWhen(refused.IsAbove(0.5));
            if (orders is not null)
            {
                monitor.From(orders);
            }
        });
        orders = new FakeMetricSource(watched.Time.Clock).Ratio(refused, 20, (_, _) => 0);
        watched.Deploy("1.1.0");
        orders = null;

        DeploymentResult look = watched.CompleteAfter(WatchedTargets.Interval).Should().ContainSingle().Subject;

        look.Outcome.Should().Be(DeploymentOutcome.Succeeded, look.Reason);
        watched.Live.Should().Be("shop_1.1.0_1=100");
        look.Log.Entries.Should().Contain(entry => entry.Kind == JournalEntryKind.CheckFailed && entry.Text!.Contains("nothing measures 'orders refused'"));
    }

    /// <summary>A source tells what came before a value that can't be used, then that, then what came after.</summary>
    [Test]
    public void Complete_OneValueCanNotBeUsed_WhatCameAfterItIsJudged()
    {
        var watched = new WatchedTargets(1, monitor => monitor.RollBackWhen(Metric.Cpu.IsAbove(0.9)));
        DateTimeOffset bad = DateTimeOffset.MaxValue;
        int reads = 9;
        watched.Source.Samples(Metric.Cpu, (_, from, until) =>
        {
            reads++;
            return reads == 2 ? throw new DeploymentException("a sample is NaN")
                : Enumerable.Range(1, (int)(until - from).TotalSeconds).Select(second => from + TimeSpan.FromSeconds(second)).TakeWhile(at => reads != 1 || at < bad)
                    .Select(at => MetricSample.Level(at, at >= bad ? 0.95 : 0.1));
        });
        watched.Deploy("1.1.0");
        (bad, reads) = (watched.Time.Clock.GetUtcNow() + TimeSpan.FromMinutes(5), 0);

        watched.CompleteAfter(WatchedTargets.Interval).Select(result => result.Outcome).Should().Equal(DeploymentOutcome.Rejected, DeploymentOutcome.Succeeded);
    }

    /// <summary>The last minutes of a watch are worth as much as the first.</summary>
    [Test]
    public void Complete_UnreachableAtTheEnd_IsLookedAtOverThatTimeOnceItCanBe()
    {
        var watched = new WatchedTargets(2);
        watched.Deploy("1.1.0");
        for (int look = 1; look <= 5; look++)
        {
            watched.CompleteAfter(WatchedTargets.Interval).Should().ContainSingle();
        }

        DateTimeOffset end = watched.Time.Clock.GetUtcNow() + WatchedTargets.Interval;
        watched.Source.Ratio(Metric.ErrorRate, 20, (subject, at) => subject.Target == "web-1" && at > end - TimeSpan.FromMinutes(5) && at <= end ? 0.5 : 0);
        CompleteUnreachable(watched);
        watched.Unreachable.Clear();

        watched.CompleteAfter(WatchedTargets.Interval).Where(result => result.Runbook.Kind != RunKind.Retire).Select(result => result.Outcome).Should().Equal(DeploymentOutcome.Rejected, DeploymentOutcome.Succeeded);

        watched.Live.Should().Be("shop_1.0.0_1=100, shop_1.0.0_1=100");
    }

    [Test]
    public void Complete_UnreachableForLongAfterTheEnd_TheWatchIsOver()
    {
        var watched = new WatchedTargets(2);
        watched.Deploy("1.1.0");

        for (int look = 1; look <= 11; look++)
        {
            CompleteUnreachable(watched);
        }

        watched.Runs(RunKind.Watch).Should().HaveCount(7).And.ContainSingle(run => run.State == RunState.Scheduled, "a source may still remember, so it waits");

        for (int look = 12; look <= 14; look++)
        {
            CompleteUnreachable(watched);
        }

        watched.Runs(RunKind.Watch).Should().HaveCount(7).And.OnlyContain(run => run.State == RunState.Ended, "an hour after its end nothing remembers any more");
    }

    /// <summary>What was due, while web-1 can't be reached, and nothing can be done there.</summary>
    private static void CompleteUnreachable(WatchedTargets watched)
    {
        watched.Unreachable.Add("web-1");
        try
        {
            watched.CompleteAfter(WatchedTargets.Interval);
        }
        catch (DeploymentException error) when (error.Message.Contains("web-1 is gone", StringComparison.Ordinal))
        {
        }
    }

    [Test]
    public void Complete_SomebodyChangedATargetByHand_GoesBackWhereItStillIs()
    {
        var watched = new WatchedTargets(2);
        watched.Deploy("1.1.0");
        watched.Targets[0].Seed(new Revision(new RevisionId("shop", "1.0.0", 1), World.Version("1.0.0")));
        watched.Bad.Add("web-2");

        IReadOnlyList<DeploymentResult> results = watched.CompleteAfter(WatchedTargets.Interval);

        results[1].Runbook.Targets.Select(target => target.Target).Should().Equal("web-2");
        results[1].Outcome.Should().Be(DeploymentOutcome.Succeeded);
        watched.Live.Should().Be("shop_1.0.0_1=100, shop_1.0.0_1=100");
    }

    [Test]
    public void Complete_ALookHoldsOneTarget_TheOthersAreStillJudgedByIt()
    {
        var watched = new WatchedTargets(2, monitor => monitor.InvestigateWhen(Metric.ErrorRate.IsAbove(0.10)).RollBackWhen(Metric.ErrorRate.IsAbove(0.40)));
        watched.Source.Ratio(Metric.ErrorRate, 20, (subject, _) => watched.Bad.Contains(subject.Target) ? subject.Target == "web-1" ? 0.2 : 0.6 : 0);
        watched.Deploy("1.1.0");
        watched.Bad.UnionWith(["web-1", "web-2"]);

        watched.CompleteAfter(WatchedTargets.Interval).Select(result => result.Outcome).Should().Equal(DeploymentOutcome.Rejected, DeploymentOutcome.Succeeded);

        watched.Live.Should().Be("shop_1.0.0_1=100, shop_1.0.0_1=100");
    }
}
