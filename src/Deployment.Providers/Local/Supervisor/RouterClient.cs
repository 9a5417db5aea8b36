using System.Net.Http.Json;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>Asks routers on their control sockets.</summary>
internal static class RouterClient
{
    /// <summary>What the router of the port follows; null when none answers.</summary>
    public static async Task<RouterStatus?> StatusAsync(StateFolder folder, int port, CancellationToken cancellationToken)
    {
        using HttpClient client = UnixHttp.Client(folder.RouterSocket(port));
        try
        {
            return await client.GetFromJsonAsync(UnixHttp.Uri("/table"), LocalJson.Default.RouterStatus, cancellationToken);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Hands the router a table; false when none answers.</summary>
    /// <exception cref="DeploymentException">It refuses the table.</exception>
    public static async Task<bool> SwitchAsync(StateFolder folder, RouteTable table, CancellationToken cancellationToken)
    {
        using HttpClient client = UnixHttp.Client(folder.RouterSocket(table.Port));
        try
        {
            using HttpResponseMessage answer = await client.PutAsJsonAsync(UnixHttp.Uri("/table"), table, LocalJson.Default.RouteTable, cancellationToken);
            return answer.IsSuccessStatusCode
                ? true
                : throw new DeploymentException(await UnixHttp.ErrorAsync(answer, cancellationToken));
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public static async Task<RouterMetrics?> MetricsAsync(StateFolder folder, int port, CancellationToken cancellationToken)
    {
        using HttpClient client = UnixHttp.Client(folder.RouterSocket(port));
        try
        {
            return await client.GetFromJsonAsync(UnixHttp.Uri("/metrics"), LocalJson.Default.RouterMetrics, cancellationToken);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
