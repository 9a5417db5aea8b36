using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Tests.App;

/// <summary>Stands for the end of this process without ending it: closed, it breaks off all that it does and all that comes.</summary>
internal static class Gate
{
    // A request is broken off only while it is here: its context may not be touched any more once it has left.
    private static readonly Lock Guard = new();
    private static readonly HashSet<HttpContext> InFlight = [];
    private static bool _open = true;
    private static int _copies;
    private static long _seen;

    public static int Copies => Volatile.Read(ref _copies);

    /// <summary>How many requests came, to whatever end.</summary>
    public static long Seen => Interlocked.Read(ref _seen);

    public static bool IsCopy(HttpContext context) => context.Request.Headers.ContainsKey("Deployment-Mirror");

    public static async Task PassAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.StartsWithSegments("/gate"))
        {
            await next(context);
            return;
        }

        Interlocked.Increment(ref _seen);
        if (IsCopy(context))
        {
            Interlocked.Increment(ref _copies);
        }

        bool open;
        lock (Guard)
        {
            InFlight.Add(context);
            open = _open;
        }

        try
        {
            if (open)
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
            lock (Guard)
            {
                InFlight.Remove(context);
            }
        }
    }

    /// <summary>How many requests it broke off.</summary>
    public static int Set(bool open)
    {
        lock (Guard)
        {
            _open = open;
            if (open)
            {
                return 0;
            }

            int cut = InFlight.Count;
            foreach (HttpContext context in InFlight.ToArray())
            {
                context.Abort();
            }

            return cut;
        }
    }
}
