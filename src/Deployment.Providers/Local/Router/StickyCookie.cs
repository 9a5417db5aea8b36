using System.Security.Cryptography;
using Deployment.Providers.Local.Protocol;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Router;

/// <summary>The cookie by which a user stays with a revision, where the router gives it out. It says who, and never which revision: that follows from the shares.</summary>
internal static class StickyCookie
{
    private const int IdBytes = 16;

    /// <summary>An id that nobody can guess.</summary>
    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));

    /// <summary>Adds the cookie to the answer, whatever that is, when the request's user was given an id.</summary>
    /// <param name="context">The request, with its lane chosen.</param>
    /// <param name="rules">The rules that it was chosen by.</param>
    /// <param name="proxies">Whose word counts on how the client came.</param>
    public static void Promise(HttpContext context, SiteRules rules, TrustedProxies proxies)
    {
        if (rules.StickyCookie is { } name && LaneChoice.IssuedTo(context) is { } user)
        {
            var options = new CookieOptions
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Lax,
                Secure = new ForwardedHeaders(context, proxies).Proto.Equals(Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase),
                Path = rules.PathPrefix.TrimEnd('/') is { Length: > 0 } prefix ? prefix : "/",
                MaxAge = rules.StickyCookieSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            };
            // Last, so that nothing of the instance's answer takes its place.
            context.Response.OnStarting(() => AddAsync(context.Response, name, user, options));
        }
    }

    private static Task AddAsync(HttpResponse answer, string name, string user, CookieOptions options)
    {
        // What the application says of its cookie counts.
        if (!answer.Headers.SetCookie.Any(cookie => cookie?.StartsWith(name + "=", StringComparison.Ordinal) == true))
        {
            answer.Cookies.Append(name, user, options);
        }

        return Task.CompletedTask;
    }
}
