using Deployment.Analysis;
using Deployment.Notifications;
using Deployment.Store;

namespace Deployment.Tests.Analysis;

[Category("Unit")]
public sealed class FieldCriteriaTests
{
    [TestCase(0, 0.1, "", DeploymentOutcome.Succeeded)]
    [TestCase(0.15, 0.1, "error rate is above 10%", DeploymentOutcome.RolledBack)]
    [TestCase(0, 0.25, "latency p95 is more than 50% above the baseline", DeploymentOutcome.RolledBack)]
    public void Deploy_ByTheCriteriaOfTheField(double errors, double latency, string reason, DeploymentOutcome outcome)
    {
        var watched = new Watched(monitor => monitor.UseFieldCriteria())
        {
            Errors = version => version == "1.1.0" ? errors : 0,
            Latency = version => version == "1.1.0" ? latency : 0.1,
        };

        DeploymentResult result = watched.Deploy();

        result.Outcome.Should().Be(outcome, result.Reason);
        (result.Reason ?? "").Should().Match($"*{reason}*");
    }

    [Test]
    public void Deploy_AFifthSlower_IsHeldForAPerson()
    {
        var watched = new Watched(monitor => monitor.UseFieldCriteria());
        double[] bounds = [0.09, 0.1, 0.12, 0.13, 1];
        watched.Source.Samples(Metric.LatencyP95, (subject, from, until) => until > from
            ? [MetricSample.Distribution(from, until, new MetricHistogram([.. bounds], subject.Revision.Version == "1.1.0" ? [0, 0, 0, 100, 0, 0] : [0, 100, 0, 0, 0, 0]))]
            : []);

        DeploymentResult result = During(watched, Signal.Promote("ada"), TimeSpan.FromMinutes(20));

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        result.Log.Entries.Should().ContainSingle(entry => entry.Kind == JournalEntryKind.Held).Which.Text.Should().StartWith("latency p95 is more than 20% above the baseline");
    }

    [Test]
    public void Deploy_Alerts_AreNotedAndGoOn()
    {
        Metric lost = Metric.Increase("payments lost");
        var watched = new Watched(monitor => monitor.UseFieldCriteria(criteria => criteria.CriticalErrors.Add(lost))) { Errors = version => version == "1.1.0" ? 0.08 : 0 };
        watched.Source.Level(Metric.Cpu, (_, _) => 0.9).Level(Metric.Memory, (_, _) => 0.86)
            .Samples(lost, (_, from, until) => until > from ? [MetricSample.Counted(from, until, 1)] : []);

        DeploymentResult result = watched.Deploy();

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        result.Log.Entries.Where(entry => entry.Kind == JournalEntryKind.CheckNoted).Select(entry => entry.Text![..entry.Text!.IndexOf(':', StringComparison.Ordinal)]).Should().BeEquivalentTo(
            "payments lost is above 0 within 1 min",
            "CPU is above 80% within 1 min",
            "memory is above 85% within 1 min",
            "error rate is more than 5 percentage points above the baseline within 1 min by 3 standard errors, judged from 50 samples on");
    }

    [Test]
    public void Deploy_Alerts_AreToldToTheRollbackOwnerOnceARun()
    {
        List<Notice> told = [];
        var watched = new Watched(monitor => monitor.UseFieldCriteria(), strategy: pipeline => pipeline.Notify(new Teller(told)).Role("rollback owner", "ada")
            .UseCanary(canary => (canary.Steps, canary.BakeTime) = ([10, 50, 100], TimeSpan.FromMinutes(2)))) { Errors = version => version == "1.1.0" ? 0.08 : 0 };
        watched.Source.Level(Metric.Memory, (_, _) => 0.86);

        DeploymentResult result = watched.Deploy();

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        result.Log.Entries.Count(entry => entry.Kind == JournalEntryKind.CheckNoted).Should().BeGreaterThan(2, "each watch notes them");
        told.Select(notice => (notice.Role, notice.Person, notice.Title)).Should().AllBeEquivalentTo(("rollback owner", "ada", "shop 1.1.0 in production has an alert: Bake at 10%"));
        told.Select(notice => notice.Text).Should().HaveCount(2)
            .And.ContainMatch("error rate is more than 5 percentage points above the baseline within 1 min by 3 standard errors*; the baseline's is 0%*. It goes on: nobody has to decide. Abort the run to go back.")
            .And.ContainMatch("memory is above 85% within 1 min: memory is 86%; the limit is 85%. It goes on: nobody has to decide. Abort the run to go back.");
        result.Log.Entries.Where(entry => entry.Kind == JournalEntryKind.Notified).Select(entry => entry.Text).Should().Equal("ada (rollback owner) was told.", "ada (rollback owner) was told.");
    }

    [Test]
    public void Deploy_AnAlertCannotBeTold_IsJournaledAndTheWatchGoesOn([Values] bool hangs)
    {
        var watched = new Watched(monitor => monitor.UseFieldCriteria(), strategy: pipeline => pipeline.UseBlueGreen()
            .Notify(new Teller([], token => hangs ? Task.Delay(Timeout.Infinite, token) : throw new IOException("no route")))) { Errors = version => version == "1.1.0" ? 0.08 : 0 };

        DeploymentResult result = watched.Deploy();

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        result.Log.Entries.Where(entry => entry.Kind == JournalEntryKind.Notified).Select(entry => entry.Text).Should().Equal(
            hangs ? "the rollback owner could not be told: the notifier did not end within 30 s" : "the rollback owner could not be told: IOException: no route");
        Watched.Took(result, JournalEntryKind.CheckStarted, JournalEntryKind.CheckPassed, "watch").Should().Be(TimeSpan.FromMinutes(5), "the watch doesn't wait for it");
    }

    [Test]
    public void Deploy_AnAlertCouldNotBeTold_IsToldByTheNextWatchThatFindsIt()
    {
        List<Notice> told = [];
        int tries = 0;
        var watched = new Watched(monitor => monitor.UseFieldCriteria(), strategy: pipeline => pipeline
            .Notify(new Teller(told, _ => ++tries == 1 ? throw new IOException("no route") : Task.CompletedTask))
            .UseCanary(canary => (canary.Steps, canary.BakeTime) = ([10, 50, 100], TimeSpan.FromMinutes(2)))) { Errors = version => version == "1.1.0" ? 0.08 : 0 };

        DeploymentResult result = watched.Deploy();

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        told.Should().ContainSingle().Which.Title.Should().Be("shop 1.1.0 in production has an alert: Bake at 50%");
        result.Log.Entries.Where(entry => entry.Kind == JournalEntryKind.Notified).Select(entry => entry.Text).Should().Equal("the rollback owner could not be told: IOException: no route", "the rollback owner was told.");
    }

    [Test]
    public void Deploy_NonCriticalErrors_AreHeldForAPerson()
    {
        Metric missing = Metric.Increase("avatars missing");
        var watched = new Watched(monitor => monitor.UseFieldCriteria(criteria => criteria.NonCriticalErrors.Add(missing)));
        watched.Source.Samples(missing, (_, from, until) => until > from ? [MetricSample.Counted(from, until, 1)] : []);

        During(watched, Signal.Abort("ada"), TimeSpan.FromMinutes(2)).Log.Entries.Should().Contain(entry => entry.Kind == JournalEntryKind.Held);
    }

    [Test]
    public void Deploy_CriteriaLeftOut_AreNotLookedFor()
    {
        var watched = new Watched(monitor => monitor.UseFieldCriteria(criteria => (criteria.ErrorRate, criteria.ErrorsToNote) = (null, null))) { Errors = _ => 1 };

        watched.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    [TestCase(IncidentKind.SecurityExposure, "SecurityExposure reported by eve: /admin is open")]
    [TestCase(IncidentKind.DataCorruption, "DataCorruption reported by eve: /admin is open")]
    [TestCase(IncidentKind.CriticalFunctionBroken, "CriticalFunctionBroken reported by eve: /admin is open")]
    public void Report_WhatCannotWait_GoesBackAtOnce(IncidentKind incident, string reason)
    {
        var watched = new Watched(monitor => monitor.UseFieldCriteria());

        DeploymentResult result = During(watched, Signal.Report("eve", incident, "/admin is open"), TimeSpan.FromMinutes(1));

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Be(reason);
        (result.Log.Entries[^1].At - result.Log.Entries[0].At).Should().BeLessThan(TimeSpan.FromSeconds(70));
    }

    [Test]
    public void Report_SomethingElse_PausesUntilAPersonResumes()
    {
        var watched = new Watched(monitor => monitor.UseFieldCriteria(), strategy: pipeline => pipeline.UseCanary(canary => canary.Steps = [10, 100]));

        DeploymentResult result = watched.World.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = watched.World.Pipeline();
            Task<DeploymentResult> deploying = pipeline.DeployAsync(Deployment.Tests.Execution.World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromMinutes(1), watched.World.Time.Clock);
            string run = watched.World.RunOf("1.1.0")!.Id;
            await pipeline.ReportAsync(run, IncidentKind.Other, "eve", "a typo");
            await Task.Delay(TimeSpan.FromHours(1), watched.World.Time.Clock);
            watched.World.RunOf("1.1.0")!.State.Should().Be(RunState.Held);
            await pipeline.SignalAsync(run, Signal.Resume("ada"));
            return await deploying;
        });

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        result.Log.Entries.Should().Contain(entry => entry.Text == "Reported by eve: a typo. The run is paused.");
    }

    [Test]
    public Task Report_NoKind_IsRefused() => FluentActions.Awaiting(() => new Watched(monitor => monitor.UseFieldCriteria()).World.Pipeline().ReportAsync("a", (IncidentKind)9, "eve", "x"))
        .Should().ThrowAsync<DeploymentException>().WithMessage("9 is no kind of incident.");

    private sealed class Teller(List<Notice> told, Func<CancellationToken, Task>? trouble = null) : INotifier
    {
        public async Task NotifyAsync(Notice notice, CancellationToken cancellationToken)
        {
            await (trouble?.Invoke(cancellationToken) ?? Task.CompletedTask);
            told.Add(notice);
        }
    }

    private static DeploymentResult During(Watched watched, Signal signal, TimeSpan after) => watched.World.Time.Run(async () =>
    {
        DeploymentPipeline pipeline = watched.World.Pipeline();
        Task<DeploymentResult> deploying = pipeline.DeployAsync(Deployment.Tests.Execution.World.Version("1.1.0"));
        await Task.Delay(after, watched.World.Time.Clock);
        await pipeline.SignalAsync(watched.World.RunOf("1.1.0")!.Id, signal);
        return await deploying;
    });
}
