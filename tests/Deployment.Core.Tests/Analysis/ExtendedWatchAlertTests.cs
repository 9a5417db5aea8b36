using Deployment.Analysis;
using Deployment.Notifications;
using Deployment.Store;

namespace Deployment.Tests.Analysis;

/// <summary>Nobody reads what is told every ten minutes.</summary>
[Category("Unit")]
public sealed class ExtendedWatchAlertTests
{
    private readonly List<Notice> _told = [];

    [SetUp]
    public void Forget() => _told.Clear();

    [Test]
    public void Complete_EachLookNotesIt_IsToldOnce()
    {
        WatchedTargets watched = Watched(new Teller(_told));
        watched.Bad.UnionWith(["web-1", "web-2"]);

        DeploymentResult[] looks = [.. Enumerable.Range(1, 4).Select(_ => watched.CompleteAfter(WatchedTargets.Interval).Single())];

        looks.Should().OnlyContain(look => look.Log.Entries.Count(entry => entry.Kind == JournalEntryKind.CheckNoted) == 2, "each look notes it, on both targets");
        Notice notice = _told.Should().ContainSingle().Subject;
        notice.Title.Should().Be("shop 1.1.0 in production has an alert: Look back at shop_1.1.0_1");
        notice.Text.Should().StartWith("error rate is above 10%").And.EndWith($"It goes on: nobody has to decide. To go back, report what you find to run {notice.RunId.Replace("-watch-1", "", StringComparison.Ordinal)} (ReportAsync), or go back by RollBackAsync.");
    }

    /// <summary>What else lacks data in a look doesn't make it silent.</summary>
    [Test]
    public void Complete_AnotherRuleLacksData_IsToldAllTheSame()
    {
        var watched = new WatchedTargets(2, monitor => monitor.NoteWhen(Metric.ErrorRate.IsAbove(0.10)).RollBackWhen(Metric.LatencyP95.IsAbove(1)));
        watched.Notifier = new Teller(_told, time: watched.Time.Clock);
        watched.Source.Distribution(Metric.LatencyP95, 20, (_, _) => 0.1);
        watched.Deploy("1.1.0");
        watched.Source.Samples(Metric.LatencyP95, (_, _, _) => []);
        watched.Bad.Add("web-1");

        watched.CompleteAfter(WatchedTargets.Interval).Single().Outcome.Should().Be(DeploymentOutcome.Succeeded);

        _told.Should().ContainSingle();
    }

    /// <summary>Whether somebody could be told says nothing about the release.</summary>
    [Test]
    public void Complete_TheStoreIsAwayForAMoment_TheReleaseStays()
    {
        WatchedTargets watched = Watched(new Teller(_told));
        watched.Bad.Add("web-1");
        watched.Store.FailsOnce = () => watched.Runs(RunKind.Watch).Any(run => run.State == RunState.Running);

        watched.CompleteAfter(WatchedTargets.Interval);

        watched.Live.Should().Be("shop_1.1.0_1=100, shop_1.1.0_1=100");
    }

    [Test]
    public void Complete_OneTargetCouldNotBeLookedAt_WhatItHasIsNotToldAnew()
    {
        WatchedTargets watched = Watched(new Teller(_told));
        watched.Bad.Add("web-1");
        watched.CompleteAfter(WatchedTargets.Interval);
        watched.Unreachable.Add("web-1");
        watched.CompleteAfter(WatchedTargets.Interval);
        watched.Unreachable.Clear();

        watched.CompleteAfter(WatchedTargets.Interval);

        _told.Should().ContainSingle();
    }

    [Test]
    public void Complete_ItWasWellForALook_IsToldAgain()
    {
        WatchedTargets watched = Watched(new Teller(_told));
        watched.Bad.Add("web-1");
        watched.CompleteAfter(WatchedTargets.Interval);
        watched.Bad.Clear();
        watched.CompleteAfter(WatchedTargets.Interval);
        watched.Bad.Add("web-1");

        watched.CompleteAfter(WatchedTargets.Interval);

        _told.Should().HaveCount(2);
    }

    [Test]
    public void Complete_CouldNotBeTold_IsToldByTheNextLook()
    {
        WatchedTargets watched = Watched(new Teller(_told, fails: 1));
        watched.Bad.Add("web-1");

        for (int look = 1; look <= 3; look++)
        {
            watched.CompleteAfter(WatchedTargets.Interval);
        }

        _told.Should().ContainSingle().Which.RunId.Should().EndWith("-watch-2");
    }

    /// <summary>Nobody waits for such a run.</summary>
    [Test]
    public void Complete_TheReleaseGoesBack_TheOwnerIsTold()
    {
        WatchedTargets watched = Watched(new Teller(_told));
        watched.Source.Ratio(Metric.ErrorRate, 20, (_, _) => 1);

        watched.CompleteAfter(WatchedTargets.Interval)[^1].ToString().Should().Match("Succeeded: What stood before takes the traffic again, and was verified. It went back because: Run *-watch-1 found on web-1: error rate is above 90%*");

        Notice notice = _told.Should().ContainSingle(told => told.Title.EndsWith("went back by itself", StringComparison.Ordinal)).Subject;
        (notice.Role, notice.Title).Should().Be(("rollback owner", "shop 1.0.0 in production went back by itself"));
        notice.Text.Should().Match("Run *-watch-1 found on web-1: error rate is above 90%*What stood before takes the traffic again, and was verified.");
    }

    [Test]
    public void Complete_TheReleaseCannotGoBack_TheOwnerIsToldThatItNeedsAPerson()
    {
        WatchedTargets watched = Watched(new Teller(_told));
        watched.Source.Ratio(Metric.ErrorRate, 20, (_, _) => 1);
        watched.Targets[1].FailOn("route", "the router is gone");

        DeploymentResult back = watched.CompleteAfter(WatchedTargets.Interval)[^1];

        back.Outcome.Should().NotBe(DeploymentOutcome.Succeeded);
        _told.Should().ContainSingle(told => told.Title.EndsWith("needs you", StringComparison.Ordinal)).Which.Text.Should().Contain($"Going back ended as {back.Outcome}: ").And.Contain("the router is gone");
    }

    /// <summary>The bad release keeps its users as long as that lasts.</summary>
    [Test]
    public void Complete_TheWayBackCannotBegin_TheOwnerIsToldOnce()
    {
        WatchedTargets watched = Watched(new Teller(_told));
        watched.Source.Ratio(Metric.ErrorRate, 20, (_, _) => 1);
        watched.Unreachable.Add("web-2");

        for (int i = 0; i < 3; i++)
        {
            FluentActions.Invoking(() => watched.CompleteAfter(WatchedTargets.Interval)).Should().Throw<Exception>();
        }

        _told.Where(told => told.Text.Contains("web-2 is gone", StringComparison.Ordinal)).Should().HaveCount(3, "each of these is a process of its own")
            .And.OnlyContain(told => told.Role == "rollback owner" && told.Title == "shop in production was to go back by itself, and that needs you" && told.Text.StartsWith("Run ", StringComparison.Ordinal));
        watched.Unreachable.Clear();
        watched.CompleteAfter(WatchedTargets.Interval)[^1].Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    private static WatchedTargets Watched(INotifier notifier)
    {
        var watched = new WatchedTargets(2, monitor => monitor.NoteWhen(Metric.ErrorRate.IsAbove(0.10)).RollBackWhen(Metric.ErrorRate.IsAbove(0.9))) { Notifier = notifier };
        watched.Deploy("1.1.0");
        return watched;
    }

    private sealed class Teller(List<Notice> told, int fails = 0, TimeProvider? time = null) : INotifier
    {
        private int _left = fails;

        public async Task NotifyAsync(Notice notice, CancellationToken cancellationToken)
        {
            if (_left-- > 0)
            {
                throw new IOException("no route");
            }

            await (time is null ? Task.CompletedTask : Task.Delay(TimeSpan.FromMilliseconds(200), time, cancellationToken));
            told.Add(notice);
        }
    }
}
