using System.Net;
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

        using var sockets = new ListeningSockets(await Takeover.BeginAsync(folder, port, cancellationToken));
        var retirement = new Retirement(TimeProvider.System);
        var endpoint = new PublicEndpoint(sites, retirement, first.Router?.PreviewPort);
        await using WebApplication open = Public(log, address, port, endpoint, listener, sockets, retirement);
        try
        {
            // The public port first: whoever has it is the router of this port, and may take its control socket over.
            await open.StartAsync(cancellationToken);
            sockets.DropUnused();
        }
        catch (IOException error)
        {
            RouterLog.CannotListen(logger, address, port, error);
            return ExitCodes.PortInUse;
        }

        await using WebApplication control = Control(log, folder.RouterOwnSocket(port, Environment.ProcessId), new RouterControl(port, sites, endpoint, listener, sockets, Retire, logger));
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

    private static WebApplication Public(
        ILoggerProvider log, string address, int port, PublicEndpoint endpoint, PublicListener listener, ListeningSockets sockets, Retirement retirement)
    {
        WebApplicationBuilder builder = listener.Server(log, IPAddress.Parse(address), port, retirement);
        builder.Services.Configure<SocketTransportOptions>(transport => transport.CreateBoundListenSocket = sockets.Bind);
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
