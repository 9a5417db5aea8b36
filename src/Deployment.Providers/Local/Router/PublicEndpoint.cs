using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Router;

/// <summary>Answers what comes in on the public port, and on the preview port if there is one: finds the site that it is for.</summary>
internal sealed class PublicEndpoint(SiteList sites, Retirement retirement, int? previewPort = null)
{
    private long _unrouted;

    /// <summary>The preview port that is listened on; null for none.</summary>
    public int? PreviewPort => previewPort;

    public long Unrouted => Interlocked.Read(ref _unrouted);

    public async Task HandleAsync(HttpContext context)
    {
        using Retirement.Request request = retirement.Enter(context);
        if (RequestRules.Refusal(context) is { } refusal)
        {
            RequestRules.Refuse(context, refusal.Status);
            await PlainAnswer.WriteAsync(context, refusal.Status, refusal.Sentence);
            return;
        }

        // What has no path, such as OPTIONS *, is for whoever has all paths.
        string pathAndQuery = RequestTarget.Of(context) is ['/', ..] target ? target : "/";
        if (sites.Find(context.Request.Host.Host, pathAndQuery) is { } site)
        {
            await (context.Connection.LocalPort == previewPort ? site.PreviewAsync(context, pathAndQuery) : site.HandleAsync(context, pathAndQuery));
            return;
        }

        Interlocked.Increment(ref _unrouted);
        await PlainAnswer.WriteAsync(context, StatusCodes.Status404NotFound, "No application is served under this host and path.");
    }
}
