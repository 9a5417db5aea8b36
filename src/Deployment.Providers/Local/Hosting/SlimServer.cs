using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Hosting;

/// <summary>Kestrel and nothing else: no configuration files, no environment variables that could change where it listens.</summary>
internal static class SlimServer
{
    public static WebApplicationBuilder Create(ILoggerProvider log, Action<KestrelServerOptions> listen)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Information)
            .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning)
            .AddFilter("Microsoft.AspNetCore.Routing", LogLevel.Warning)
            .AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning)
            .AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Warning);
        builder.Services.AddRouting();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            listen(kestrel);
        });
        return builder;
    }

    /// <summary>Listens on a Unix socket that only this user can open.</summary>
    public static void ListenPrivately(this KestrelServerOptions kestrel, string socket)
    {
        // Whoever asks holds the lock that makes it the only server of this socket; what is left is of one that died.
        File.Delete(socket);
        kestrel.ListenUnixSocket(socket, endpoint =>
        {
            endpoint.Protocols = HttpProtocols.Http1;
            ILogger logger = kestrel.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger("Control");
            endpoint.Use(next => PeerCheck.Only(next, logger));
        });
    }

    /// <summary>The socket's folder is closed to others already; this closes the socket as well.</summary>
    public static void CloseToOthers(string socket)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }
}
