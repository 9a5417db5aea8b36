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
    private readonly string _revision;
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _requests;
    private int _gated;

    private Instance(string revision, int port)
    {
        _revision = revision;
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public int Port { get; private set; }

    public int Requests => Volatile.Read(ref _requests);

    /// <summary>How many wait at the gate.</summary>
    public int Gated => Volatile.Read(ref _gated);

    /// <summary>Whether everything is answered with 500.</summary>
    public bool FailsAll { get; set; }

    /// <summary>Whether every connection is closed without an answer.</summary>
    public bool ClosesAll { get; set; }

    /// <param name="revision">Its revision's id.</param>
    /// <param name="port">Where it listens; 0 for any free port.</param>
    public static async Task<Instance> StartAsync(string revision, int port = 0)
    {
        var instance = new Instance(revision, port);
        await instance._app.StartAsync();
        instance.Port = new Uri(instance._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
        return instance;
    }

    /// <summary>One that takes its place after it ended.</summary>
    public Task<Instance> AgainAsync() => StartAsync(_revision, Port);

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

    private async Task AnswerAsync(HttpContext context)
    {
        string[] path = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        string kind = path.Length > 0 ? path[0] : "";
        Interlocked.Increment(ref _requests);
        if (ClosesAll)
        {
            context.Abort();
            return;
        }

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

        if (FailsAll)
        {
            context.Response.StatusCode = 500;
        }

        await context.Response.WriteAsync(_revision, context.RequestAborted);
    }
}
