using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Deployment.Commands;
using Deployment.Providers.Local.Client;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Supervisor;
using Deployment.Providers.Local.Tests.Support;
using Deployment.Routing;
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
        using var taken = new TcpListener(IPAddress.Loopback, _previewPort);
        taken.Start();

        (await _target.ObserveAsync(CancellationToken.None)).Problems.Should().ContainSingle().Which.Should().StartWith($"The preview port {_previewPort} is in use by");
        await FluentActions.Awaiting(() => RunAsync(Preview(2, TrafficSplit.AllTo(Id(1))), target: _target))
            .Should().ThrowAsync<DeploymentException>().WithMessage($"The preview port {_previewPort} of 127.0.0.1 can't be had: it is in use by*");

        await RunAsync(((IPreviewRevisions)_target).Preview(null, TrafficSplit.AllTo(Id(1))), target: _target);
        await RunAsync(_target.Route(TrafficSplit.AllTo(Id(2))), target: _target);
        (await AskAsync(Port)).Should().Be("200 v2", "a port that is only for tests holds up no users, and no way back");
    }

    // Nobody holds a place for a router that isn't there, and the port is only for tests.
    [Test]
    public async Task ColdStart_ThePreviewPortIsTaken_UsersAreServedAndPreviewsRefusedUntilItIsFree()
    {
        await PreviewAsync(2);
        await EndAsAMachineDoesAsync();
        using (var taken = new TcpListener(IPAddress.Loopback, _previewPort))
        {
            taken.Start();

            await Host.StartAsync(CancellationToken.None);

            await UntilAsync(async () => await AskOrNullAsync(Port) == "200 v1", "a port that is only for tests keeps no users out");
            (await VerifyAsync(Preview(2, TrafficSplit.AllTo(Id(1))))).Should().StartWith($"The router of port {Port} does not listen on the preview port {_previewPort}");
            await FluentActions.Awaiting(() => RunAsync(Preview(2, TrafficSplit.AllTo(Id(1))), target: _target))
                .Should().ThrowAsync<DeploymentException>().WithMessage($"The preview port {_previewPort} of 127.0.0.1 can't be had: it is in use by*");
            (await _target.ObserveAsync(CancellationToken.None)).Problems.Should().ContainSingle().Which.Should().StartWith($"The preview port {_previewPort} is in use by");
            (await File.ReadAllTextAsync(Folder.RouterLog(Port))).Should().Contain($"Can't listen on the preview port {_previewPort} of 127.0.0.1");
            int router = (await RouterAsync())!.ProcessId;
            await Host.StartMaintenanceAsync(Target.Name, new MaintenancePage("<p>later</p>"), CancellationToken.None);
            await Host.EndMaintenanceAsync(Target.Name, CancellationToken.None);
            (await RouterAsync())!.ProcessId.Should().Be(router, "another one could not listen there either");
        }

        await RunAsync(Preview(2, TrafficSplit.AllTo(Id(1))), target: _target);

        (await AnswersAsync()).Should().Be(("200 v1", "200 v2"));
        (await _target.ObserveAsync(CancellationToken.None)).Problems.Should().BeEmpty();
    }

    [Test]
    public async Task SharedPort_ThePreviewPortIsTaken_BothAreServedAndEitherIsPreviewedOnceItIsFree()
    {
        LocalTarget shop = Sharing("shop", "/");
        LocalTarget blog = Sharing("blog", "/blog");
        await RunAsync(shop.Install(App(1)), target: shop);
        await RunAsync(blog.Install(App(1)), target: blog);
        await RunAsync(blog.Install(App(2)), target: blog);
        using (var taken = new TcpListener(IPAddress.Loopback, _previewPort))
        {
            taken.Start();

            await RunAsync(shop.Route(TrafficSplit.AllTo(Id(1))), target: shop);
            await RunAsync(blog.Route(TrafficSplit.AllTo(Id(1))), target: blog);

            (await AskAsync(Port)).Should().Be("200 v1");
            (await AskAsync(Port, path: "/blog")).Should().Be("200 v1", "both said the same");
        }

        await RunAsync(Preview(2, TrafficSplit.AllTo(Id(1)), blog), target: blog);

        (await AskAsync(_previewPort, path: "/blog")).Should().Be("200 v2");
        (await AskAsync(_previewPort)).Should().Be(Nobody);
        await RunAsync(shop.Route(TrafficSplit.AllTo(Id(1))), target: shop);
    }

    // A target that is new to the router has no say there yet.
    [Test]
    public async Task SharedPort_FirstRouteOfATargetPreviews_TheRouterListensThereFromThenOn()
    {
        LocalTarget shop = Sharing("shop", "/");
        LocalTarget blog = Sharing("blog", "/blog");
        await RunAsync(shop.Install(App(1)), target: shop);
        await RunAsync(blog.Install(App(2)), target: blog);
        using (var taken = new TcpListener(IPAddress.Loopback, _previewPort))
        {
            taken.Start();
            await RunAsync(shop.Route(TrafficSplit.AllTo(Id(1))), target: shop);
        }

        await RunAsync(Preview(2, TrafficSplit.None, blog), target: blog);

        (await AskAsync(_previewPort, path: "/blog")).Should().Be("200 v2");
        (await AskAsync(Port)).Should().Be("200 v1");
    }

    [Test]
    public async Task RouteByHand_ThePreviewPortIsNone_IsRefusedWithASentence()
    {
        await RunAsync(Target.Install(App(1)));

        foreach ((int port, string sentence) in ((int, string)[])[(Port, $"PreviewPort is {Port}, which is the public port: take another one."), (0, "PreviewPort is 0, which is not a port: take 1 to 65535, or null for no preview.")])
        {
            var request = new RouteRequest
            {
                Application = "shop",
                Port = Port,
                Split = ImmutableSortedDictionary.CreateRange([KeyValuePair.Create(Id(1).ToString(), 100)]),
                Router = new RouterSettings { PreviewPort = port },
            };
            using var client = new SupervisorClient(Folder);

            await FluentActions.Awaiting(() => client.RouteAsync(Target.Name, request, 1, CancellationToken.None)).Should().ThrowAsync<DeploymentException>().WithMessage(sentence);
        }
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

    private Task<string?> VerifyAsync(Operation operation) =>
        _target.Verbs.Single(verb => verb.Name == operation.Verb).VerifyAsync(operation.Arguments, Context(1), CancellationToken.None);

    private LocalTarget Sharing(string name, string prefix) => Listening(options =>
    {
        options.Name = name;
        options.PathPrefix = prefix;
        options.StripPathPrefix = true;
        options.Router.PreviewPort = _previewPort;
    });

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

    private async Task<(string Users, string Preview)?> AnswersOrNullAsync() =>
        await AskOrNullAsync(Port) is { } users && await AskOrNullAsync(_previewPort) is { } preview ? (users, preview) : null;

    private async Task<string?> AskOrNullAsync(int port)
    {
        try
        {
            return await AskAsync(port);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    // The supervisor first, which would start the others again.
    private async Task EndAsAMachineDoesAsync()
    {
        using (var client = new SupervisorClient(Folder))
        using (var supervisor = Process.GetProcessById((await client.StatusAsync(CancellationToken.None))!.ProcessId))
        {
            supervisor.Kill();
            await supervisor.WaitForExitAsync();
        }

        foreach (CommandProcess process in SpawnMark.Strays(Folder, new HashSet<long>()))
        {
            await ProcessGroup.EndAsync(process, TimeSpan.Zero, TimeProvider.System, CancellationToken.None);
        }

        await UntilAsync(() => Task.FromResult(PortOwner.Describe(Port) is null && PortOwner.Describe(_previewPort) is null), "nobody listens any more");
    }

    private async Task<string> AskAsync(int port, Version? version = null, string path = "/")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://127.0.0.1:{port}{path}"))
        {
            Version = version ?? HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.ConnectionClose = version is null ? true : null;
        using HttpResponseMessage answer = await _client.SendAsync(request);
        return $"{(int)answer.StatusCode} {(await answer.Content.ReadAsStringAsync()).Trim()}";
    }
}
