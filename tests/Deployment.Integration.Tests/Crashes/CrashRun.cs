using Deployment.Integration.Tests.Deployer;
using Deployment.Integration.Tests.Support;
using Deployment.Reports;
using Deployment.Store;

namespace Deployment.Integration.Tests.Crashes;

/// <summary>One deployment whose processes are killed at given points, until one lives to the end.</summary>
internal sealed class CrashRun(LiveWorld world, bool fails)
{
    private const int Tries = 8;

    // Who takes over waits so long, and must beat within it on a busy machine.
    private const int TakersTerm = 1000;

    /// <summary>Where processes died, in order.</summary>
    internal List<string> Deaths { get; } = [];

    /// <summary>The points of the process that lived where it was to die, if one did.</summary>
    internal IReadOnlyList<string> Points { get; private set; } = [];

    /// <summary>Whether a process lost its lease before its point, because the machine stood still for longer than the term.</summary>
    internal bool LostLease { get; private set; }

    /// <summary>How many of the points lay in a process's life; fewer than were asked for means that one outlived its point.</summary>
    internal async Task<int> RunAsync(params int[] points)
    {
        string before = world.Live;
        string version = world.NextVersion();
        world.Users.Allow(before, version);
        DeployerOptions options = world.Calm with { Do = "deploy", Version = version, Fails = fails };
        foreach (int point in points)
        {
            if (!await DiesAsync(options with { DieAt = point }))
            {
                break;
            }

            options = options with { Do = "resume", LeaseMilliseconds = TakersTerm };
        }

        string because = "died " + string.Join(", then ", Deaths);
        if (await world.RunOfAsync(version) is null)
        {
            await CheckNothingHappenedAsync(before, version, because);
            return Deaths.Count;
        }

        await FinishAsync(options with { Do = "resume", LeaseMilliseconds = TakersTerm }, version, because);
        DeploymentOutcome expected = fails ? DeploymentOutcome.RolledBack : DeploymentOutcome.Succeeded;
        await Truth.CheckAsync(world, version, before, expected, because);
        world.Settle(fails ? before : version);
        await RetireAsync();
        return Deaths.Count;
    }

    /// <summary>Whether the process died at its point. One that lives ends the run, or loses its lease where the machine stood still.</summary>
    private async Task<bool> DiesAsync(DeployerOptions options)
    {
        File.Delete(world.Files.Death);
        using DeployerProcess process = DeployerProcess.Start(options);
        DeployerEnd end = await EndAsync(process, options.Version);
        if (!end.WasKilled)
        {
            end.Answer!.ErrorType.Should().BeOneOf([null, nameof(LeaseLostException)], end.Answer.Error);
            LostLease = end.Answer.ErrorType is not null;
            Points = end.Answer.Points;
            return false;
        }

        Deaths.Add(await File.ReadAllTextAsync(world.Files.Death));
        return true;
    }

    private async Task FinishAsync(DeployerOptions options, string version, string because)
    {
        for (int number = 1; (await world.RunOfAsync(version))!.State != RunState.Ended; number++)
        {
            number.Should().BeLessThan(Tries, "{0}: somebody must finish it", because);
            using DeployerProcess process = DeployerProcess.Start(options);
            DeployerEnd end = await EndAsync(process, version);
            end.Answer!.ErrorType.Should().BeOneOf([null, nameof(LeaseLostException)], "{0}: {1}", because, end.Answer.Error);
        }
    }

    /// <summary>Waits for a process's end, and decides for it where a run is held: an announcement is in doubt, so a person looks whether it was made.</summary>
    private async Task<DeployerEnd> EndAsync(DeployerProcess process, string version)
    {
        Task<DeployerEnd> ending = process.EndAsync();
        while (!ending.IsCompleted)
        {
            await Task.WhenAny(ending, Task.Delay(50));
            if (!ending.IsCompleted && await world.RunOfAsync(version) is { State: RunState.Held } held)
            {
                await world.Store.PostSignalAsync(
                    held.Id,
                    world.Files.AnnouncementsOf(held.Id) > 0 ? Signal.Promote("ada") : Signal.Resume("ada"),
                    CancellationToken.None);
                await Task.WhenAny(ending, Task.Delay(200));
            }
        }

        return await ending;
    }

    private async Task CheckNothingHappenedAsync(string before, string version, string because)
    {
        Deaths.Should().NotBeEmpty("a deployer that lives leaves a run");
        (await world.ObserveAsync()).Live()!.Version.Should().Be(before, because);
        (await world.ObserveAsync()).Revisions.Should().NotContain(revision => revision.Id.Version == version, because);
        (await world.Store.ListClaimsAsync(CancellationToken.None)).Should().BeEmpty(because);
        world.Settle(before);
    }

    /// <summary>Back to the start: one revision stands, which serves.</summary>
    private async Task RetireAsync()
    {
        foreach (DeploymentResult result in await world.Pipeline.CompleteAsync())
        {
            result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        }

        (await world.ObserveAsync()).Revisions.Should().ContainSingle().Which.Id.Version.Should().Be(world.Live);
    }
}
