using System.Net;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
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
        using var forwarder = new HttpRequestForwarder();
        using var mirrors = new MirrorClient(TimeProvider.System);
        using var sites = new SiteList(forwarder, mirrors, board => new HealthWatch(board, logger, TimeProvider.System), TimeProvider.System);
        IReadOnlyList<RouteTable> tables = RouteTable.ReadAll(folder, port);
        foreach (RouteTable table in tables)
        {
            sites.Switch(table);
        }

        string address = tables.Count > 0 ? tables[0].Address : throw new DeploymentException($"There is no route table in '{folder.RouterTables(port)}'.");
        Takeover takeover = await Takeover.BeginAsync(folder, port, cancellationToken);
        using var sockets = new ListeningSockets(takeover.Sockets);
        var retirement = new Retirement(TimeProvider.System);
        var endpoint = new PublicEndpoint(sites, retirement);
        await using WebApplication open = Public(log, address, port, endpoint, sockets, retirement);
        try
        {
            // The public port first: whoever has it is the router of this port, and may take its control socket over.
            await open.StartAsync(cancellationToken);
        }
        catch (IOException error)
        {
            RouterLog.CannotListen(logger, address, port, error);
            return ExitCodes.PortInUse;
        }

        await using WebApplication control = Control(log, folder.RouterOwnSocket(port, Environment.ProcessId), new RouterControl(port, sites, endpoint, sockets, Retire, logger));
        await control.StartAsync(cancellationToken);
        SlimServer.CloseToOthers(folder.RouterOwnSocket(port, Environment.ProcessId));
        folder.PointRouterSocket(port, Environment.ProcessId);
        await takeover.CompleteAsync(cancellationToken);
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

    private static WebApplication Public(ILoggerProvider log, string address, int port, PublicEndpoint endpoint, ListeningSockets sockets, Retirement retirement)
    {
        WebApplicationBuilder builder = SlimServer.Create(log, kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            // What a held request has sent waits here, in memory.
            kestrel.Limits.MaxRequestBufferSize = 128 * 1024;
            // A slow reader of a stream is no fault, and how long a request may take is the application's business.
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.RequestHeaderEncodingSelector = static _ => System.Text.Encoding.Latin1;
            kestrel.ResponseHeaderEncodingSelector = static _ => System.Text.Encoding.Latin1;
            kestrel.Listen(IPAddress.Parse(address), port, listen =>
            {
                listen.Use(next => connection => retirement.ConnectAsync(connection, next));
                listen.Protocols = HttpProtocols.Http1;
            });
        });
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
