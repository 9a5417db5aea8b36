using System.Net;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Supervisor;
using Deployment.Providers.Local.Tests.Support;
using Deployment.Targets;

namespace Deployment.Providers.Local.Tests;

/// <summary>A revision without users has an address of its own, on a second port of the same router.</summary>
public sealed class PreviewTests : LocalFixture
{
    private readonly HttpClient _client = new();
    private int _previewPort;
    private LocalTarget _target = null!;

    [SetUp]
    public void MakePreview()
    {
        _previewPort = OtherPort();
        _target = Previewing(_previewPort);
    }

    [OneTimeTearDown]
    public void DisposeClient() => _client.Dispose();

    [Test]
    public async Task Preview_BesideALiveRevision_IsServedThereUntilTrafficIsRouted()
    {
        // The router was started without a preview port.
        await InstallAndRouteAsync(1);
        await RunAsync(_target.Install(App(2)), target: _target);

        await RunAsync(Preview(2, TrafficSplit.AllTo(Id(1))), target: _target);

        (await AnswersAsync()).Should().Be(("200 v1", "200 v2"));
        (await AskAsync(_previewPort, HttpVersion.Version20)).Should().Be("200 v2", "both ports speak the same protocols");
        await Host.StartMaintenanceAsync(Target.Name, new MaintenancePage("<p>later</p>"), CancellationToken.None);
        (await AnswersAsync()).Should().Be(("503 <p>later</p>", "200 v2"), "who tries a release may do so while users wait");
        await Host.EndMaintenanceAsync(Target.Name, CancellationToken.None);

        await RunAsync(_target.Route(TrafficSplit.AllTo(Id(2))), target: _target);

        (await AnswersAsync()).Should().Be(("200 v2", Nobody), "what users have is no preview");
    }

    [Test]
    public async Task Preview_TheRevisionIsRemoved_NobodyIsServedThere()
    {
        await PreviewAsync(2);

        await RunAsync(_target.Remove(Id(2)), target: _target);

        (await AnswersAsync()).Should().Be(("200 v1", Nobody));
    }

    [Test]
    public async Task Preview_IsTakenBack_NobodyIsServedThereAndTheRevisionStands()
    {
        await PreviewAsync(2);

        await RunAsync(((IPreviewRevisions)_target).Preview(null, TrafficSplit.AllTo(Id(1))), target: _target);

        (await AnswersAsync()).Should().Be(("200 v1", Nobody));
        (await ObserveAsync()).Stands(Id(2)).Should().BeTrue();
    }

    [Test]
    public async Task Preview_OfAFirstRevision_IsServedThereAndUsersAreTurnedAway()
    {
        await RunAsync(_target.Install(App(1)), target: _target);

        await RunAsync(Preview(1, TrafficSplit.None), target: _target);

        (await AnswersAsync()).Should().Be(("503 No revision is served here at the moment.", "200 v1"));
        await RunAsync(_target.Route(TrafficSplit.AllTo(Id(1))), target: _target);
        (await AnswersAsync()).Should().Be(("200 v1", Nobody));
    }

    [Test]
    public async Task RouterKilled_ComesBackWithThePreview()
    {
        await PreviewAsync(2);

        Kill((await RouterAsync())!.ProcessId);

        await UntilAsync(async () => await AnswersOrNullAsync() == ("200 v1", "200 v2"), "the next router serves both");
    }

    [Test]
    public async Task Preview_OnAnotherPort_LeavesTheOldOneToOthers()
    {
        // The supervisor keeps the sockets of a router that had its preview port from the start.
        await RunAsync(_target.Install(App(1)), target: _target);
        await RunAsync(_target.Route(TrafficSplit.AllTo(Id(1))), target: _target);
        await PreviewAsync(2);
        int next = OtherPort();
        LocalTarget moved = Previewing(next);

        await RunAsync(Preview(2, TrafficSplit.AllTo(Id(1)), moved), target: moved);

        (await AskAsync(next)).Should().Be("200 v2");
        (await AskAsync(Port)).Should().Be("200 v1");
        await UntilAsync(() => Task.FromResult(PortOwner.Describe(_previewPort) is null), "neither the routers nor the supervisor listen on the port any more");
    }

    [Test]
    public async Task Preview_ThePortIsTaken_IsRefusedAndUsersNoticeNothing()
    {
        await InstallAndRouteAsync(1);
        await RunAsync(_target.Install(App(2)), target: _target);
        using var taken = new System.Net.Sockets.TcpListener(IPAddress.Loopback, _previewPort);
        taken.Start();

        (await _target.ObserveAsync(CancellationToken.None)).Problems.Should().ContainSingle().Which.Should().StartWith($"The preview port {_previewPort} is in use by");
        await FluentActions.Awaiting(() => RunAsync(Preview(2, TrafficSplit.AllTo(Id(1))), target: _target))
            .Should().ThrowAsync<DeploymentException>().WithMessage($"The preview port {_previewPort} of 127.0.0.1 can't be had: it is in use by*");

        await RunAsync(((IPreviewRevisions)_target).Preview(null, TrafficSplit.AllTo(Id(1))), target: _target);
        await RunAsync(_target.Route(TrafficSplit.AllTo(Id(2))), target: _target);
        (await AskAsync(Port)).Should().Be("200 v2", "a port that is only for tests holds up no users, and no way back");
    }

    [Test]
    public async Task Preview_WhatHasUsersOrDoesNotStand_IsRefused()
    {
        await InstallAndRouteAsync(1);

        await FluentActions.Awaiting(() => RunAsync(Preview(1, TrafficSplit.AllTo(Id(1))), target: _target)).Should().ThrowAsync<DeploymentException>().WithMessage($"{Id(1)} has users on {Target.Name}*");
        await FluentActions.Awaiting(() => RunAsync(Preview(2, TrafficSplit.AllTo(Id(1))), target: _target)).Should().ThrowAsync<DeploymentException>().WithMessage($"{Id(2)} is not installed on {Target.Name}.");

        (await AskAsync(Port)).Should().Be("200 v1");
    }

    [Test]
    public void Options_PreviewPortThatIsNone_IsRefusedWhenTheTargetIsMade()
    {
        FluentActions.Invoking(() => Previewing(Port)).Should().Throw<DeploymentValidationException>().Which.Errors.Should().Equal($"Router.PreviewPort is {Port}, which is the public port: take another one.");
        FluentActions.Invoking(() => Previewing(65_536)).Should().Throw<DeploymentValidationException>().Which.Errors.Should().Equal("PreviewPort is 65536, which is not a port: take 1 to 65535, or null for no preview.");
        Target.Capability<IPreviewRevisions>(new Observation { Target = Target.Name }).Should().BeNull("there is no port for it");
        _target.Capability<IPreviewRevisions>(new Observation { Target = Target.Name })!.PreviewAddress.Should().Be(new Uri($"http://127.0.0.1:{_previewPort}/"));
    }

    private const string Nobody = "503 No revision is previewed here at the moment.";

    private Task<RouterStatus?> RouterAsync() => RouterClient.StatusAsync(Folder.RouterSocket(Port), Target.Name, CancellationToken.None);

    private LocalTarget Previewing(int port) => Listening(options => options.Router.PreviewPort = port);

    private Operation Preview(int version, TrafficSplit users, LocalTarget? target = null) => ((IPreviewRevisions)(target ?? _target)).Preview(Id(version), users);

    private async Task PreviewAsync(int version)
    {
        await InstallAndRouteAsync(1);
        await RunAsync(_target.Install(App(version)), target: _target);
        await RunAsync(Preview(version, TrafficSplit.AllTo(Id(1))), target: _target);
        (await AnswersAsync()).Should().Be(("200 v1", $"200 v{version}"));
    }

    /// <summary>What users get, and what is previewed.</summary>
    private async Task<(string Users, string Preview)> AnswersAsync() => (await AskAsync(Port), await AskAsync(_previewPort));

    private async Task<(string Users, string Preview)?> AnswersOrNullAsync()
    {
        try
        {
            return await AnswersAsync();
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private async Task<string> AskAsync(int port, Version? version = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://127.0.0.1:{port}/"))
        {
            Version = version ?? HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.ConnectionClose = version is null ? true : null;
        using HttpResponseMessage answer = await _client.SendAsync(request);
        return $"{(int)answer.StatusCode} {(await answer.Content.ReadAsStringAsync()).Trim()}";
    }
}
