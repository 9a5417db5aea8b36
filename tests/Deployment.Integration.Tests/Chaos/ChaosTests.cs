using Deployment.Integration.Tests.Support;
using Deployment.Providers.Local;

namespace Deployment.Integration.Tests.Chaos;

/// <summary>Router, supervisor, instances and deployers are killed at random while users ask and releases are deployed.</summary>
public sealed class ChaosTests
{
    private const int Instances = 2;

    [Test]
    [Category("Local")]
    public Task Killed_ForAMinute_UsersNoticeOnlyWhatWasUnderWay() => RunAsync(TimeSpan.FromMinutes(1), seed: 4711);

    [Test]
    [Category("Soak")]
    public Task Killed_ForTenMinutes_UsersNoticeOnlyWhatWasUnderWay([Values(1, 2)] int seed) => RunAsync(TimeSpan.FromMinutes(5), seed);

    // The negative control: without a second instance users notice more than what was under way.
    [Test]
    [Category("Local")]
    public async Task InstanceKilled_ThereIsNoOther_UsersNotice()
    {
        await using LiveWorld world = await LiveWorld.OpenAsync(instances: 1);
        await Wait.UntilAsync(() => world.Users.Answers > 10, "users are answered");
        int process = (await world.Host.StatusAsync(CancellationToken.None)).Single().ProcessId!.Value;

        using (var instance = System.Diagnostics.Process.GetProcessById(process))
        {
            instance.Kill();
        }

        await Wait.UntilAsync(() => world.Users.Failures.Count > RequestLoop.Users, "more requests fail than were under way");
    }

    // The negative control: without a supervisor nobody has the listening socket but the router that is killed.
    [Test]
    [Category("Local")]
    public async Task RouterKilled_ThereIsNoSupervisor_ConnectionsAreRefused()
    {
        await using LiveWorld world = await LiveWorld.OpenAsync(Instances);
        await Wait.UntilAsync(() => world.Users.Answers > 10, "users are answered");
        foreach (string program in (string[])["supervisor\0", "router\0"])
        {
            using var process = System.Diagnostics.Process.GetProcessById(Leftovers.Processes(world.Files.Local).Single(found => found.Line.Contains(program, StringComparison.Ordinal)).Id);
            process.Kill();
            await Wait.UntilAsync(() => Leftovers.Processes(world.Files.Local).All(found => !found.Line.Contains(program, StringComparison.Ordinal)), "it is gone");
        }

        await Wait.UntilAsync(() => world.Users.Failures.Any(ChaosRun.IsRefusal), "connections are refused");
        await world.Host.StartAsync(CancellationToken.None);
        long answers = world.Users.Answers;
        await Wait.UntilAsync(() => world.Users.Answers > answers + 10, "users are answered again");
    }

    private static async Task RunAsync(TimeSpan length, int seed)
    {
        await using LiveWorld world = await LiveWorld.OpenAsync(Instances);
        var run = new ChaosRun(world, new Random(seed));
        long begin = TimeProvider.System.GetTimestamp();
        int rounds = 0;
        while (TimeProvider.System.GetElapsedTime(begin) < length || rounds < Enum.GetValues<Victim>().Length)
        {
            // In turn, so that all have theirs however slow the machine is.
            await run.RoundAsync((Victim)(rounds++ % Enum.GetValues<Victim>().Length));
        }

        long answers = world.Users.Answers;
        await world.EndUsersAsync();
        IReadOnlyList<LocalInstance> last = await world.Host.StatusAsync(CancellationToken.None);
        await world.Host.StopAsync(CancellationToken.None);
        TestContext.Out.WriteLine(
            $"Seed {seed}: {answers} requests answered, {run.BrokenOff} broken off with the process that had them; "
            + $"killed: {string.Join(", ", run.Kills.Select(kill => $"{kill.Key} {kill.Value}"))}; runs: {string.Join(", ", run.Outcomes.Select(outcome => $"{outcome.Key} {outcome.Value}"))}.");
        run.Kills.Values.Should().OnlyContain(kills => kills > 0);
        await NothingIsLeftAsync(world, last);
    }

    private static async Task NothingIsLeftAsync(LiveWorld world, IReadOnlyList<LocalInstance> last)
    {
        Leftovers.Processes(world.Files.Local).Should().BeEmpty();
        Leftovers.Files(world.Files.Local).Should().BeEmpty();
        foreach (int port in last.Select(instance => instance.Port!.Value).Append(world.Options.Port))
        {
            (await Leftovers.ListensAsync(port)).Should().BeFalse("nobody listens on {0}", port);
        }
    }
}
