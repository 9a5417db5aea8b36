using System.Collections.Immutable;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Router.Listening;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Router;

/// <summary>What the supervisor and people ask a router on its control socket.</summary>
internal sealed class RouterControl(Switchboard switchboard, PublicEndpoint endpoint, PublicListener listener, Tunnels tunnels)
{
    public void Map(WebApplication app)
    {
        app.MapGet("/table", context => Answers.WriteAsync(context, Status(), LocalJson.Default.RouterStatus));
        app.MapPut("/table", context => Answers.GuardAsync(context, SwitchAsync));
        app.MapGet("/metrics", context => Answers.WriteAsync(
            context, Metrics(), LocalJson.Default.RouterMetrics));
    }

    private RouterStatus Status() => switchboard.Status() with { Certificates = listener.Certificates };

    private RouterMetrics Metrics() => new(
        LatencyHistogram.Bounds,
        endpoint.Unrouted,
        switchboard.Metrics().ToImmutableSortedDictionary(entry => entry.Key, entry => entry.Value with { WebSocketsCut = tunnels.CutOf(entry.Key) }, StringComparer.Ordinal));

    private async Task SwitchAsync(HttpContext context)
    {
        RouteTable table = await Answers.ReadAsync(context, LocalJson.Default.RouteTable);
        try
        {
            listener.Apply(table.Router ?? RouterSettings.Default);
            switchboard.Switch(table);
            tunnels.Follow(table.Revisions.Keys);
        }
        catch (DeploymentException refused)
        {
            throw new RefusedException(StatusCodes.Status409Conflict, refused.Message);
        }

        await Answers.WriteAsync(context, Status(), LocalJson.Default.RouterStatus);
    }
}
