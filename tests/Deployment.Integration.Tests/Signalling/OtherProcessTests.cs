using Deployment.Integration.Tests.Deployer;
using Deployment.Integration.Tests.Support;
using Deployment.Store;

namespace Deployment.Integration.Tests.Signalling;

/// <summary>A deployer waits for a Go/No-Go before traffic, and another process decides.</summary>
[Category("Local")]
public sealed class OtherProcessTests
{
    [Test]
    public async Task Approve_FromAnotherProcess_LetsTheDeployerGoOn()
    {
        await using LiveWorld world = await LiveWorld.OpenAsync();

        (RunAnswer run, string version) = await DecideAsync(world, "approve");

        run.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        IReadOnlyList<JournalEntry> entries = await world.EntriesOfAsync(run.RunId!);
        entries.Should().ContainSingle(entry => entry.Kind == JournalEntryKind.ApprovalGiven);
        (await world.ObserveAsync()).Live()!.Version.Should().Be(version);
    }

    [Test]
    public async Task Abort_FromAnotherProcess_EndsTheWaitAndRollsBack()
    {
        await using LiveWorld world = await LiveWorld.OpenAsync();

        (RunAnswer run, _) = await DecideAsync(world, "abort");

        run.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        run.Reason.Should().Contain("Not today.");
        IReadOnlyList<JournalEntry> entries = await world.EntriesOfAsync(run.RunId!);
        entries.Should().NotContain(entry => entry.Kind == JournalEntryKind.ApprovalGiven);
        world.Files.NotesOf(run.RunId!).Should().NotContain(effect => effect.Verb == "mark", "nothing after the wait was begun");
        (await world.ObserveAsync()).Revisions.Should().ContainSingle().Which.Id.Version.Should().Be(world.Live);
    }

    private static async Task<(RunAnswer Run, string Version)> DecideAsync(LiveWorld world, string signal)
    {
        string version = world.NextVersion();
        world.Users.Allow(world.Live, version);
        using DeployerProcess deployer = DeployerProcess.Start(world.Calm with { Do = "deploy", Version = version, Approval = true });
        await Wait.UntilAsync(async () => await world.RunOfAsync(version) is { } run && (await world.EntriesOfAsync(run.Id)).Any(entry => entry.Kind == JournalEntryKind.ApprovalRequested), "the deployer waits");
        string runId = (await world.RunOfAsync(version))!.Id;
        (await world.ObserveAsync()).Live()!.Version.Should().Be(world.Live, "nothing goes on before the decision");
        deployer.HasExited.Should().BeFalse();

        DeployerEnd person = await DeployerProcess.RunAsync(world.Calm with { Do = "signal", Run = runId, Signal = signal });
        person.Answer!.Error.Should().BeNull();

        DeployerEnd end = await deployer.EndAsync();
        (await world.EndUsersAsync()).Should().BeEmpty();
        return (end.Answer!.Runs.Should().ContainSingle().Subject, version);
    }
}
