using System.Text;
using Deployment.Commands;
using Deployment.Providers.HAProxy.Tests.Support;
using Deployment.Routing;
using Deployment.Tests;

namespace Deployment.Providers.HAProxy.Tests.Real;

[Category("HAProxy")]
public sealed class MaintenanceTests
{
    private const string Hostile = "<html>\r\n<body>%[date] 100% %{+Q}o \"quoted\" 'single' \\n `x` $HOME | ; <<\n\n\té € 🎉 <script>a && b</script>\n\0end\n\n";
    private World _world = null!;

    [SetUp]
    public async Task Start() => _world = await World.StartAsync(options => options.TesterHeader = "X-Tester");

    [TearDown]
    public async Task Stop() => await (_world?.DisposeAsync() ?? ValueTask.CompletedTask);

    [Test]
    public async Task Maintain_PageWithEverythingInIt_ArrivesByteForByteAlsoAfterReloadAndRestart()
    {
        await _world.ApplyAsync(World.Routed("1.0.0", 100, await _world.RunAsync("1.0.0")));
        var page = new MaintenancePage(Hostile) { RetryAfter = TimeSpan.FromSeconds(75) };

        await _world.Router.MaintainAsync(page, _world.Context(), CancellationToken.None);

        await ExpectPageAsync(Hostile, 75);
        await _world.Proxy.ReloadAsync();
        await ExpectPageAsync(Hostile, 75);
        await _world.Proxy.RestartAsync();
        await ExpectPageAsync(Hostile, 75);
        RouterState state = await _world.ReadAsync();
        state.InMaintenance.Should().BeTrue();
        state.Problems.Should().BeEmpty();
        await _world.Router.MaintainAsync(null, _world.Context(), CancellationToken.None);
        (await _world.TextAsync()).Should().Be("shop_1.0.0_1");
        (await _world.ReadAsync()).InMaintenance.Should().BeFalse();
    }

    [Test]
    public async Task Maintain_LongestPage_Arrives()
    {
        string html = string.Concat(Enumerable.Range(0, 262_144 / 8).Select(line => $"{line % 1_000_000:D7}\n"));

        await _world.Router.MaintainAsync(new MaintenancePage(html), _world.Context(), CancellationToken.None);

        await ExpectPageAsync(html, 60);
        await _world.Router.MaintainAsync(null, _world.Context(), CancellationToken.None);
        (await _world.TextAsync()).Should().Be("503", "nothing is routed");
    }

    [Test]
    public async Task Maintain_SlowRequestInFlight_ReturnsWhenItFinished()
    {
        Instance[] old = await _world.RunAsync("1.0.0");
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        Task<string> slow = _world.TextAsync("gate");
        await Until.TrueAsync(() => old[0].Gated == 1, "the request is at the gate");

        Task maintain = _world.Router.MaintainAsync(new MaintenancePage("later"), _world.Context(), CancellationToken.None);
        await Until.TrueAsync(async () => await _world.TextAsync() == "503", "others see the page");
        await ExpectPageAsync("later", 60);
        (await _world.TextAsync("", null, ("X-Tester", "shop_1.0.0_1"))).Should().Be("503", "testers as well");
        maintain.IsCompleted.Should().BeFalse("a request is unfinished");
        old[0].Open();

        await maintain;
        (await slow).Should().Be("shop_1.0.0_1");
    }

    [Test]
    public async Task Maintain_RequestCutAtTheDeadline_ServersServeWhoeverEndsIt()
    {
        RealComponent.Require("socat");
        _world.Use(Cutting(TimeSpan.FromMilliseconds(300)));
        Instance[] old = await _world.RunAsync("1.0.0", 2);
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        Task<string>[] slow = [_world.TextAsync("gate"), _world.TextAsync("gate")];
        await Until.TrueAsync(() => old[0].Gated == 1 && old[1].Gated == 1, "each has one at the gate");

        await _world.Router.MaintainAsync(new MaintenancePage("later"), _world.Context(), CancellationToken.None);

        (await Task.WhenAll(slow)).Should().OnlyContain(by => by.StartsWith("50", StringComparison.Ordinal));
        await ExpectPageAsync("later", 60);
        (await _world.ReadAsync()).Problems.Should().BeEmpty("its servers are to serve when it ends");
        // The script changes no servers.
        CommandResult served = await new CommandRunner(TimeProvider.System).RunAsync(Command.Of("/bin/sh", $"{_world.Folder}/shop.sh", "serve"), null, CancellationToken.None);
        served.ExitCode.Should().Be(0, served.Error);
        (await _world.TallyAsync(20)).Keys.Should().Equal("shop_1.0.0_1");
        old.Should().OnlyContain(instance => instance.Requests > 1);
    }

    [Test]
    public async Task Maintain_EndedByAnotherBeforeTheDeadline_CutsNobody()
    {
        HAProxyRouter cutting = Cutting(TimeSpan.FromSeconds(2));
        Instance[] old = await _world.RunAsync("1.0.0");
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        Task<string> slow = _world.TextAsync("gate");
        await Until.TrueAsync(() => old[0].Gated == 1, "the request is at the gate");
        Task maintain = cutting.MaintainAsync(new MaintenancePage("later"), _world.Context(), CancellationToken.None);
        await Until.TrueAsync(async () => await _world.TextAsync() == "503", "others see the page");

        await _world.Router.MaintainAsync(null, _world.Context(), CancellationToken.None);

        await FluentActions.Awaiting(() => maintain).Should().ThrowAsync<DeploymentException>().WithMessage("*changed by somebody else*");
        (await _world.TextAsync()).Should().Be("shop_1.0.0_1");
        (await _world.ReadAsync()).Problems.Should().BeEmpty();
        old[0].Open();
        (await slow).Should().Be("shop_1.0.0_1");
    }

    [Test]
    public async Task Apply_InMaintenance_KeepsThePageAndSwitchesBehindIt()
    {
        await _world.ApplyAsync(World.Routed("1.0.0", 100, await _world.RunAsync("1.0.0")));
        await _world.Router.MaintainAsync(new MaintenancePage("later"), _world.Context(), CancellationToken.None);

        await _world.ApplyAsync(World.Routed("1.1.0", 100, await _world.RunAsync("1.1.0")));

        await ExpectPageAsync("later", 60);
        await _world.Router.MaintainAsync(null, _world.Context(), CancellationToken.None);
        (await _world.TextAsync()).Should().Be("shop_1.1.0_1");
    }

    private HAProxyRouter Cutting(TimeSpan deadline) => _world.Another(options => (options.DrainDeadline, options.CutAtDrainDeadline) = (deadline, true));

    private async Task ExpectPageAsync(string html, int retryAfter)
    {
        foreach (HttpMethod method in new[] { HttpMethod.Get, HttpMethod.Post, HttpMethod.Head })
        {
            using HttpResponseMessage answer = await _world.AskAsync("any/path", null, method);
            ((int)answer.StatusCode).Should().Be(503);
            answer.Headers.RetryAfter!.Delta.Should().Be(TimeSpan.FromSeconds(retryAfter));
            answer.Content.Headers.ContentType!.ToString().Should().Be("text/html; charset=utf-8");
            byte[] body = await answer.Content.ReadAsByteArrayAsync();
            body.AsSpan().SequenceEqual(method == HttpMethod.Head ? [] : Encoding.UTF8.GetBytes(html)).Should().BeTrue($"{method} gets the page");
        }
    }
}
