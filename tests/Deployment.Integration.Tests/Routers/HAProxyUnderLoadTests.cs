using System.Globalization;
using Deployment.Commands;
using Deployment.Integration.Tests.Canaries;
using Deployment.Integration.Tests.Support;
using Deployment.Providers.Local;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;
using Deployment.Tests;

namespace Deployment.Integration.Tests.Routers;

/// <summary>Supervised processes behind a real HAProxy, while users ask all the time. What has no share is killed at once: nothing but the switch waits for its requests.</summary>
[Category("HAProxy")]
public sealed class HAProxyUnderLoadTests
{
    private const int SlowMilliseconds = 150;
    private string _folder = "";
    private int _port;
    private RunningHAProxy? _proxy;
    private LocalInstances _shop = null!;
    private CountedLoad? _load;

    [SetUp]
    public async Task StartAsync()
    {
        _folder = Directory.CreateTempSubdirectory("dh-").FullName;
        _port = LiveWorld.FreePort();
        string site = Directory.CreateDirectory(Path.Combine(_folder, "h")).FullName;
        _proxy = await RunningHAProxy.StartAsync(site, _port);
        _shop = Behind(TimeSpan.FromSeconds(30));
    }

    [TearDown]
    public async Task EndWorldAsync()
    {
        await (_load?.DisposeAsync() ?? ValueTask.CompletedTask);
        _load = null;
        if (_proxy is not null)
        {
            await _shop.Host.StopAsync(CancellationToken.None);
            await _proxy.DisposeAsync();
            _proxy = null;
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    [CancelAfter(300_000)]
    public async Task Deploy_TwentyReleasesInPlace_NoRequestFails(CancellationToken cancellationToken)
    {
        await UpdateUnderLoadAsync(20, cancellationToken);

        _load!.Failures.Should().BeEmpty();
    }

    // The negative control: the same load and the same check, with the wait for requests in flight turned off.
    [Test]
    [CancelAfter(300_000)]
    public async Task Deploy_InPlaceWithoutDrain_RequestsFail(CancellationToken cancellationToken)
    {
        _shop = Behind(TimeSpan.Zero);

        await UpdateUnderLoadAsync(3, cancellationToken);

        _load!.Failures.Should().NotBeEmpty();
    }

    // The other one: the order of the verb turned round. The old processes are gone before the switch.
    [Test]
    [CancelAfter(300_000)]
    public async Task Deploy_OldOneEndsBeforeTheSwitch_RequestsFail(CancellationToken cancellationToken)
    {
        DeploymentPipeline pipeline = Pipeline(builder => builder.UseRecreate());
        await SucceedsAsync(pipeline.DeployAsync(Shop("1.0.0"), cancellationToken));
        CountedLoad load = await AskAsync("1.0.0");
        load.Allow("1.0.0", "1.0.1");

        await _shop.Host.StopAsync(cancellationToken);
        await SucceedsAsync(pipeline.DeployAsync(Shop("1.0.1"), cancellationToken));

        load.Failures.Should().NotBeEmpty();
    }

    [Test]
    [CancelAfter(300_000)]
    public async Task Deploy_CanaryAndBackAgain_NoRequestFailsAndOnlyWhatMayAnswers(CancellationToken cancellationToken)
    {
        DeploymentPipeline pipeline = Pipeline(builder => builder.UseCanary(canary =>
        {
            canary.Steps = [10, 50, 100];
            canary.BakeTime = TimeSpan.FromMilliseconds(300);
        }));
        await SucceedsAsync(pipeline.DeployAsync(Shop("1.0.0"), cancellationToken));
        CountedLoad load = await AskAsync("1.0.0");

        load.Allow("1.0.0", "2.0.0");
        await SucceedsAsync(pipeline.DeployAsync(Shop("2.0.0"), cancellationToken));
        load.Allow("2.0.0");
        await MoreAsync(load);
        load.Allow("1.0.0", "2.0.0");
        await SucceedsAsync(pipeline.RollBackAsync(cancellationToken: cancellationToken));
        load.Allow("1.0.0");
        await MoreAsync(load);

        load.Failures.Should().BeEmpty();
        (await _shop.ObserveAsync(cancellationToken)).Live()!.Version.Should().Be("1.0.0");
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Instance_Crashes_ServesAgainWithoutTheRouterBeingTold(CancellationToken cancellationToken)
    {
        await SucceedsAsync(Pipeline(builder => builder.UseRecreate()).DeployAsync(Shop("1.0.0"), cancellationToken));
        int crashed = (await _shop.Host.StatusAsync(cancellationToken)).Single().ProcessId!.Value;
        using (var process = System.Diagnostics.Process.GetProcessById(crashed))
        {
            process.Kill();
        }

        using var client = new HttpClient();
        await Wait.UntilAsync(
            async () =>
            {
                using HttpResponseMessage answer = await client.GetAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/pid")), cancellationToken);
                return answer.IsSuccessStatusCode && await answer.Content.ReadAsStringAsync(cancellationToken) != crashed.ToString(CultureInfo.InvariantCulture);
            },
            "another process answers users");
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Lines_OfAnUpdate_PastedIntoAShell_SwitchUsers(CancellationToken cancellationToken)
    {
        RealComponent.Require("curl");
        RealComponent.Require("socat");
        DeploymentPipeline pipeline = Pipeline(builder => builder.UseRecreate());
        await SucceedsAsync(pipeline.DeployAsync(Shop("1.0.0"), cancellationToken));
        CountedLoad load = await AskAsync("1.0.0");
        load.Allow("1.0.0", "2.0.0");
        Runbook plan = await pipeline.PlanAsync(Shop("2.0.0"), cancellationToken);
        string script = string.Join('\n', plan.Steps.OfType<EffectStep>().Single().Commands);

        CommandResult result = await new CommandRunner(TimeProvider.System).RunAsync(Command.Of("sh", "-eu", "-c", script), null, cancellationToken);

        result.ExitCode.Should().Be(0, "{0}\n{1}{2}", script, result.Output, result.Error);
        load.Allow("2.0.0");
        await MoreAsync(load);
        load.Failures.Should().BeEmpty();
        (await _shop.ObserveAsync(cancellationToken)).Live()!.Version.Should().Be("2.0.0");
    }

    private async Task UpdateUnderLoadAsync(int switches, CancellationToken cancellationToken)
    {
        DeploymentPipeline pipeline = Pipeline(builder => builder.UseRecreate());
        await SucceedsAsync(pipeline.DeployAsync(Shop("1.0.0"), cancellationToken));
        CountedLoad load = await AskAsync("1.0.0");
        for (int number = 1; number <= switches; number++)
        {
            load.Allow($"1.0.{number - 1}", $"1.0.{number}");
            await SucceedsAsync(pipeline.DeployAsync(Shop($"1.0.{number}"), cancellationToken));
            load.Allow($"1.0.{number}");
            await MoreAsync(load);
        }

        TestContext.Out.WriteLine($"{load.Answers} answers, {load.Failures.Count} failures");
        (await _shop.ObserveAsync(cancellationToken)).Revisions.Should().ContainSingle().Which.Id.Version.Should().Be($"1.0.{switches}");
    }

    private async Task<CountedLoad> AskAsync(string version)
    {
        CountedLoad load = _load = new CountedLoad(_port, SlowMilliseconds, version);
        await MoreAsync(load);
        return load;
    }

    private static Task MoreAsync(CountedLoad load)
    {
        int before = load.Answers;
        return Wait.UntilAsync(() => load.Answers > before + 100, "users are served");
    }

    private LocalInstances Behind(TimeSpan drain) => LocalTarget.Behind(_proxy!.Router(drain), "shop", local =>
    {
        local.StateFolder = Path.Combine(_folder, "l");
        local.StopGrace = TimeSpan.Zero;
    });

    private DeploymentPipeline Pipeline(Func<DeploymentPipelineBuilder, DeploymentPipelineBuilder> strategy) =>
        strategy(DeploymentPipeline.Create("shop").DeployTo(_shop).UseStore(new FileDeploymentStore(Path.Combine(_folder, "store")))).Build();

    private static Release Shop(string version) => Release
        .Of("shop", version, Artifact.Process("dotnet", "exec", Path.Combine(TestContext.CurrentContext.TestDirectory, "Deployment.Providers.Local.Tests.App.dll")).In(Path.GetTempPath()))
        .WithSetting("VERSION", version);

    private static async Task SucceedsAsync(Task<DeploymentResult> deploying)
    {
        DeploymentResult result = await deploying;
        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
    }
}
