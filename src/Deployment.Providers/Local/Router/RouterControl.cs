using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Router;

/// <summary>What the supervisor and people ask a router on its control socket.</summary>
internal sealed class RouterControl(Switchboard switchboard, PublicEndpoint endpoint)
{
    public void Map(WebApplication app)
    {
        app.MapGet("/table", context => Answers.WriteAsync(context, switchboard.Status(), LocalJson.Default.RouterStatus));
        app.MapPut("/table", context => Answers.GuardAsync(context, SwitchAsync));
        app.MapGet("/metrics", context => Answers.WriteAsync(
            context, new RouterMetrics(LatencyHistogram.Bounds, endpoint.Unrouted, switchboard.Metrics()), LocalJson.Default.RouterMetrics));
    }

    private async Task SwitchAsync(HttpContext context)
    {
        RouteTable table = await Answers.ReadAsync(context, LocalJson.Default.RouteTable);
        try
        {
            switchboard.Switch(table);
        }
        catch (DeploymentException refused)
        {
            throw new RefusedException(StatusCodes.Status409Conflict, refused.Message);
        }

        await Answers.WriteAsync(context, switchboard.Status(), LocalJson.Default.RouterStatus);
    }
}
