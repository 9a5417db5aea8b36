using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Deployment.Providers.Local.Tests.App;

/// <summary>A small web application that does on demand what applications do to those who run them.</summary>
internal static class Program
{
    private const int Chunk = 64 * 1024;
    private static int _aborted;
    private static int _hanging;
    private static readonly int FailingPercent = int.Parse(Environment.GetEnvironmentVariable("FAILING_PERCENT") ?? "0", CultureInfo.InvariantCulture);
    private static long _bought;
    private static int _health = 200;

    public static async Task<int> Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["exit", string code, ..]:
                for (int line = 1; line <= 60; line++)
                {
                    Console.Error.WriteLine($"line {line} of the end {Environment.GetEnvironmentVariable("API_KEY")}");
                }

                return int.Parse(code, CultureInfo.InvariantCulture);
            case ["mute", ..]:
                Console.WriteLine("never going to listen");
                await Task.Delay(Timeout.Infinite);
                return 0;
            case ["http10", ..]:
                await OldServer.ServeAsync();
                return 0;
            default:
                await ServeAsync(arguments);
                return 0;
        }
    }

    private static async Task ServeAsync(string[] arguments)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRouting();
        // Longer than any grace of a test: only its supervisor ends it before its requests do.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(60));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            // A caller may speak of https, as one behind a router with TLS does.
            kestrel.AllowAlternateSchemes = true;
            kestrel.ListenLocalhost(int.Parse(Environment.GetEnvironmentVariable("PORT")!, CultureInfo.InvariantCulture), listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.Use(EitherProtocol.Before);
            });
        });
        WebApplication app = builder.Build();
        string version = Environment.GetEnvironmentVariable("VERSION") ?? "none";
        app.UseWebSockets();
        app.Use(Gate.PassAsync);
        app.UseRouting();
        app.Map("/gate/{state}", context => context.Response.WriteAsync(Gate.Set((string)context.Request.RouteValues["state"]! == "open").ToString(CultureInfo.InvariantCulture)));
        app.Map("/gate/seen", context => context.Response.WriteAsync(Gate.Seen.ToString(CultureInfo.InvariantCulture)));
        app.Map("/copies", context => context.Response.WriteAsync(Gate.Copies.ToString(CultureInfo.InvariantCulture)));
        app.Map("/same", context => context.Response.WriteAsync("the same"));
        app.Map("/slow-copies", async context =>
        {
            if (Gate.IsCopy(context))
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }

            await context.Response.WriteAsync(version);
        });
        app.Map("/assets/{name}", async context =>
        {
            bool here = (string)context.Request.RouteValues["name"]! == version;
            context.Response.StatusCode = here ? 200 : 404;
            await context.Response.WriteAsync(here ? $"asset of {version}" : $"not in {version}");
        });
        app.Map("/fails/{version}", async context =>
        {
            bool fails = (string)context.Request.RouteValues["version"]! == version;
            context.Response.StatusCode = fails ? 500 : 200;
            await context.Response.WriteAsync(fails ? "broken" : "well");
        });
        app.Map("/buy", async context =>
        {
            // So many of a hundred fail, evenly: no two runs differ by luck.
            long number = Interlocked.Increment(ref _bought);
            bool fails = number * FailingPercent / 100 > (number - 1) * FailingPercent / 100;
            context.Response.StatusCode = fails ? 500 : 200;
            await context.Response.WriteAsync(version);
        });
        app.Map("/health", context =>
        {
            context.Response.StatusCode = Volatile.Read(ref _health);
            return Task.CompletedTask;
        });
        app.Map("/health/{code}", context =>
        {
            Volatile.Write(ref _health, int.Parse((string)context.Request.RouteValues["code"]!, CultureInfo.InvariantCulture));
            return Task.CompletedTask;
        });
        app.Map("/", context => context.Response.WriteAsync(version));
        app.Map("/echo", EchoAsync);
        app.Map("/slow", async context =>
        {
            await Task.Delay(int.Parse(context.Request.Query["ms"]!, CultureInfo.InvariantCulture), context.RequestAborted);
            await EchoAsync(context);
        });
        app.Map("/slow-known", async context =>
        {
            await Task.Delay(int.Parse(context.Request.Query["ms"]!, CultureInfo.InvariantCulture), context.RequestAborted);
            context.Response.ContentLength = 4;
            await context.Response.WriteAsync("slow");
        });
        app.Map("/slow-nothing", async context =>
        {
            await Task.Delay(int.Parse(context.Request.Query["ms"]!, CultureInfo.InvariantCulture), context.RequestAborted);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        });
        app.Map("/ws", Echoes.WebSocketAsync);
        app.Map("/test.Echo/Say", context => Echoes.GrpcAsync(context, 0));
        app.Map("/test.Echo/Think", context => Echoes.GrpcAsync(context, 90));
        app.Map("/stream", StreamAsync);
        app.Map("/sink", SinkAsync);
        app.Map("/hang", HangAsync);
        app.Map("/aborted", context => context.Response.WriteAsync(Volatile.Read(ref _aborted).ToString(CultureInfo.InvariantCulture)));
        app.Map("/hanging", context => context.Response.WriteAsync(Volatile.Read(ref _hanging).ToString(CultureInfo.InvariantCulture)));
        app.Map("/pid", context => context.Response.WriteAsync(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
        app.Map("/status/{code}", context =>
        {
            context.Response.StatusCode = int.Parse((string)context.Request.RouteValues["code"]!, CultureInfo.InvariantCulture);
            return Task.CompletedTask;
        });
        app.Map("/crash", _ =>
        {
            Environment.Exit(3);
            return Task.CompletedTask;
        });
        app.Map("/break", async context =>
        {
            context.Response.ContentLength = 100_000;
            await context.Response.WriteAsync("the beginning");
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        app.Map("/arguments", context => context.Response.WriteAsJsonAsync(arguments, JsonSerializerOptions.Default));
        app.Map("/environment", context => context.Response.WriteAsJsonAsync(
            Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value)));
        app.Map("/headers", context => context.Response.WriteAsJsonAsync(
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString())));
        app.Map("/raw/{**path}", context => context.Response.WriteAsync(
            context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget));
        app.Map("/redirect", context =>
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = "/elsewhere";
            context.Response.Headers.Append("Set-Cookie", "a=1");
            context.Response.Headers.Append("Set-Cookie", "b=2");
            context.Response.Headers.Append("Keep-Alive", "timeout=5");
            return Task.CompletedTask;
        });
        Features.Map(app);
        await app.RunAsync();
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        await context.Response.WriteAsync($"{Environment.GetEnvironmentVariable("VERSION")}:{await reader.ReadToEndAsync(context.RequestAborted)}");
    }

    private static async Task StreamAsync(HttpContext context)
    {
        byte[] chunk = new byte[Chunk];
        long left = long.Parse(context.Request.Query["bytes"]!, CultureInfo.InvariantCulture);
        while (left > 0)
        {
            int size = (int)Math.Min(left, Chunk);
            await context.Response.Body.WriteAsync(chunk.AsMemory(0, size), context.RequestAborted);
            left -= size;
        }
    }

    private static async Task SinkAsync(HttpContext context)
    {
        byte[] chunk = new byte[Chunk];
        long total = 0;
        int read;
        while ((read = await context.Request.Body.ReadAsync(chunk, context.RequestAborted)) > 0)
        {
            total += read;
        }

        await context.Response.WriteAsync(total.ToString(CultureInfo.InvariantCulture));
    }

    private static async Task HangAsync(HttpContext context)
    {
        Interlocked.Increment(ref _hanging);
        try
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref _aborted);
        }
    }
}
