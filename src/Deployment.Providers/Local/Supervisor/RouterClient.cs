using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>Asks routers on their control sockets. One that hangs is given up after a while: others wait behind whoever asks.</summary>
internal static class RouterClient
{
    /// <summary>How long a router has for an answer.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>What the router follows for a target; null when none answers or it doesn't serve the target.</summary>
    public static Task<RouterStatus?> StatusAsync(string socket, string target, CancellationToken cancellationToken) =>
        AskAsync(socket, client => client.GetFromJsonAsync(Table(target), LocalJson.Default.RouterStatus, cancellationToken), cancellationToken);

    /// <summary>What the router of a port says of one of the targets that it serves, whichever that is; null when none answers.</summary>
    public static async Task<RouterStatus?> StatusAsync(StateFolder folder, int port, CancellationToken cancellationToken)
    {
        foreach (RouteTable table in RouteTable.ReadAll(folder, port))
        {
            if (await StatusAsync(folder.RouterSocket(port), table.Target, cancellationToken) is { } status)
            {
                return status;
            }
        }

        return null;
    }

    /// <summary>Requests in flight that a drain waits for; none where no router is or it doesn't serve the target, null when one hangs.</summary>
    public static async Task<IReadOnlyDictionary<string, long>?> DrainingAsync(
        string socket, string target, Func<RouterStatus, IReadOnlyDictionary<string, long>> draining, CancellationToken cancellationToken)
    {
        using HttpClient client = Client(socket);
        try
        {
            return await client.GetFromJsonAsync(Table(target), LocalJson.Default.RouterStatus, cancellationToken) is { } status ? draining(status) : null;
        }
        catch (HttpRequestException)
        {
            return new Dictionary<string, long>();
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Hands the router a table; false when none answers.</summary>
    /// <exception cref="DeploymentException">It refuses the table.</exception>
    public static async Task<bool> SwitchAsync(string socket, RouteTable table, CancellationToken cancellationToken)
    {
        using HttpClient client = Client(socket);
        try
        {
            using HttpResponseMessage answer = await client.PutAsJsonAsync(Table(table.Target), table, LocalJson.Default.RouteTable, cancellationToken);
            return answer.IsSuccessStatusCode
                ? true
                : throw new DeploymentException(await UnixHttp.ErrorAsync(answer, cancellationToken));
        }
        catch (Exception error) when (IsSilence(error, cancellationToken))
        {
            return false;
        }
    }

    /// <summary>The deadline of a drain has passed: what is left is counted, or broken off.</summary>
    public static Task OverdueAsync(string socket, string target, bool cut, CancellationToken cancellationToken) =>
        SendAsync(socket, HttpMethod.Post, UnixHttp.Uri($"/tables/{Uri.EscapeDataString(target)}/overdue?cut={(cut ? "true" : "false")}"), cancellationToken);

    /// <summary>Serves a target no longer. Fine when no router answers.</summary>
    public static Task RemoveAsync(string socket, string target, CancellationToken cancellationToken) =>
        SendAsync(socket, HttpMethod.Delete, Table(target), cancellationToken);

    /// <summary>Accepts nothing more and finishes what it has; false when none answers.</summary>
    public static Task<bool> RetireAsync(string socket, CancellationToken cancellationToken) =>
        SendAsync(socket, HttpMethod.Post, UnixHttp.Uri("/retire"), cancellationToken);

    /// <summary>Whether the router answers at all.</summary>
    public static Task<bool> AnswersAsync(string socket, CancellationToken cancellationToken) =>
        SendAsync(socket, HttpMethod.Get, UnixHttp.Uri("/metrics"), cancellationToken);

    /// <summary>What the router counted; null when none answers.</summary>
    public static Task<RouterMetrics?> MetricsAsync(string socket, CancellationToken cancellationToken) =>
        AskAsync(socket, client => client.GetFromJsonAsync(UnixHttp.Uri("/metrics"), LocalJson.Default.RouterMetrics, cancellationToken), cancellationToken);

    /// <summary>How the counters of a revision grew since a moment; null when no router answers, or it counts nothing of the revision.</summary>
    public static Task<CounterHistoryAnswer?> HistoryAsync(string socket, string target, string revision, DateTimeOffset since, CancellationToken cancellationToken) =>
        AskAsync(socket, client => client.GetFromJsonAsync(UnixHttp.Uri(HistoryPath(target, revision, since)), LocalJson.Default.CounterHistoryAnswer, cancellationToken), cancellationToken);

    /// <summary>The same as a path.</summary>
    public static string HistoryPath(string target, string revision, DateTimeOffset since) =>
        string.Create(CultureInfo.InvariantCulture, $"/history?target={Uri.EscapeDataString(target)}&revision={Uri.EscapeDataString(revision)}&since={since.ToUnixTimeMilliseconds()}");

    private static Uri Table(string target) => UnixHttp.Uri($"/tables/{Uri.EscapeDataString(target)}");

    private static HttpClient Client(string socket)
    {
        HttpClient client = UnixHttp.Client(socket);
        client.Timeout = Limit;
        return client;
    }

    private static bool IsSilence(Exception error, CancellationToken cancellationToken) =>
        error is HttpRequestException || (error is TaskCanceledException && !cancellationToken.IsCancellationRequested);

    private static async Task<bool> SendAsync(string socket, HttpMethod method, Uri what, CancellationToken cancellationToken) =>
        await AskAsync<object>(
            socket,
            async client =>
            {
                using var request = new HttpRequestMessage(method, what);
                using HttpResponseMessage answer = await client.SendAsync(request, cancellationToken);
                return answer.StatusCode;
            },
            cancellationToken) is HttpStatusCode.OK or HttpStatusCode.NoContent;

    private static async Task<T?> AskAsync<T>(string socket, Func<HttpClient, Task<T?>> ask, CancellationToken cancellationToken)
        where T : class
    {
        using HttpClient client = Client(socket);
        try
        {
            return await ask(client);
        }
        catch (Exception error) when (IsSilence(error, cancellationToken))
        {
            return null;
        }
    }
}
