using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Deployment.Tests.S3;

/// <summary>
/// A small S3 in memory, on loopback: fast, strict about what moto takes lightly (checksums, conditions, owners), and able to fail. Its rules name the pages
/// of docs.aws.amazon.com/AmazonS3/latest that they follow.
/// </summary>
internal sealed class SmallS3 : IAsyncDisposable
{
    private readonly WebApplication _host;
    private readonly ConcurrentDictionary<string, SmallS3Bucket> _buckets = new(StringComparer.Ordinal);

    private SmallS3(WebApplication host) => _host = host;

    public int Port { get; private set; }

    public Uri Address => new($"http://127.0.0.1:{Port}");

    /// <summary>The account that owns all buckets.</summary>
    public string Owner { get; init; } = "111122223333";

    /// <summary>What requests must be signed with; null not to look.</summary>
    public string? Secret { get; set; } = "secret";

    /// <summary>Decides whether a request fails, before anything is done: status and code.</summary>
    public Func<HttpRequest, (HttpStatusCode Status, string Code)?>? Fault { get; set; }

    /// <summary>Is told of each request that was done.</summary>
    public Action<HttpRequest>? Done { get; set; }

    public SmallS3Bucket Bucket(string name) => _buckets.GetOrAdd(name, _ => new SmallS3Bucket());

    public static async Task<SmallS3> StartAsync(int port = 0)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port);
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.AddServerHeader = false;
        });
        WebApplication host = builder.Build();
        var server = new SmallS3(host);
        host.Run(server.AnswerAsync);
        await host.StartAsync();
        server.Port = new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
        return server;
    }

    /// <summary>Waits until this process is told to end.</summary>
    public Task RunAsync() => _host.WaitForShutdownAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        (string bucketName, string key) = SmallS3Path.Read(context);
        if (Secret is not null && SmallS3Signature.Problem(context, Secret) is { } wrong)
        {
            await SmallS3Answer.ErrorAsync(context, HttpStatusCode.Forbidden, wrong);
            return;
        }

        if (Fault?.Invoke(request) is { } fault)
        {
            await SmallS3Answer.ErrorAsync(context, fault.Status, fault.Code);
            return;
        }

        // userguide/bucket-owner-condition.html
        if (request.Headers["x-amz-expected-bucket-owner"] is [{ Length: > 0 } owner] && owner != Owner)
        {
            await SmallS3Answer.ErrorAsync(context, HttpStatusCode.Forbidden, "AccessDenied");
            return;
        }

        if (key.Length == 0 && request.Method == "PUT")
        {
            Bucket(bucketName);
            return;
        }

        if (!_buckets.TryGetValue(bucketName, out SmallS3Bucket? bucket))
        {
            await SmallS3Answer.ErrorAsync(context, HttpStatusCode.NotFound, "NoSuchBucket");
            return;
        }

        try
        {
            await SmallS3Actions.AnswerAsync(context, _buckets, bucket, key);
            Done?.Invoke(request);
        }
        catch (SmallS3Exception error)
        {
            await SmallS3Answer.ErrorAsync(context, error.Status, error.Code);
        }
        catch (Exception error) when (error is BadHttpRequestException or IOException or OperationCanceledException)
        {
            // The body was cut: nothing was stored.
            context.Abort();
        }
    }
}
