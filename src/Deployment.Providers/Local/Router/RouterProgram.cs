using System.Net;
using System.Net.Sockets;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Router.Http1;
using Deployment.Providers.Local.Router.Http2;
using Deployment.Providers.Local.Router.Listening;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Router;

/// <summary>The process that owns a public port. It starts from its table files, so it comes back with the splits that it had.</summary>
internal static class RouterProgram
{
    public static async Task<int> RunAsync(StateFolder folder, int port, CancellationToken cancellationToken)
    {
        using var log = new FileLoggerProvider(folder.RouterLog(port), TimeProvider.System);
        ILogger logger = log.CreateLogger("Router");
        IReadOnlyList<RouteTable> tables = RouteTable.ReadAll(folder, port);
        if (tables is not [{ Address: { } address } first, ..])
        {
            throw new DeploymentException($"There is no route table in '{folder.RouterTables(port)}'.");
        }

        PublicListener listener;
        try
        {
            listener = new PublicListener(first.Router ?? RouterSettings.Default, logger, TimeProvider.System);
        }
        catch (DeploymentException unusable)
        {
            RouterLog.CannotServe(logger, unusable.Message);
            return ExitCodes.Failed;
        }

        using PublicListener listening = listener;
        using var http1 = new Http1Forwarder(() => listener.Proxies, TimeProvider.System);
        using var http2 = new Http2Forwarder(() => listener.Proxies, TimeProvider.System);
        using var mirrors = new MirrorClient(() => listener.Proxies, TimeProvider.System);
        using var sites = new SiteList(
            new LaneChoice(StickyCookie.NewId), new RequestForwarder(http1, http2), mirrors, () => listener.Proxies, board => new HealthWatch(board, logger, TimeProvider.System), logger, TimeProvider.System);
        foreach (RouteTable table in tables)
        {
            sites.Switch(table);
        }

        using var history = new CounterHistory(() => sites.All.Select(site => KeyValuePair.Create(site.Key, site.Value.Board.Metrics())), TimeProvider.System);
        using var sockets = new ListeningSockets(await Takeover.BeginAsync(folder, port, cancellationToken));
        var retirement = new Retirement(TimeProvider.System);
        var at = new IPEndPoint(IPAddress.Parse(address), port);
        try
        {
            // The public port first: whoever has it is the router of this port, and may take its preview port and its control socket over.
            sockets.Open(at);
        }
        catch (SocketException error)
        {
            RouterLog.CannotListen(logger, address, port, error);
            return error.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied ? ExitCodes.PortInUse : ExitCodes.Failed;
        }

        IPEndPoint? preview = Preview(first, at, sockets, logger);
        var endpoint = new PublicEndpoint(sites, retirement, preview?.Port);
        await using WebApplication open = Public(log, preview is null ? [at] : [at, preview], endpoint, listener, sockets, retirement);
        await open.StartAsync(cancellationToken);
        sockets.DropUnused();
        await using WebApplication control = Control(log, folder.RouterOwnSocket(port, Environment.ProcessId), new RouterControl(port, sites, endpoint, listener, sockets, history, Retire, logger));
        await control.StartAsync(cancellationToken);
        SlimServer.CloseToOthers(folder.RouterOwnSocket(port, Environment.ProcessId));
        folder.PointRouterSocket(port, Environment.ProcessId);
        RouterLog.Listening(logger, address, port, string.Join(", ", sites.All.Keys));
        await open.WaitForShutdownAsync(cancellationToken);
        return 0;

        void Retire() => _ = RetireAsync();

        async Task RetireAsync()
        {
            await retirement.RunAsync(sockets.StopAccepting, cancellationToken);
            open.Lifetime.StopApplication();
        }
    }

    // Null for none. A port that is only for tests keeps no users out: where somebody else has it, the router serves without it.
    private static IPEndPoint? Preview(RouteTable table, IPEndPoint at, ListeningSockets sockets, ILogger logger)
    {
        if (table.Router?.PreviewPort is not { } port)
        {
            return null;
        }

        var preview = new IPEndPoint(at.Address, port);
        try
        {
            sockets.Open(preview);
            return preview;
        }
        catch (SocketException error)
        {
            RouterLog.CannotPreview(logger, table.Address, port, error);
            return null;
        }
    }

    private static WebApplication Public(
        ILoggerProvider log, IReadOnlyList<IPEndPoint> at, PublicEndpoint endpoint, PublicListener listener, ListeningSockets sockets, Retirement retirement)
    {
        WebApplicationBuilder builder = listener.Server(log, at, retirement);
        builder.Services.Configure<SocketTransportOptions>(transport => transport.CreateBoundListenSocket = sockets.Open);
        WebApplication app = builder.Build();
        IApplicationBuilder pipeline = app;
        pipeline.Run(endpoint.HandleAsync);
        return app;
    }

    private static WebApplication Control(ILoggerProvider log, string socket, RouterControl control)
    {
        WebApplication app = SlimServer.Create(log, kestrel => kestrel.ListenPrivately(socket)).Build();
        control.Map(app);
        return app;
    }
}
