using Deployment.Providers.Local.Protocol;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Router;

/// <summary>Chooses the revision for a request: the one that a tester names, that of the user, or the one whose turn it is.</summary>
/// <param name="newUser">Makes an id, which nobody can guess, for a user who has none.</param>
internal sealed class LaneChoice(Func<string> newUser)
{
    private static readonly object Issued = new();

    public Lane For(ActiveTable active, HttpContext context)
    {
        SiteRules rules = active.Table.Rules;
        if (Value(context, rules.TesterHeader, rules.TesterCookie) is { } named && active.Named(named) is { } pinned)
        {
            return pinned;
        }

        string? user = Value(context, rules.StickyHeader, rules.StickyCookie) ?? (rules.IssueStickyCookie ? Issue(context) : null);
        return user is null ? active.Next() : active.Of(user);
    }

    /// <summary>The id that the request's user was given; null when he has one, or needs none.</summary>
    public static string? IssuedTo(HttpContext context) => context.Items.TryGetValue(Issued, out object? user) ? (string?)user : null;

    // A request may be chosen for more than once, when tables change meanwhile.
    private string Issue(HttpContext context)
    {
        string user = IssuedTo(context) ?? newUser();
        context.Items[Issued] = user;
        return user;
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
