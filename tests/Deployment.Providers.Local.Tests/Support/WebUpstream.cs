using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Providers.Local.Tests.Support;

/// <summary>An application behind the router, inside this process.</summary>
internal sealed class WebUpstream : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WebUpstream(WebApplication app) => _app = app;

    public int Port => new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;

    public static async Task<WebUpstream> StartAsync(RequestDelegate answer, HttpProtocols protocols = HttpProtocols.Http1)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols);
        });
        WebApplication app = builder.Build();
        app.UseWebSockets();
        ((IApplicationBuilder)app).Run(answer);
        await app.StartAsync();
        return new WebUpstream(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
