using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Deployment.Commands;
using Deployment.Providers.Local.Client;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Supervisor;
using Deployment.Providers.Local.Tests.Support;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Local.Tests.Supervisor;

/// <summary>What a supervisor does for what it started, day after day.</summary>
public sealed class KeepingTests : LocalFixture
{
    private readonly HttpClient _client = new();

    [OneTimeTearDown]
    public void DisposeClient() => _client.Dispose();

    [Test]
    public async Task PortTakenWhileTheInstanceIsDown_ComesBackOnAnotherAndIsServed()
    {
        await InstallAndRouteAsync(1);
        int port = (await StatusAsync()).Single().Port!.Value;
        // Nobody starts it again while its port is being taken.
        Kill(await SupervisorAsync());
        Kill((await StatusAsync()).Single().ProcessId!.Value);
        using TcpListener thief = await TakeAsync(port);

        await Host.StartAsync(CancellationToken.None);

        await UntilAsync(async () => await AnswersAsync() == "v1", "the route follows");
        (await StatusAsync()).Single().Port.Should().NotBe(port);
        while (thief.Pending())
        {
            // Until then the router's probes, at least, went to who took the port.
            (await thief.AcceptSocketAsync()).Dispose();
        }

        for (int request = 0; request < 20; request++)
        {
            (await AnswersAsync()).Should().Be("v1");
        }

        thief.Pending().Should().BeFalse("once the route follows, nothing is sent to who took the port");
        (await Target.AddressesAsync(Id(1), CancellationToken.None)).Single().Port.Should().Be((await StatusAsync()).Single().Port);
        await RunAsync(Target.Install(App(2)));
        await RunAsync(Target.Route(TrafficSplit.AllTo(Id(2))));
        (await AnswersAsync()).Should().Be("v2");
    }

    [Test]
    public async Task PortOfARevisionWithoutAShareIsTaken_TestersFindItOnTheOther()
    {
        LocalTarget target = Listening(options => options.TesterHeader = "X-Try");
        await RunAsync(target.Install(App(1)), target: target);
        await RunAsync(target.Route(TrafficSplit.AllTo(Id(1))), target: target);
        await RunAsync(target.Install(App(2)), target: target);
        LocalInstance before = (await StatusAsync()).Single(instance => instance.Revision == Id(2));
        (await LiveAsync(2)).Should().Equal(before.Port!.Value);
        Kill(await SupervisorAsync());
        Kill(before.ProcessId!.Value);
        using TcpListener thief = await TakeAsync(before.Port.Value);

        await Host.StartAsync(CancellationToken.None);

        await UntilAsync(async () => (await LiveAsync(2)).Single() != before.Port, "the router learns of the other port");
        (await StatusAsync()).Single(instance => instance.Revision == Id(2)).Port.Should().Be((await LiveAsync(2)).Single());
        using RawClient tester = await RawClient.ConnectAsync(Port);
        await UntilAsync(async () => (await tester.SendAsync($"GET / HTTP/1.1\r\nHost: a\r\nX-Try: {Id(2)}\r\n\r\n")).Body == "v2", "a tester is answered there");
    }

    [Test]
    public async Task Recovery_Again_ChangesNothingMore()
    {
        await InstallAndRouteAsync(1);
        Task stuck = RunAsync(Target.Install(App(2, "mute")));
        await UntilAsync(async () => (await StatusAsync()).Any(instance => instance.Revision == Id(2) && instance.ProcessId is not null), "it is being installed");
        Kill(await SupervisorAsync());
        await FluentActions.Awaiting(() => stuck).Should().ThrowAsync<DeploymentException>();

        string once = await RecoverAsync();
        string table = await File.ReadAllTextAsync(Folder.RouterTable(Port, Target.Name));
        Kill(await SupervisorAsync());
        string twice = await RecoverAsync();

        twice.Should().Be(once);
        StateStore.Read(Folder)!.Targets[Target.Name].Revisions.Keys.Should().Equal(Id(1).ToString());
        (await File.ReadAllTextAsync(Folder.RouterTable(Port, Target.Name))).Should().Be(table);
        (await AnswersAsync()).Should().Be("v1");
    }

    [Test]
    public async Task CrashLoop_IsReportedAndEndsWhenItDoes()
    {
        string switched = Path.Combine(Folder.Path, "crash");
        // It listens (so its installation is fine), and ends at once when the file is there.
        string script = $"[ -e {switched} ] && exit 42; exec dotnet exec {AppPath}";
        var revision = new Revision(Id(1), Release.Of("shop", "1.0.0", Artifact.Process("sh", "-c", script)).WithSetting("VERSION", "v1"));
        await RunAsync(Target.Install(revision));
        await RunAsync(Target.Route(TrafficSplit.AllTo(Id(1))));
        LocalInstance before = (await StatusAsync()).Single();
        before.Should().BeEquivalentTo(new { Restarts = 0, CrashLooping = false, LastExitCode = (int?)null });

        await File.WriteAllTextAsync(switched, "");
        Kill(before.ProcessId!.Value);
        await UntilAsync(async () => (await StatusAsync()).Single() is { CrashLooping: true, LastExitCode: 42 }, "the loop is seen");

        LocalInstance looping = (await StatusAsync()).Single();
        looping.Restarts.Should().BeGreaterThanOrEqualTo(3);
        looping.LastEnded.Should().BeCloseTo(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(1));
        (await File.ReadAllTextAsync(Folder.SupervisorLog)).Should().Contain("is in a crash loop");
        Observation seen = await ObserveAsync();
        seen.Problems.Should().BeEmpty("another release may be what mends it");
        await UntilAsync(async () => (seen = await ObserveAsync()).Revisions is not [{ Instances: > 0 }], "it is between two crashes");
        seen.Revisions.Should().ContainSingle("what is kept stands, whenever one looks").Which.Should().BeEquivalentTo(new { Id = Id(1), Instances = 0 });
        seen.Properties.Should().Contain(property => property.Key.StartsWith("crashLooping:shop_1.0.0_1:1") && property.Value.Contains("last exit code 42"));
        Kill(await SupervisorAsync());
        (await StatusAsync()).Single().CrashLooping.Should().BeTrue("it is written down");
        File.Delete(switched);
        await Host.StartAsync(CancellationToken.None);
        await UntilAsync(async () => await AnswersAsync() == "v1", "it is started all the time");
    }

    [Test]
    public async Task Restarts_OfAProcessWithChildren_LeaveNoZombieAndNoChild()
    {
        // Children, one of them with a child of its own whose parent is gone, and one that ignores SIGTERM.
        string script = $"sleep 611 & (sleep 612 & sleep 613 & ) ; (trap '' TERM; sleep 614) & exec dotnet exec {AppPath}";
        var revision = new Revision(Id(1), Release.Of("shop", "1.0.0", Artifact.Process("sh", "-c", script)).WithSetting("VERSION", "v1"));
        await RunAsync(Target.Install(revision));
        await RunAsync(Target.Route(TrafficSplit.AllTo(Id(1))));
        var sessions = new HashSet<int>();
        for (int restart = 1; restart <= 3; restart++)
        {
            int process = (await StatusAsync()).Single().ProcessId!.Value;
            sessions.Add(process);
            Kill(process);
            await UntilAsync(async () => (await StatusAsync()).Single().ProcessId is { } next && next != process && await AnswersAsync() == "v1", "it is started again");
        }

        await UntilAsync(() => Task.FromResult(!ProcessStat.All().Any(stat => sessions.Contains(stat.Session))), "neither children nor zombies of the ended ones are left");
        await RunAsync(Target.Route(TrafficSplit.None));
        int last = (await StatusAsync()).Single().ProcessId!.Value;
        await RunAsync(Target.Remove(Id(1)));
        await UntilAsync(() => Task.FromResult(!ProcessStat.All().Any(stat => stat.Session == last)), "a removal leaves nothing either");
    }

    [Test]
    public async Task Install_ApplicationPrintsALot_LogsAreRotatedAndStayAfterTheSupervisorsDeath()
    {
        LocalTarget chatty = Listening(options =>
        {
            options.LogSize = 1 << 20;
            options.LogFiles = 2;
        });
        string script = $"(i=0; while :; do i=$((i+1)); echo $i {new string('.', 4000)}; [ $((i % 100)) = 0 ] && sleep 0.02; done) & exec dotnet exec {AppPath}";
        var revision = new Revision(Id(1), Release.Of("shop", "1.0.0", Artifact.Process("sh", "-c", script)).WithSetting("VERSION", "v1"));
        await RunAsync(chatty.Install(revision), target: chatty);
        await RunAsync(chatty.Route(TrafficSplit.AllTo(Id(1))), target: chatty);
        string log = (await StatusAsync()).Single().Log;
        await UntilAsync(() => Task.FromResult(File.Exists(log + ".2")), "it was rotated twice");
        File.Exists(log + ".3").Should().BeFalse();

        Kill(await SupervisorAsync());
        long length = new FileInfo(log).Length;
        await UntilAsync(() => Task.FromResult(new FileInfo(log).Length > length + 100_000), "the application prints on, and nothing it prints to has broken");
        (await AnswersAsync()).Should().Be("v1");
    }

    [Test]
    public async Task MemoryLimit_ApplicationTakesMore_IsEndedAndStartedAgain()
    {
        RequireLimits();
        LocalTarget limited = Listening(options =>
        {
            options.MemoryLimit = 400L << 20;
            options.CpuLimit = 1;
        });
        (await limited.ObserveAsync(CancellationToken.None)).Problems.Should().BeEmpty();
        string eat = Path.Combine(Folder.Path, "eat");
        string script = $"(while :; do if [ -e {eat} ]; then rm {eat}; x=$(head -c 200000000 /dev/zero | tr '\\0' x); x=$x$x$x$x; kill -9 $$; fi; sleep 0.1; done) & exec dotnet exec {AppPath}";
        var revision = new Revision(Id(1), Release.Of("shop", "1.0.0", Artifact.Process("sh", "-c", script)).WithSetting("VERSION", "v1"));
        await RunAsync(limited.Install(revision), target: limited);
        await RunAsync(limited.Route(TrafficSplit.AllTo(Id(1))), target: limited);
        int process = (await StatusAsync()).Single().ProcessId!.Value;
        (await File.ReadAllTextAsync($"/proc/{process}/cgroup")).Should().Contain("deployment-" + SpawnMark.FolderId(Folder));

        await File.WriteAllTextAsync(eat, "");

        await UntilAsync(() => Task.FromResult(Events(process) > 0), "the system has ended something for taking too much");
    }

    [Test]
    public void Observe_LimitsThatCantBeSet_IsAProblemOfThePlan()
    {
        var state = new SupervisorState { Format = SupervisorState.CurrentFormat, LimitsProblem = "No control groups here." };
        StateFile.Write(Folder.State, state, Protocol.LocalJson.Default.SupervisorState);

        Observation limited = LocalObservation.Of("web", Wanted(), Folder, new LocalTargetOptions { CpuLimit = 1 });
        Observation free = LocalObservation.Of("web", Wanted(), Folder, new LocalTargetOptions());

        limited.Problems.Should().ContainSingle().Which.Should().Contain("No control groups here.").And.Contain("leave MemoryLimit and CpuLimit out");
        free.Problems.Should().BeEmpty();
        File.Delete(Folder.State);
    }

    private Protocol.RouteRequest Wanted() => new() { Port = Port, Split = ImmutableSortedDictionary<string, int>.Empty, Rules = new Protocol.SiteRules() };

    /// <summary>How often the system has ended something of the process's memory group for taking too much.</summary>
    private static long Events(int process)
    {
        string[][] groups = [.. File.ReadLines($"/proc/{process}/cgroup").Select(line => line.Split(':', 3))];
        string? separate = groups.FirstOrDefault(group => group[1] == "memory")?[2];
        string file = separate is null
            ? "/sys/fs/cgroup" + groups.First(group => group[0] == "0")[2] + "/memory.events"
            : "/sys/fs/cgroup/memory" + separate + "/memory.oom_control";
        return File.Exists(file)
            ? File.ReadLines(file).Where(line => line.StartsWith("oom_kill ", StringComparison.Ordinal)).Select(line => long.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture)).Sum()
            : 0;
    }

    private void RequireLimits()
    {
        if (Cgroups.Find(Folder).Problem is { } problem)
        {
            Assert.Ignore($"Missing component: control groups that may be written. {problem}");
        }
    }

    private async Task<ImmutableArray<int>> LiveAsync(int version) =>
        (await RouterClient.StatusAsync(Folder.RouterSocket(Port), Target.Name, CancellationToken.None))!.Table.Live.Single(live => live.Revision == Id(version).ToString()).Ports;

    // The state as it is written down.
    private async Task<string> RecoverAsync()
    {
        await Host.StartAsync(CancellationToken.None);
        return await File.ReadAllTextAsync(Folder.State);
    }

    private Task<IReadOnlyList<LocalInstance>> StatusAsync() => Host.StatusAsync(CancellationToken.None);

    private async Task<int> SupervisorAsync()
    {
        using var client = new SupervisorClient(Folder);
        return (await client.StatusAsync(CancellationToken.None))!.ProcessId;
    }

    private async Task<string?> AnswersAsync()
    {
        try
        {
            using HttpResponseMessage answer = await _client.GetAsync(Public());
            return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync() : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
