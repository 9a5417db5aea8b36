using Deployment.Integration.Tests.Deployer;
using Deployment.Integration.Tests.Support;
using Deployment.Store;

namespace Deployment.Integration.Tests.Builds;

/// <summary>A half-done run is found by a newer build of the host, whose pipeline has one step more.</summary>
[Category("Local")]
public sealed class NextBuildTests
{
    [TestCase("before the effect 'install'")]
    [TestCase("after the effect 'install'")]
    [TestCase("after the effect 'route'")]
    [TestCase("after the effect 'mark'")]
    public async Task Resume_ByTheNextBuild_RefusesToGoForwardAndRollsBack(string where)
    {
        await using LiveWorld world = await LiveWorld.OpenAsync();
        string version = world.NextVersion();
        world.Users.Allow(world.Live, version);
        await DieAsync(world, version, where);

        DeployerEnd end = await DeployerProcess.RunAsync(world.Options with { Do = "resume" }, next: true);

        RunAnswer run = end.Answer!.Runs.Should().ContainSingle().Subject;
        run.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        run.Reason.Should().Contain("another build");
        IReadOnlyList<JournalEntry> entries = await world.EntriesOfAsync(run.RunId!);
        entries.SkipWhile(entry => entry.Kind != JournalEntryKind.RunResumed).ElementAt(1).Kind.Should().Be(JournalEntryKind.RollbackStarted, "not one step forward");
        world.Files.NotesOf(run.RunId!).Should().NotContain(effect => effect.Verb == "next");
        (await world.ObserveAsync()).Revisions.Should().ContainSingle().Which.Id.Version.Should().Be(world.Live);
        (await world.ObserveAsync()).Live()!.Version.Should().Be(world.Live);
        (await world.EndUsersAsync()).Should().BeEmpty();
    }

    // The control: the same build goes forward from the same place.
    [Test]
    public async Task Resume_ByTheSameBuild_GoesForward()
    {
        await using LiveWorld world = await LiveWorld.OpenAsync();
        string version = world.NextVersion();
        world.Users.Allow(world.Live, version);
        await DieAsync(world, version, "after the effect 'install'");

        DeployerEnd end = await DeployerProcess.RunAsync(world.Options with { Do = "resume" });

        end.Answer!.Runs.Should().ContainSingle().Which.Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    private static async Task DieAsync(LiveWorld world, string version, string where)
    {
        DeployerEnd end = await DeployerProcess.RunAsync(world.Options with { Do = "deploy", Version = version, DieWhere = where });
        end.WasKilled.Should().BeTrue();
        (await File.ReadAllTextAsync(world.Files.Death)).Should().StartWith(where);
    }
}
