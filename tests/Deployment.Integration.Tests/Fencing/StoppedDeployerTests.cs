using Deployment.Integration.Tests.Deployer;
using Deployment.Integration.Tests.Support;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Integration.Tests.Fencing;

/// <summary>A deployer is stopped (SIGSTOP) in the middle of an effect, another one takes its run over, and then the first goes on (SIGCONT).</summary>
[Category("Local")]
public sealed class StoppedDeployerTests
{
    [Test]
    public async Task Stopped_RunIsAbortedByAnother_TheLateInstallIsRefused()
    {
        await using LiveWorld world = await LiveWorld.OpenAsync();

        Late late = await LateInstallAsync(world, unfenced: false);

        late.Text.Should().StartWith($"Epoch {late.OldEpoch} of shop is over: a run with epoch {late.NewEpoch} has taken over.");
        late.Answer.ErrorType.Should().Be(nameof(LeaseLostException));
        CheckNothingCommitted(late);
        (await world.ObserveAsync()).Revisions.Should().ContainSingle().Which.Id.Version.Should().Be(world.Live);
        (await world.EndUsersAsync()).Should().BeEmpty();
    }

    // The negative control: the same late effect with the newest epoch, as if nobody compared.
    [Test]
    public async Task Stopped_TargetWithoutTheCheck_TheLateInstallLands()
    {
        await using LiveWorld world = await LiveWorld.OpenAsync();

        Late late = await LateInstallAsync(world, unfenced: true);

        late.Text.Should().Be("landed");
        CheckNothingCommitted(late);
        (await world.ObserveAsync()).Revisions.Should().HaveCount(2, "the release that was rolled back stands again");
    }

    [Test]
    public async Task Stopped_RunIsFinishedAndRolledBackByOthers_TheLateSwitchIsRefused()
    {
        await using LiveWorld world = await LiveWorld.OpenAsync();

        Late late = await LateSwitchAsync(world, unfenced: false);

        late.Text.Should().StartWith($"Epoch {late.OldEpoch} of shop is over:");
        late.Answer.ErrorType.Should().Be(nameof(LeaseLostException));
        CheckNothingCommitted(late);
        (await world.ObserveAsync()).Live()!.Version.Should().Be(world.Live);
        (await world.EndUsersAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task Stopped_TargetWithoutTheCheck_TheLateSwitchLands()
    {
        await using LiveWorld world = await LiveWorld.OpenAsync();

        Late late = await LateSwitchAsync(world, unfenced: true);

        late.Text.Should().Be("landed");
        (await world.ObserveAsync()).Live()!.Version.Should().NotBe(world.Live, "users have the release back that was rolled back");
    }

    private static void CheckNothingCommitted(Late late)
    {
        late.EntriesAfter.Should().BeEquivalentTo(late.EntriesBefore, "who lost the lease records nothing more");
        late.EntriesAfter.SkipWhile(entry => entry.Epoch == late.OldEpoch).Should().NotBeEmpty().And.OnlyContain(entry => entry.Epoch == late.NewEpoch);
    }

    private static Task<Late> LateInstallAsync(LiveWorld world, bool unfenced) => LateAsync(world, "install", unfenced, async runId =>
    {
        await world.Pipeline.SignalAsync(runId, Signal.Abort("ada"));
        DeployerEnd taker = await DeployerProcess.RunAsync(world.Options with { Do = "resume" });
        taker.Answer!.Runs.Should().ContainSingle().Which.Outcome.Should().Be(DeploymentOutcome.RolledBack);
    });

    private static Task<Late> LateSwitchAsync(LiveWorld world, bool unfenced) => LateAsync(world, "route", unfenced, async _ =>
    {
        DeployerEnd taker = await DeployerProcess.RunAsync(world.Options with { Do = "resume" });
        taker.Answer!.Runs.Should().ContainSingle().Which.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        DeployerEnd back = await DeployerProcess.RunAsync(world.Options with { Do = "roll-back" });
        back.Answer!.Runs.Should().ContainSingle().Which.Outcome.Should().Be(DeploymentOutcome.Succeeded, back.Answer.Error);
    });

    private static async Task<Late> LateAsync(LiveWorld world, string verb, bool unfenced, Func<string, Task> meanwhile)
    {
        string version = world.NextVersion();
        world.Users.Allow(world.Live, version);
        using DeployerProcess sleeper = DeployerProcess.Start(world.Options with { Do = "deploy", Version = version, StopIn = verb, Unfenced = unfenced });
        await Wait.UntilAsync(() => File.Exists(world.Files.Stopped) && StateOf(sleeper.Id) == 'T', "the deployer stops");
        string runId = (await world.RunOfAsync(version))!.Id;
        long old = (await world.Store.ReadLeaseAsync(runId, CancellationToken.None))!.Epoch;
        await meanwhile(runId);
        IReadOnlyList<JournalEntry> before = await world.EntriesOfAsync(runId);

        Signals.ContinueOther(sleeper.Id);
        DeployerEnd end = await sleeper.EndAsync();

        return new Late(
            await File.ReadAllTextAsync(world.Files.Late),
            end.Answer!,
            old,
            world.EpochOfSupervisor() is var seen && verb == "route" ? before[^1].Epoch : seen,
            before,
            await world.EntriesOfAsync(runId));
    }

    private static char StateOf(int processId)
    {
        string stat = File.ReadAllText($"/proc/{processId}/stat");
        return stat[stat.LastIndexOf(')') + 2];
    }

    /// <param name="Text">What became of the late effect.</param>
    /// <param name="Answer">What the first deployer said in the end.</param>
    /// <param name="OldEpoch">The first deployer's epoch.</param>
    /// <param name="NewEpoch">The epoch of who took the run over.</param>
    /// <param name="EntriesBefore">The run's journal before the first deployer went on.</param>
    /// <param name="EntriesAfter">The run's journal after its end.</param>
    private sealed record Late(string Text, Answer Answer, long OldEpoch, long NewEpoch, IReadOnlyList<JournalEntry> EntriesBefore, IReadOnlyList<JournalEntry> EntriesAfter);
}
