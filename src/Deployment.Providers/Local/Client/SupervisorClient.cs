using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Supervisor;
using Deployment.Secrets;

namespace Deployment.Providers.Local.Client;

/// <summary>What a deployer asks its supervisor. Each mutation bears the epoch of the run.</summary>
internal sealed class SupervisorClient(StateFolder folder) : IDisposable
{
    private readonly HttpClient _client = UnixHttp.Client(folder.SupervisorSocket);

    public void Dispose() => _client.Dispose();

    /// <summary>Null when no supervisor answers.</summary>
    public async Task<SupervisorStatus?> StatusAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _client.GetFromJsonAsync(UnixHttp.Uri("/status"), LocalJson.Default.SupervisorStatus, cancellationToken);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Null when nothing stands on the target.</summary>
    public async Task<TargetStatus?> TargetAsync(string target, CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Get, SupervisorPaths.Target(target), null, null, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        await EnsureAsync(answer, cancellationToken);
        return await answer.Content.ReadFromJsonAsync(LocalJson.Default.TargetStatus, cancellationToken);
    }

    public Task InstallAsync(string target, string revision, InstallRequest request, long epoch, CancellationToken cancellationToken) =>
        MutateAsync(HttpMethod.Put, SupervisorPaths.Revision(target, revision), Json(request, LocalJson.Default.InstallRequest), epoch, cancellationToken);

    public Task PutSecretAsync(string target, string revision, string variable, Secret value, long epoch, CancellationToken cancellationToken) =>
        MutateAsync(HttpMethod.Put, SupervisorPaths.Secret(target, revision, variable), new StringContent(value.Reveal()), epoch, cancellationToken);

    public Task RemoveAsync(string target, string revision, long epoch, CancellationToken cancellationToken) =>
        MutateAsync(HttpMethod.Delete, SupervisorPaths.Revision(target, revision), null, epoch, cancellationToken);

    public Task RemoveOthersAsync(string target, string application, string kept, long epoch, CancellationToken cancellationToken) =>
        MutateAsync(HttpMethod.Delete, SupervisorPaths.Others(target, application, kept), null, epoch, cancellationToken);

    public Task ClearAsync(string target, string application, long epoch, CancellationToken cancellationToken) =>
        MutateAsync(HttpMethod.Delete, SupervisorPaths.Clear(target, application), null, epoch, cancellationToken);

    public Task DutyAsync(string target, string application, string? revision, long epoch, CancellationToken cancellationToken) =>
        MutateAsync(HttpMethod.Put, SupervisorPaths.Duty(target, application), Json(new DutyRequest { Revision = revision }, LocalJson.Default.DutyRequest), epoch, cancellationToken);

    public Task<RouteAnswer> RouteAsync(string target, RouteRequest request, long epoch, CancellationToken cancellationToken) =>
        SwitchAsync(SupervisorPaths.Route(target), Json(request, LocalJson.Default.RouteRequest), epoch, cancellationToken);

    public Task<RouteAnswer> SlotsAsync(string target, SlotsRequest request, string? application, long epoch, CancellationToken cancellationToken) =>
        SwitchAsync(SupervisorPaths.Slots(target, application), Json(request, LocalJson.Default.SlotsRequest), epoch, cancellationToken);

    /// <summary>Answers everything with a page; null to serve again.</summary>
    public Task MaintenanceAsync(string target, MaintenanceRequest? page, long epoch, CancellationToken cancellationToken) => page is null
        ? MutateAsync(HttpMethod.Delete, SupervisorPaths.Maintenance(target), null, epoch, cancellationToken)
        : MutateAsync(HttpMethod.Put, SupervisorPaths.Maintenance(target), Json(page, LocalJson.Default.MaintenanceRequest), epoch, cancellationToken);

    /// <summary>Copies requests to a revision; null to copy none any more, which is fine where nothing was ever routed.</summary>
    public Task MirrorAsync(string target, MirrorRequest? mirror, long epoch, CancellationToken cancellationToken) => mirror is null
        ? MutateAsync(HttpMethod.Delete, SupervisorPaths.Mirror(target), null, epoch, cancellationToken)
        : MutateAsync(HttpMethod.Put, SupervisorPaths.Mirror(target), Json(mirror, LocalJson.Default.MirrorRequest), epoch, cancellationToken);

    /// <summary>Holds all requests; null to serve again.</summary>
    public Task PauseAsync(string target, PauseRequest? pause, long epoch, CancellationToken cancellationToken) => pause is null
        ? MutateAsync(HttpMethod.Delete, SupervisorPaths.Pause(target), null, epoch, cancellationToken)
        : MutateAsync(HttpMethod.Put, SupervisorPaths.Pause(target), Json(pause, LocalJson.Default.PauseRequest), epoch, cancellationToken);

    /// <summary>Puts another process in the place of a port's router.</summary>
    public Task RenewAsync(int port, CancellationToken cancellationToken) => MutateAsync(HttpMethod.Post, SupervisorPaths.Renew(port), null, null, cancellationToken);

    /// <summary>The highest epoch that was seen of a target's application.</summary>
    public async Task<long> EpochAsync(string target, CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Get, SupervisorPaths.EpochAt(target), null, null, cancellationToken);
        await EnsureAsync(answer, cancellationToken);
        return long.Parse(await answer.Content.ReadAsStringAsync(cancellationToken), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
    }

    public Task HandOverAsync(CancellationToken cancellationToken) => MutateAsync(HttpMethod.Post, "/handover", null, null, cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => MutateAsync(HttpMethod.Post, "/stop", null, null, cancellationToken);

    private static JsonContent Json<T>(T value, JsonTypeInfo<T> type) => JsonContent.Create(value, type);

    private static async Task EnsureAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (!answer.IsSuccessStatusCode)
        {
            throw new DeploymentException(await UnixHttp.ErrorAsync(answer, cancellationToken));
        }
    }

    private async Task<RouteAnswer> SwitchAsync(string path, JsonContent what, long epoch, CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Put, path, what, epoch, cancellationToken);
        await EnsureAsync(answer, cancellationToken);
        return (await answer.Content.ReadFromJsonAsync(LocalJson.Default.RouteAnswer, cancellationToken))!;
    }

    private async Task MutateAsync(HttpMethod method, string path, HttpContent? content, long? epoch, CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await SendAsync(method, path, content, epoch, cancellationToken);
        await EnsureAsync(answer, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, long? epoch, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, UnixHttp.Uri(path)) { Content = content };
        if (epoch is { } number)
        {
            request.Headers.Add(SupervisorApi.EpochHeader, number.ToString(CultureInfo.InvariantCulture));
        }

        try
        {
            return await _client.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException error)
        {
            throw new DeploymentException(
                $"The supervisor of '{folder.Path}' ended before it answered: {error.Message} What it began is finished by repeating the step; the next deployer starts another supervisor. See {folder.SupervisorLog}.", error);
        }
    }
}
