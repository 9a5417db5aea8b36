using System.Net;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Router.Http1;
using Deployment.Providers.Local.Router.Http2;
using Deployment.Providers.Local.Router.Listening;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Router;

/// <summary>The process that owns a public port. It starts from its table file, so it comes back with the split that it had.</summary>
internal static class RouterProgram
{
    public static async Task<int> RunAsync(StateFolder folder, int port, CancellationToken cancellationToken)
    {
        RouteTable table = AtomicFile.Read(folder.RouterTable(port), LocalJson.Default.RouteTable)
            ?? throw new DeploymentException($"There is no route table '{folder.RouterTable(port)}'.");
        using var log = new FileLoggerProvider(folder.RouterLog(port), TimeProvider.System);
        ILogger logger = log.CreateLogger("Router");
        PublicListener listener;
        try
        {
            listener = new PublicListener(table.Router ?? RouterSettings.Default, logger, TimeProvider.System);
        }
        catch (DeploymentException unusable)
        {
            RouterLog.CannotServe(logger, unusable.Message);
            return ExitCodes.Failed;
        }

        using PublicListener listening = listener;
        using var tunnels = new Tunnels(logger, TimeProvider.System);
        tunnels.Follow(table.Revisions.Keys);
        using var http1 = new Http1Forwarder(() => listener.Proxies, tunnels, TimeProvider.System);
        using var http2 = new Http2Forwarder(() => listener.Proxies, TimeProvider.System);
        var switchboard = new Switchboard(table);
        var endpoint = new PublicEndpoint(switchboard, new RequestForwarder(http1, http2), TimeProvider.System);

        await using WebApplication open = Public(log, table, endpoint, listener);
        try
        {
            // The public port first: whoever has it is the router of this port, and may take its control socket over.
            await open.StartAsync(cancellationToken);
        }
        catch (IOException error)
        {
            RouterLog.CannotListen(logger, table.Address, port, error);
            return ExitCodes.PortInUse;
        }

        await using WebApplication control = Control(log, folder.RouterSocket(port), new RouterControl(switchboard, endpoint, listener, tunnels));
        await control.StartAsync(cancellationToken);
        SlimServer.CloseToOthers(folder.RouterSocket(port));
        RouterLog.Listening(logger, table.Address, port, table.Generation);
        await open.WaitForShutdownAsync(cancellationToken);
        return 0;
    }

    private static WebApplication Public(ILoggerProvider log, RouteTable table, PublicEndpoint endpoint, PublicListener listener)
    {
        WebApplication app = listener.Server(log, IPAddress.Parse(table.Address), table.Port).Build();
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
