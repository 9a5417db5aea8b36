using Deployment.Analysis;
using Deployment.Store;

namespace Deployment.Tests.Analysis;

/// <summary>What people find after a deployment has succeeded.</summary>
[Category("Unit")]
public sealed class ExtendedWatchReportTests
{
    [TestCase(IncidentKind.SecurityExposure)]
    [TestCase(IncidentKind.DataCorruption)]
    [TestCase(IncidentKind.CriticalFunctionBroken)]
    public void Report_WhileItIsWatchedOn_TheDeploymentGoesBack(IncidentKind incident)
    {
        var watched = new WatchedTargets(2);
        string deployment = watched.Deploy("1.1.0").RunId;

        Report(watched, deployment, incident);

        DeploymentResult back = watched.CompleteAfter(TimeSpan.FromSeconds(1)).Should().ContainSingle().Subject;
        back.RunId.Should().Be(deployment + "-watch-back");
        back.Outcome.Should().Be(DeploymentOutcome.Succeeded, back.Reason);
        watched.Live.Should().Be("shop_1.0.0_1=100, shop_1.0.0_1=100");
        string reason = $"{incident} reported by ada: orders 4711 to 4718";
        watched.Runs(RunKind.RollBack).Single().Reason.Should().Be(reason);
        back.Runbook.Reason.Should().Be(reason);
        back.Log.Entries[0].Text.Should().EndWith($", because: {reason}");
        watched.Runs(RunKind.Watch).Should().OnlyContain(run => run.State == RunState.Ended, "what is gone is watched no longer");
    }

    [Test]
    public void Report_Twice_TheSecondIsToldThatItGoesBackAlready()
    {
        var watched = new WatchedTargets(1);
        string deployment = watched.Deploy("1.1.0").RunId;
        Report(watched, deployment, IncidentKind.DataCorruption);

        FluentActions.Invoking(() => Report(watched, deployment, IncidentKind.DataCorruption)).Should().Throw<DeploymentException>()
            .WithMessage($"*run {deployment}-watch-back goes back from it already: DataCorruption reported by ada*");
    }

    [Test]
    public void Report_TheWatchIsOver_IsRefusedAndSaysWhatToDo()
    {
        var watched = new WatchedTargets(1);
        string deployment = watched.Deploy("1.1.0").RunId;
        for (int look = 1; look <= 6; look++)
        {
            watched.CompleteAfter(WatchedTargets.Interval);
        }

        FluentActions.Invoking(() => Report(watched, deployment, IncidentKind.DataCorruption)).Should().Throw<DeploymentException>()
            .WithMessage($"Run {deployment} has ended (Succeeded) and is not watched on*go back by RollBackAsync, or deploy*");
        watched.CompleteAfter(TimeSpan.FromMinutes(1)).Should().BeEmpty();
    }

    [Test]
    public void Report_ANewerReleaseIsLive_IsRefused()
    {
        var watched = new WatchedTargets(1);
        string deployment = watched.Deploy("1.1.0").RunId;
        watched.Time.Clock.Advance(TimeSpan.FromMinutes(1));
        watched.Deploy("1.2.0");

        FluentActions.Invoking(() => Report(watched, deployment, IncidentKind.DataCorruption)).Should().Throw<DeploymentException>().WithMessage("*is not watched on*");
    }

    [Test]
    public void Report_WhatWouldOnlyPause_IsRefused()
    {
        var watched = new WatchedTargets(1);
        string deployment = watched.Deploy("1.1.0").RunId;

        FluentActions.Invoking(() => Report(watched, deployment, IncidentKind.Other)).Should().Throw<DeploymentException>().WithMessage("*nothing that Other could pause*");
    }

    /// <summary>What has gone is nobody's question any more.</summary>
    [Test]
    public void Report_WhileALookIsHeld_GoesBackAndEndsTheHold()
    {
        var watched = new WatchedTargets(1, monitor => monitor.InvestigateWhen(Metric.ErrorRate.IsAbove(0.10)));
        string deployment = watched.Deploy("1.1.0").RunId;
        watched.Bad.Add("web-1");
        watched.Time.Clock.Advance(WatchedTargets.Interval);

        IReadOnlyList<DeploymentResult> looked = watched.Time.Run(async () =>
        {
            Task<IReadOnlyList<DeploymentResult>> completing = watched.Pipeline().CompleteAsync();
            await Task.Delay(TimeSpan.FromMinutes(5), watched.Time.Clock);
            watched.Runs(RunKind.Watch).Should().ContainSingle().Which.State.Should().Be(RunState.Held);
            await watched.Pipeline().ReportAsync(deployment, IncidentKind.DataCorruption, "ada", "orders 4711 to 4718");
            (await watched.Pipeline().CompleteAsync()).Should().ContainSingle().Which.RunId.Should().Be(deployment + "-watch-back");
            return await completing;
        });

        looked.Should().ContainSingle().Which.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        watched.Live.Should().Be("shop_1.0.0_1=100");
        watched.CompleteAfter(WatchedTargets.Interval).SelectMany(result => result.Runbook.Steps).Should().BeEmpty();
        watched.CompleteAfter(WatchedTargets.Interval).Should().BeEmpty();
    }

    private static void Report(WatchedTargets watched, string run, IncidentKind incident) =>
        watched.Time.Run(() => watched.Pipeline().ReportAsync(run, incident, "ada", "orders 4711 to 4718"));
}
