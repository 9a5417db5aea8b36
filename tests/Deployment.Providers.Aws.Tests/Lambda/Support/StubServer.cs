using System.Net;
using System.Text;
using System.Text.Json;
using Amazon.Runtime;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Lambda.Calls;
using Deployment.Providers.Aws.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Aws.Tests.Lambda.Support;

/// <summary>The stub behind the paths of AWS Lambda's REST interface (docs.aws.amazon.com/lambda/latest/api), on loopback.</summary>
internal sealed class StubServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    // A call that was cut may still be under way when the next one comes, and the stub takes one at a time.
    private readonly SemaphoreSlim _gate = new(1);

    private StubServer(WebApplication app) => _app = app;

    /// <summary>What is answered to everything; null for the truth.</summary>
    public string? Garbage { get; set; }

    public AwsOptions Options => new() { Region = RealMoto.Region, Endpoint = new Uri(_app.Urls.Single()), Credentials = new BasicAWSCredentials("AKIDTESTS", "secret"), Attempts = 1 };

    public int Port => new Uri(_app.Urls.Single()).Port;

    public static async Task<StubServer> StartAsync(StubLambda stub, int pageSize = 50, bool sameMarker = false)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        var server = new StubServer(app);
        app.Run(async http =>
        {
            if (server.Garbage is { } garbage)
            {
                await http.Response.WriteAsync(garbage);
                return;
            }

            await server.AnswerAsync(http, stub, pageSize, sameMarker);
        });
        await app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _gate.Dispose();
    }

    private async Task AnswerAsync(HttpContext http, StubLambda stub, int pageSize, bool sameMarker)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        string[] path = http.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        string function = path.Length > 2 ? path[2] : "";
        string what = $"{http.Request.Method} {string.Join('/', path.Skip(3).Take(1))}";
        string? qualifier = http.Request.Query["Qualifier"];
        // A function may be named by the ARN of its version (api/API_Invoke.html).
        if (function.Split(':') is [.., "function", var name, var version])
        {
            (function, qualifier) = (name, version);
        }

        if (path is [_, "event-source-mappings"])
        {
            (function, what) = (http.Request.Query["FunctionName"]!, "GET mappings");
        }

        await _gate.WaitAsync();
        T Read<T>() => JsonSerializer.Deserialize<T>(body.ToArray())!;
        try
        {
            object? answer = what switch
            {
                "GET configuration" => await stub.GetFunctionConfigurationAsync(function, qualifier, default),
                "PUT configuration" => await stub.UpdateFunctionConfigurationAsync(function, Read<ConfigurationUpdate>(), default),
                "PUT code" => await stub.UpdateFunctionCodeAsync(function, Read<CodeUpdate>(), default),
                "POST versions" => await stub.PublishVersionAsync(function, Read<VersionRequest>(), default),
                "GET versions" => Page(await stub.ListVersionsByFunctionAsync(function, default), http.Request.Query["Marker"], pageSize, sameMarker),
                "GET aliases" when path.Length > 4 => await stub.GetAliasAsync(function, path[4], default),
                "GET aliases" => new AliasPage([.. await stub.ListAliasesAsync(function, default)], null),
                "POST aliases" => await stub.CreateAliasAsync(function, Read<AliasConfiguration>(), default),
                "PUT aliases" => await stub.UpdateAliasAsync(function, Read<AliasConfiguration>() with { Name = path[4] }, default),
                "PUT provisioned-concurrency" => await stub.PutProvisionedConcurrencyConfigAsync(function, qualifier!, Read<ConcurrencyRequest>().ProvisionedConcurrentExecutions, default),
                "GET provisioned-concurrency" => await stub.GetProvisionedConcurrencyConfigAsync(function, qualifier!, default),
                "DELETE provisioned-concurrency" => await Done(stub.DeleteProvisionedConcurrencyConfigAsync(function, qualifier!, default)),
                "DELETE aliases" => await Done(stub.DeleteAliasAsync(function, path[4], default)),
                "DELETE " => await Done(stub.DeleteFunctionAsync(function, qualifier!, default)),
                "GET mappings" => new MappingPage([.. await stub.ListEventSourceMappingsAsync(function, default)], null),
                "GET policy" => new PolicyAnswer(await stub.GetPolicyAsync(function, default)),
                "GET url" => new FunctionUrlAnswer(await stub.GetFunctionUrlConfigAsync(function, default)),
                "POST invocations" => await stub.InvokeAsync(function, qualifier!, body.ToArray(), default),
                _ => throw new InvalidOperationException($"The stub has no {what}."),
            };
            await WriteAsync(http, answer);
        }
        catch (AwsFailure failure)
        {
            http.Response.StatusCode = (int)failure.Status;
            http.Response.Headers["x-amzn-ErrorType"] = failure.Code;
            await http.Response.WriteAsync(JsonSerializer.Serialize(new { Type = "User", message = failure.InnerException!.Message }));
        }
        finally
        {
            _gate.Release();
        }
    }

    private static async Task WriteAsync(HttpContext http, object? answer)
    {
        if (answer is Invocation invocation)
        {
            http.Response.Headers["X-Amz-Executed-Version"] = invocation.Version;
            http.Response.Headers["X-Amz-Log-Result"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(invocation.Log));
            if (invocation.Error is not null)
            {
                http.Response.Headers["X-Amz-Function-Error"] = invocation.Error;
            }

            await http.Response.Body.WriteAsync(invocation.Payload);
        }
        else if (answer is not null)
        {
            await http.Response.WriteAsync(JsonSerializer.Serialize(answer, answer.GetType()));
        }
    }

    private static async Task<object?> Done(Task task)
    {
        await task;
        return null;
    }

    private static VersionPage Page(IReadOnlyList<FunctionConfiguration> all, string? marker, int size, bool sameMarker)
    {
        int from = int.TryParse(marker, out int at) ? at : 0;
        return new VersionPage([.. all.Skip(from).Take(size)], from + size < all.Count || sameMarker ? (sameMarker ? "1" : (from + size).ToString()) : null);
    }
}
