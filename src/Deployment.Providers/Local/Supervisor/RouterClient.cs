using System.Net.Http.Json;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>Asks routers on their control sockets.</summary>
internal static class RouterClient
{
    /// <summary>What the router follows for a target; null when none answers or it doesn't serve the target.</summary>
    public static Task<RouterStatus?> StatusAsync(string socket, string target, CancellationToken cancellationToken) =>
        AskAsync(socket, client => client.GetFromJsonAsync(Table(target), LocalJson.Default.RouterStatus, cancellationToken));

    /// <summary>Hands the router a table; false when none answers.</summary>
    /// <exception cref="DeploymentException">It refuses the table.</exception>
    public static async Task<bool> SwitchAsync(string socket, RouteTable table, CancellationToken cancellationToken)
    {
        using HttpClient client = UnixHttp.Client(socket);
        try
        {
            using HttpResponseMessage answer = await client.PutAsJsonAsync(Table(table.Target), table, LocalJson.Default.RouteTable, cancellationToken);
            return answer.IsSuccessStatusCode
                ? true
                : throw new DeploymentException(await UnixHttp.ErrorAsync(answer, cancellationToken));
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>The deadline of a drain has passed: what is left is counted, or broken off.</summary>
    public static async Task OverdueAsync(string socket, string target, bool cut, CancellationToken cancellationToken) =>
        await AskAsync(socket, async client =>
        {
            using HttpResponseMessage answer = await client.PostAsync(UnixHttp.Uri($"/tables/{target}/overdue?cut={(cut ? "true" : "false")}"), null, cancellationToken);
            return "";
        });

    /// <summary>Serves a target no longer. Fine when no router answers.</summary>
    public static async Task RemoveAsync(string socket, string target, CancellationToken cancellationToken) =>
        await AskAsync(socket, async client =>
        {
            using HttpResponseMessage answer = await client.DeleteAsync(Table(target), cancellationToken);
            return "";
        });

    /// <summary>What the router counted; null when none answers.</summary>
    public static Task<RouterMetrics?> MetricsAsync(string socket, CancellationToken cancellationToken) =>
        AskAsync(socket, client => client.GetFromJsonAsync(UnixHttp.Uri("/metrics"), LocalJson.Default.RouterMetrics, cancellationToken));

    private static Uri Table(string target) => UnixHttp.Uri($"/tables/{Uri.EscapeDataString(target)}");

    private static async Task<T?> AskAsync<T>(string socket, Func<HttpClient, Task<T?>> ask)
        where T : class
    {
        using HttpClient client = UnixHttp.Client(socket);
        try
        {
            return await ask(client);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
