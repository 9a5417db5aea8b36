using Deployment.Integration.Tests.Deployer;
using Deployment.Integration.Tests.Support;
using Deployment.Releases;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Integration.Tests.Disks;

/// <summary>The disk of the store is full, or can only be read.</summary>
[Category("Local")]
public sealed class FullDiskTests
{
    [Test]
    public async Task Deploy_DiskIsReadOnly_SaysSoOnceAndChangesNothing() => await RefusedAsync(
        disk => disk.MakeReadOnly(),
        disk => disk.MakeWritable(),
        "*Read-only file system*");

    [Test]
    public async Task Deploy_DiskIsFull_SaysSoOnceAndChangesNothing() => await RefusedAsync(
        disk => FullDisk.Fill(disk.Folder),
        disk => FullDisk.Free(disk.Folder),
        "*No space left on device*");

    [Test]
    public async Task Deploy_DiskFillsUpAtAnyTime_IsFinishedTruthfullyOnceThereIsSpace()
    {
        using SmallDisk disk = SmallDisk.Mount();
        await using LiveWorld world = await LiveWorld.OpenAsync();
        DeployerOptions options = Moved(world.Options, disk);
        string live = await DeployAsync(world, options);
        int failed = 0;
        foreach (int point in new[] { 3, 7, 10, 14, 17, 20, 26, 33, 40 })
        {
            string version = world.NextVersion();
            world.Users.Allow(live, version);
            DeployerEnd end = await DeployerProcess.RunAsync(options with { Do = "deploy", Version = version, FillAt = point });
            FullDisk.Free(disk.Folder);
            if (end.Answer!.Error is { } error)
            {
                error.Should().Contain("No space left on device").And.Contain(disk.Folder);
                failed++;
            }

            DeployerEnd resumed = await DeployerProcess.RunAsync(options with { Do = "resume" });
            resumed.Answer!.Error.Should().BeNull();
            RunRecord? run = (await Composition.Store(options).ListRunsAsync(default)).LastOrDefault(run => run.Version == version);
            live = run is { Outcome: DeploymentOutcome.Succeeded } ? version : live;
            run?.State.Should().Be(RunState.Ended);
            run?.Outcome.Should().BeOneOf(DeploymentOutcome.Succeeded, DeploymentOutcome.RolledBack, DeploymentOutcome.Rejected);
            (await world.ObserveAsync()).Live()!.Version.Should().Be(live, $"filled at point {point}: {run?.Outcome} {run?.Reason}");
            world.Settle(live);
        }

        failed.Should().BeGreaterThan(4);
        (await world.EndUsersAsync()).Should().BeEmpty();
    }

    private static async Task RefusedAsync(Action<SmallDisk> harm, Action<SmallDisk> mend, string message)
    {
        using SmallDisk disk = SmallDisk.Mount();
        await using LiveWorld world = await LiveWorld.OpenAsync();
        DeployerOptions options = Moved(world.Options, disk);
        string live = await DeployAsync(world, options);
        IReadOnlyList<RevisionId> stood = await StandingAsync(world);
        harm(disk);

        DeployerEnd end = await DeployerProcess.RunAsync(options with { Do = "deploy", Version = world.NextVersion() });

        end.Answer!.Error.Should().Match(message).And.Contain(disk.Folder);
        end.Answer.Error!.Split('\n').Should().ContainSingle("it is one sentence and no stack");
        mend(disk);
        (await StandingAsync(world)).Should().Equal(stood);
        (await world.ObserveAsync()).Live()!.Version.Should().Be(live);
        (await Composition.Store(options).ListRunsAsync(default)).Should().OnlyContain(run => run.State == RunState.Ended || run.State == RunState.Scheduled);
        await DeployAsync(world, options);
        (await world.EndUsersAsync()).Should().BeEmpty();
    }

    /// <summary>The world's store, with what it knows of the first deployment, on the disk: one state folder belongs to one store.</summary>
    private static DeployerOptions Moved(DeployerOptions options, SmallDisk disk)
    {
        string store = new WorldFiles(options.World).Store;
        foreach (string file in Directory.GetFiles(store, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(disk.Folder, Path.GetRelativePath(store, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return options with { Store = disk.Folder };
    }

    private static async Task<string> DeployAsync(LiveWorld world, DeployerOptions options)
    {
        string version = world.NextVersion();
        world.Users.Allow(world.Live, version);
        DeployerEnd end = await DeployerProcess.RunAsync(options with { Do = "deploy", Version = version });
        end.Answer!.Runs.Should().ContainSingle().Which.Outcome.Should().Be(DeploymentOutcome.Succeeded, end.Answer.Error);
        world.Settle(version);
        return version;
    }

    private static async Task<IReadOnlyList<RevisionId>> StandingAsync(LiveWorld world) => [.. (await world.ObserveAsync()).Revisions.Select(revision => revision.Id)];
}
