using System.Net;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
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
        using var forwarder = new HttpRequestForwarder();
        var switchboard = new Switchboard(table);
        var endpoint = new PublicEndpoint(switchboard, forwarder, TimeProvider.System);

        await using WebApplication open = Public(log, table, endpoint);
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

        await using WebApplication control = Control(log, folder.RouterSocket(port), new RouterControl(switchboard, endpoint));
        await control.StartAsync(cancellationToken);
        SlimServer.CloseToOthers(folder.RouterSocket(port));
        RouterLog.Listening(logger, table.Address, port, table.Generation);
        await open.WaitForShutdownAsync(cancellationToken);
        return 0;
    }

    private static WebApplication Public(ILoggerProvider log, RouteTable table, PublicEndpoint endpoint)
    {
        WebApplication app = SlimServer.Create(log, kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            // A slow reader of a stream is no fault, and how long a request may take is the application's business.
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.RequestHeaderEncodingSelector = static _ => System.Text.Encoding.Latin1;
            kestrel.ResponseHeaderEncodingSelector = static _ => System.Text.Encoding.Latin1;
            kestrel.Listen(IPAddress.Parse(table.Address), table.Port, listen => listen.Protocols = HttpProtocols.Http1);
        }).Build();
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
