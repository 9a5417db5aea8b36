using System.Collections.Immutable;
using System.Globalization;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Router.Listening;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Router;

/// <summary>What the supervisor, a successor and people ask a router on its control socket.</summary>
internal sealed class RouterControl(int port, SiteList sites, PublicEndpoint endpoint, PublicListener listener, ListeningSockets sockets, CounterHistory history, Action retire, ILogger logger)
{
    public void Map(WebApplication app)
    {
        app.MapGet("/tables/{target}", context => Answers.GuardAsync(context, _ => StatusAsync(context)));
        app.MapPut("/tables/{target}", context => Answers.GuardAsync(context, SwitchAsync));
        app.MapDelete("/tables/{target}", context => Answers.GuardAsync(context, RemoveAsync));
        app.MapPost("/tables/{target}/overdue", context => Answers.GuardAsync(context, OverdueAsync));
        app.MapGet("/metrics", context => Answers.WriteAsync(context, Metrics(), LocalJson.Default.RouterMetrics));
        app.MapGet("/history", context => Answers.GuardAsync(context, HistoryAsync));
        app.MapPost("/handover", context => Answers.GuardAsync(context, HandOverAsync));
        app.MapPost("/retire", RetireAsync);
    }

    private static string Target(HttpContext context) => (string)context.GetRouteValue("target")!;

    private Site Site(HttpContext context) => sites.All.GetValueOrDefault(Target(context))
        ?? throw new RefusedException(StatusCodes.Status404NotFound, $"The router of port {port} serves no target {Releases.Naming.Printable(Target(context))}.");

    private RouterMetrics Metrics() => new(
        LatencyHistogram.Bounds, endpoint.Unrouted, sites.All.ToImmutableSortedDictionary(entry => entry.Key, entry => entry.Value.Metrics(), StringComparer.Ordinal));

    private Task HistoryAsync(HttpContext context)
    {
        string target = context.Request.Query["target"].ToString();
        string revision = context.Request.Query["revision"].ToString();
        if (!long.TryParse(context.Request.Query["since"], NumberStyles.None, CultureInfo.InvariantCulture, out long since) || since > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        {
            throw new RefusedException(StatusCodes.Status400BadRequest, "Say since when, in milliseconds since 1970: /history?target=NAME&revision=ID&since=0.");
        }

        return Answers.WriteAsync(
            context,
            history.Since(target, revision, DateTimeOffset.FromUnixTimeMilliseconds(since))
                ?? throw new RefusedException(StatusCodes.Status404NotFound, $"The router of port {port} counts nothing of {Releases.Naming.Printable(revision)} on {Releases.Naming.Printable(target)}."),
            LocalJson.Default.CounterHistoryAnswer);
    }

    private Task StatusAsync(HttpContext context) => Answers.WriteAsync(
        context, Site(context).Board.Status() with { Certificates = listener.Certificates, PreviewPort = endpoint.PreviewPort }, LocalJson.Default.RouterStatus);

    private async Task SwitchAsync(HttpContext context)
    {
        RouteTable table = await Answers.ReadAsync(context, LocalJson.Default.RouteTable);
        try
        {
            // Only once the table is known to be taken: nothing of a refused one may count.
            sites.Switch(table, () => listener.Apply(table.Router ?? RouterSettings.Default));
        }
        catch (DeploymentException refused)
        {
            throw new RefusedException(StatusCodes.Status409Conflict, refused.Message);
        }

        RouterLog.Switched(logger, table.Target, table.Generation, table.Epoch, string.Join(", ", table.Revisions.Select(entry => $"{entry.Key}={entry.Value.Percent}")));
        await StatusAsync(context);
    }

    private Task RemoveAsync(HttpContext context)
    {
        sites.Remove(Target(context));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private Task OverdueAsync(HttpContext context)
    {
        bool cut = context.Request.Query["cut"] == "true";
        Site site = Site(context);
        foreach ((string revision, long requests) in site.Board.Overdue(cut))
        {
            RouterLog.Overdue(logger, revision, site.Table.Target, requests, cut ? "broken off" : "left until it is removed");
        }

        return StatusAsync(context);
    }

    private async Task HandOverAsync(HttpContext context)
    {
        HandoverRequest request = await Answers.ReadAsync(context, LocalJson.Default.HandoverRequest);
        Takeover.Send(request.Socket, sockets);
        RouterLog.HandedOver(logger, port);
        await Answers.WriteAsync(context, Environment.ProcessId, LocalJson.Default.Int32);
    }

    private Task RetireAsync(HttpContext context)
    {
        RouterLog.Retires(logger, port);
        retire();
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
