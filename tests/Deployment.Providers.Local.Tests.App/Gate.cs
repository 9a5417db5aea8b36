using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Tests.App;

/// <summary>Stands for the end of this process without ending it: closed, it breaks off all that it does and all that comes.</summary>
internal static class Gate
{
    private static readonly ConcurrentDictionary<HttpContext, bool> InFlight = new();
    private static volatile bool _open = true;
    private static int _copies;

    public static int Copies => Volatile.Read(ref _copies);

    public static bool IsCopy(HttpContext context) => context.Request.Headers.ContainsKey("Deployment-Mirror");

    public static async Task PassAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.StartsWithSegments("/gate"))
        {
            await next(context);
            return;
        }

        if (IsCopy(context))
        {
            Interlocked.Increment(ref _copies);
        }

        InFlight[context] = true;
        try
        {
            if (_open)
            {
                await next(context);
            }
            else
            {
                context.Abort();
            }
        }
        finally
        {
            InFlight.TryRemove(context, out _);
        }
    }

    /// <summary>How many requests it broke off.</summary>
    public static int Set(bool open)
    {
        _open = open;
        HttpContext[] cut = open ? [] : [.. InFlight.Keys];
        foreach (HttpContext context in cut)
        {
            context.Abort();
        }

        return cut.Length;
    }
}
