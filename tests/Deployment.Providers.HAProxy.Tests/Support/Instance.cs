using System.Globalization;
using Deployment.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.HAProxy.Tests.Support;

/// <summary>
/// An instance of a revision, which answers with the revision's id: <c>/ms/N</c> after so many milliseconds, <c>/status/N</c> with that status, <c>/gate</c>
/// once the gate is opened.
/// </summary>
internal sealed class Instance : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _requests;
    private int _gated;

    private Instance(string revision)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(context => AnswerAsync(context, revision));
    }

    public int Port { get; private set; }

    public int Requests => Volatile.Read(ref _requests);

    /// <summary>How many wait at the gate.</summary>
    public int Gated => Volatile.Read(ref _gated);

    public static async Task<Instance> StartAsync(string revision)
    {
        var instance = new Instance(revision);
        await instance._app.StartAsync();
        instance.Port = new Uri(instance._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
        return instance;
    }

    public RoutedInstance At(string slot) => new(slot, "127.0.0.1", Port);

    public void Open() => _gate.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        Open();
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context, string revision)
    {
        string[] path = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        string kind = path.Length > 0 ? path[0] : "";
        Interlocked.Increment(ref _requests);
        if (kind == "gate")
        {
            Interlocked.Increment(ref _gated);
            await _gate.Task.WaitAsync(context.RequestAborted);
        }
        else if (kind == "ms")
        {
            await Task.Delay(int.Parse(path[1], CultureInfo.InvariantCulture), context.RequestAborted);
        }
        else if (kind == "status")
        {
            context.Response.StatusCode = int.Parse(path[1], CultureInfo.InvariantCulture);
        }

        await context.Response.WriteAsync(revision, context.RequestAborted);
    }
}
