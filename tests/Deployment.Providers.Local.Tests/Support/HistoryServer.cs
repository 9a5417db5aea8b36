using System.Globalization;
using Deployment.Providers.Local.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Tests.Support;

/// <summary>Answers on a router's control socket with the history of whichever router the test says is there.</summary>
internal sealed class HistoryServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HistoryServer(WebApplication app) => _app = app;

    /// <summary>The router that answers; null for one that hangs.</summary>
    public CountedRouter? Router { get; set; }

    public static async Task<HistoryServer> StartAsync(string socket)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(socket));
        WebApplication app = builder.Build();
        var server = new HistoryServer(app);
        ((IApplicationBuilder)app).Run(server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        if (Router is not { } router)
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
            return;
        }

        var since = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(context.Request.Query["since"]!, CultureInfo.InvariantCulture));
        if (router.History.Since(context.Request.Query["target"]!, context.Request.Query["revision"]!, since) is { } answer)
        {
            await context.Response.WriteAsJsonAsync(answer, LocalJson.Default.CounterHistoryAnswer);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }
}
