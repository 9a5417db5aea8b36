using System.Globalization;
using Deployment.Integration.Tests.Deployer;
using Deployment.Integration.Tests.Support;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Integration.Tests.Crashes;

/// <summary>A deployer waits for an approval and is killed: others see that it ran and that it no longer does, and bring its run to an end.</summary>
[Category("Local")]
public sealed class DeadDriverTests
{
    [Test]
    public async Task Kill_DeployerThatWaits_IsSeenByOthersWhoApproveAndGoOn()
    {
        await using LiveWorld world = await LiveWorld.OpenAsync();
        string version = world.NextVersion();
        world.Users.Allow(world.Live, version);
        int deployerId;
        string runId;
        using (DeployerProcess deployer = DeployerProcess.Start(world.Calm with { Do = "deploy", Version = version, Approval = true }))
        {
            await Wait.UntilAsync(async () => await world.RunOfAsync(version) is { } run && (await world.EntriesOfAsync(run.Id)).Any(entry => entry.Kind == JournalEntryKind.ApprovalRequested), "the deployer waits");
            runId = (await world.RunOfAsync(version))!.Id;
            deployerId = deployer.Id;
            Driver alive = (await world.Pipeline.StatusAsync()).Drivers[runId];
            alive.Life.Should().Be(DriverLife.Runs);
            alive.Name.Should().StartWith(string.Create(CultureInfo.InvariantCulture, $"process {deployerId} on "));
        }

        (await world.Pipeline.StatusAsync()).Drivers[runId].Life.Should().Be(DriverLife.Ended, "disposing killed it");
        DeployerEnd other = await DeployerProcess.RunAsync(world.Calm with { Do = "deploy", Version = world.NextVersion() });
        other.Answer!.ErrorType.Should().Be(nameof(TargetClaimedException));
        other.Answer.Error.Should().Contain($"process {deployerId} on ").And.Contain("which no longer runs; last sign of life ").And.Contain($"ResumeAsync(\"{runId}\")");

        Runbook read = await world.Pipeline.ReadRunbookAsync(runId);
        await world.Pipeline.SignalAsync(runId, Signal.Approve("ada", read.Hash));
        DeployerEnd next = await DeployerProcess.RunAsync(world.Options with { Do = "resume", Approval = true, LeaseMilliseconds = 1000 });

        next.Answer!.Error.Should().BeNull();
        next.Answer.Runs.Should().ContainSingle().Which.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        (await world.ObserveAsync()).Live()!.Version.Should().Be(version);
        (await world.Pipeline.StatusAsync()).OpenRuns.Should().BeEmpty();
        (await world.EndUsersAsync()).Should().BeEmpty();
    }
}
