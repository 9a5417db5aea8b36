using Deployment.Commands;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Supervisor;
using Deployment.Providers.Local.Tests.Support;
using Deployment.Targets;

namespace Deployment.Providers.Local.Tests;

/// <summary>Processes that die while slots are replaced, and after it.</summary>
public sealed class SlotCrashTests : SlotFixture
{
    [Test]
    [CancelAfter(60_000)]
    public async Task SupervisorKilled_WhileRequestsAreDrained_TheSlotIsAsBeforeAndTheRepeatedStepFinishes(CancellationToken cancellationToken)
    {
        await FillAsync();
        IReadOnlyDictionary<int, int> before = await ProcessesAsync();
        Task<string>[] slow = [.. Enumerable.Range(0, 3).Select(_ => Client.GetStringAsync(Public("/slow?ms=4000"), cancellationToken))];
        await UntilAsync(async () => (await Host.CountersAsync(Port, cancellationToken)).GetValueOrDefault(Id(1))?.InFlight == 3, "all are under way");
        Task replacing = RunAsync(Three.Replace(["1"], App(2)), target: Three);
        await UntilAsync(async () => await SlotsAsync() == Slots(0, 1, 1), "it waits for the request on the instance");

        await KillSupervisorAsync();

        await FluentActions.Awaiting(() => replacing).Should().ThrowAsync<DeploymentException>();
        await Host.StartAsync(cancellationToken);
        (await SlotsAsync()).Should().Be(Slots(1, 1, 1));
        (await ProcessesAsync()).Should().Equal(before);
        (await TurnsAsync(9)).Should().HaveCount(3, "it serves again");
        (await Task.WhenAll(slow)).Should().AllBe("v1:");
        await RunAsync(Three.Replace(["1"], App(2)), target: Three);
        (await SlotsAsync()).Should().Be(Slots(2, 1, 1));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task SupervisorKilled_WhileInstancesStart_TheSlotsAreEmptyAndTheOthersServe(CancellationToken cancellationToken)
    {
        await FillAsync();
        await RunAsync(Three.Replace(["3"], App(2)), target: Three);
        Task replacing = RunAsync(Three.Replace(["1", "2"], App(3, "mute")), target: Three);
        await UntilAsync(() => Task.FromResult(StateStore.Read(Folder)!.Revision(Three.Name, Id(3).ToString())?.Instances.Count(instance => instance.Process is not null) == 2), "both start");
        CommandProcess[] started = [.. StateStore.Read(Folder)!.Revision(Three.Name, Id(3).ToString())!.Instances.Select(instance => instance.Process!)];
        started.Should().OnlyContain(process => ProcessGroup.IsAlive(process));
        (await SlotsAsync()).Should().Be(Slots(0, 0, 2), "what is not ready is in no slot");

        await KillSupervisorAsync();

        await FluentActions.Awaiting(() => replacing).Should().ThrowAsync<DeploymentException>();
        await Host.StartAsync(cancellationToken);
        (await SlotsAsync()).Should().Be(Slots(0, 0, 2));
        started.Should().OnlyContain(process => !ProcessGroup.IsAlive(process));
        (await Host.StatusAsync(cancellationToken)).Should().ContainSingle().Which.Revision.Should().Be(Id(2));
        (await Client.GetStringAsync(Public(), cancellationToken)).Should().Be("v2");
        await RunAsync(Three.Replace(["1", "2"], App(2)), target: Three);
        (await SlotsAsync()).Should().Be(Slots(2, 2, 2));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task SupervisorKilled_WhileAnInstanceEnds_TheOthersAreKeptMeanwhile(CancellationToken cancellationToken)
    {
        LocalTarget three = Of(options => options.StopGrace = TimeSpan.FromSeconds(20));
        await FillAsync(three);
        InstanceState[] before = [.. StateStore.Read(Folder)!.Revision(three.Name, Id(1).ToString())!.Instances.OrderBy(instance => instance.Slot)];
        // It ends no sooner than its request does, or its grace.
        Task hanging = Client.GetStringAsync(new Uri($"http://127.0.0.1:{before[0].Port}/hang"), cancellationToken);
        await UntilAsync(async () => await Client.GetStringAsync(new Uri($"http://127.0.0.1:{before[0].Port}/hanging"), cancellationToken) == "1", "it is under way");
        Task vacating = RunAsync(three.Vacate(["1"]), target: three);
        await UntilAsync(() => Task.FromResult(StateStore.Read(Folder)!.Revision(three.Name, Id(1).ToString())!.Instances.Exists(instance => instance.Rotation == Rotation.Out)), "it is asked to end");
        await KillSupervisorAsync();
        await FluentActions.Awaiting(() => vacating).Should().ThrowAsync<DeploymentException>();
        Kill(before[1].Process!.ProcessId);

        Task starting = Host.StartAsync(cancellationToken);

        await UntilAsync(
            () => Task.FromResult(StateStore.Read(Folder)!.Revision(three.Name, Id(1).ToString())!.Instances.Exists(instance => instance.Slot == 2 && instance.Process is { } process && process != before[1].Process)),
            "the one that died is started again");
        ProcessGroup.IsAlive(before[0].Process!).Should().BeTrue("nobody waits for the one that ends");
        await starting;
        ProcessGroup.IsAlive(before[0].Process!).Should().BeFalse("who deploys next finds empty what is to be empty");
        await FluentActions.Awaiting(() => hanging).Should().ThrowAsync<HttpRequestException>();
        (await SlotsAsync()).Should().Be(Slots(0, 1, 1));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task DeployerLeaves_WhileInstancesStart_TheSlotsAreEmptyAndNothingIsLeftRunning(CancellationToken cancellationToken)
    {
        await FillAsync();
        using var leaves = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Operation replace = Three.Replace(["1"], App(2, "mute"));
        Verb verb = Three.Verbs.Single(verb => verb.Name == replace.Verb);
        Task replacing = verb.RunAsync(replace.Arguments, Context(1), leaves.Token);
        await UntilAsync(() => Task.FromResult(StateStore.Read(Folder)!.Revision(Three.Name, Id(2).ToString())?.Instances.Exists(instance => instance.Process is not null) == true), "it starts");

        await leaves.CancelAsync();

        await FluentActions.Awaiting(() => replacing).Should().ThrowAsync<OperationCanceledException>();
        await UntilAsync(async () => (await Host.StatusAsync(cancellationToken)).All(instance => instance.Revision == Id(1)), "it is ended");
        (await SlotsAsync()).Should().Be(Slots(0, 1, 1));
        await RunAsync(Three.Replace(["1"], App(1)), target: Three);
        (await SlotsAsync()).Should().Be(Slots(1, 1, 1));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task InstanceAndSupervisorDie_ExactlyTheSameSlotsComeBack(CancellationToken cancellationToken)
    {
        await FillAsync();
        await RunAsync(Three.Replace(["2", "5"], App(2)), target: Three);
        IReadOnlyDictionary<int, int> before = await ProcessesAsync();

        Kill(before[5]);
        await UntilAsync(async () => (await ProcessesAsync()).TryGetValue(5, out int process) && process != before[5], "a crashed instance is started again");
        await KillSupervisorAsync();
        Kill((await ProcessesAsync())[1]);
        await Host.StartAsync(cancellationToken);

        await UntilAsync(async () => (await ProcessesAsync()) is { Count: 4 } && (await TurnsAsync(8)).Count == 4, "all four serve");
        (await SlotsAsync()).Should().Be(Slots(1, 2, 1, 0, 2));
        (await Host.StatusAsync(cancellationToken)).Select(instance => (instance.Slot, instance.Revision)).Should().BeEquivalentTo([(1, Id(1)), (3, Id(1)), (2, Id(2)), (5, Id(2))]);
        TargetStatus status = StatusReader.Target(Folder, StateStore.Read(Folder)!, Three.Name)!;
        status.Revisions.Values.Select(revision => revision.Wanted).Should().AllBeEquivalentTo(2);
    }
}
