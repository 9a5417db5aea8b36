using Deployment.Providers.Local.Protocol;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Router;

/// <summary>Answers the requests of one target: takes each one's lane, forwards, counts.</summary>
internal sealed class Site : IDisposable
{
    private const string RetryAfterSeconds = "1";

    private readonly Assets _assets;
    private readonly HoldingArea _holding;
    private readonly LaneForwarder _forwarder;
    private readonly Mirror _mirror;
    private readonly Func<TrustedProxies> _proxies;
    private readonly IDisposable _watch;
    private readonly Tunnels _tunnels;
    private long _unserved;
    private long _maintained;

    public Site(Switchboard board, LaneChoice choice, IRequestForwarder forwarder, Mirror mirror, Func<TrustedProxies> proxies, IDisposable watch, Tunnels tunnels, TimeProvider timeProvider)
    {
        Board = board;
        _forwarder = new LaneForwarder(board, forwarder, tunnels, timeProvider);
        _assets = new Assets(board, _forwarder);
        _holding = new HoldingArea(board, choice, timeProvider);
        _mirror = mirror;
        mirror.Follow(board.Table.Mirror);
        _proxies = proxies;
        _watch = watch;
        _tunnels = tunnels;
        tunnels.Follow(board.Active.Serving);
    }

    public Switchboard Board { get; }

    public RouteTable Table => Board.Table;

    public void Dispose()
    {
        _watch.Dispose();
        _tunnels.Dispose();
    }

    /// <summary>Follows another table from the next request on.</summary>
    /// <exception cref="DeploymentException">The table is older than the one that is followed.</exception>
    public void Switch(RouteTable table, Action? before)
    {
        Board.Switch(table, before);
        _mirror.Follow(table.Mirror);
        _tunnels.Follow(Board.Active.Serving);
    }

    public async Task HandleAsync(HttpContext context, string pathAndQuery)
    {
        Ticket ticket;
        try
        {
            ticket = await _holding.TakeAsync(context);
        }
        catch (OperationCanceledException)
        {
            // The client left while it waited.
            return;
        }

        if (ticket.Visit is not { } visit)
        {
            await RefuseAsync(context, ticket.Table.Table.Maintenance);
            return;
        }

        try
        {
            await ServeAsync(context, pathAndQuery, ticket.Table, visit);
        }
        finally
        {
            visit.Leave();
        }
    }

    /// <summary>Answers what came in on the preview port: the revision itself, without the help of others for its assets, without copies and cookies.</summary>
    public async Task PreviewAsync(HttpContext context, string pathAndQuery)
    {
        if (Board.TakePreview() is not { } visit)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            await PlainAnswer.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "No revision is previewed here at the moment.");
            return;
        }

        try
        {
            StripPrefix(context, pathAndQuery);
            await _forwarder.ForwardAsync(context, visit);
        }
        finally
        {
            visit.Leave();
        }
    }

    public TargetMetrics Metrics() => new(
        Table.Generation,
        Table.Epoch,
        Interlocked.Read(ref _unserved),
        Interlocked.Read(ref _maintained),
        _holding.Held,
        [.. Board.Active.Instances.Where(instance => !instance.IsHealthy).Select(instance => instance.Port).Distinct()],
        _mirror.Metrics(),
        Board.Metrics())
    {
        Copies = _mirror.Copies,
    };

    private async Task ServeAsync(HttpContext context, string pathAndQuery, ActiveTable table, Visit visit)
    {
        SiteRules rules = table.Table.Rules;
        StickyCookie.Promise(context, rules, _proxies());
        StripPrefix(context, pathAndQuery);
        MirroredRequest? mirrored = _mirror.Begin(context, table, visit.Lane);
        bool answered = false;
        try
        {
            answered = Assets.Concern(context, pathAndQuery, rules)
                ? await _assets.ForwardAsync(context, table, visit)
                : await _forwarder.ForwardAsync(context, visit);
        }
        finally
        {
            mirrored?.Compare(context, answered);
        }
    }

    private void StripPrefix(HttpContext context, string pathAndQuery)
    {
        if (Table.Rules.StripPathPrefix)
        {
            RequestTarget.Strip(context, pathAndQuery, Table.Rules.PathPrefix);
        }
    }

    private async Task RefuseAsync(HttpContext context, MaintenanceRequest? maintenance)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        if (maintenance is null)
        {
            Interlocked.Increment(ref _unserved);
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
            await PlainAnswer.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "No revision is served here at the moment.");
            return;
        }

        Interlocked.Increment(ref _maintained);
        context.Response.Headers.RetryAfter = maintenance.RetryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.WriteAsync(maintenance.Html, context.RequestAborted);
    }
}
