using Deployment.Providers.Local.Protocol;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Router;

/// <summary>Chooses the revision for a request: the one that a tester names, that of the user, or the one whose turn it is.</summary>
internal static class LaneChoice
{
    public static Lane For(ActiveTable active, HttpContext context)
    {
        SiteRules rules = active.Table.Rules;
        if (Value(context, rules.TesterHeader, rules.TesterCookie) is { } named && active.Named(named) is { } pinned)
        {
            return pinned;
        }

        return Value(context, rules.StickyHeader, rules.StickyCookie) is { } user ? active.Of(user) : active.Next();
    }

    private static string? Value(HttpContext context, string? header, string? cookie)
    {
        if (header is not null && context.Request.Headers.TryGetValue(header, out Microsoft.Extensions.Primitives.StringValues values) && values is [{ Length: > 0 } value, ..])
        {
            return value;
        }

        return cookie is not null && context.Request.Cookies.TryGetValue(cookie, out string? kept) && kept.Length > 0 ? kept : null;
    }
}
