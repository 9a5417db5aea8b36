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
        _told.Should().ContainSingle().Which.Text.Should().StartWith("error rate is above 10%");
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

    private static WatchedTargets Watched(INotifier notifier)
    {
        var watched = new WatchedTargets(2, monitor => monitor.NoteWhen(Metric.ErrorRate.IsAbove(0.10)).RollBackWhen(Metric.ErrorRate.IsAbove(0.9))) { Notifier = notifier };
        watched.Deploy("1.1.0");
        return watched;
    }

    private sealed class Teller(List<Notice> told, int fails = 0) : INotifier
    {
        private int _left = fails;

        public Task NotifyAsync(Notice notice, CancellationToken cancellationToken)
        {
            if (_left-- > 0)
            {
                throw new IOException("no route");
            }

            told.Add(notice);
            return Task.CompletedTask;
        }
    }
}
