using System.Net;
using Deployment.Providers.Docker.Cli;
using Deployment.Secrets;

namespace Deployment.Providers.Docker.Containers;

/// <summary>Waits until a container is ready: it answers, or its own check says so.</summary>
internal sealed class Readiness(DockerCli docker)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(5);

    // A worker has nobody to ask: one that didn't end within this is taken to run.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(1);

    // What takes long to start may wait a little longer to be noticed: a fiftieth of what it took by then.
    private const int Share = 50;

    private static readonly HttpMessageInvoker Client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.Zero });

    /// <exception cref="DeploymentException">It ended, or was not ready in time; the message has the end of its log.</exception>
    public async Task WaitAsync(string name, ContainerSpec spec, IReadOnlyList<Secret> secrets, CancellationToken cancellationToken)
    {
        long begin = docker.TimeProvider.GetTimestamp();
        TimeSpan looked = -LookEvery;
        Container? seen = null;
        while (true)
        {
            TimeSpan waited = docker.TimeProvider.GetElapsedTime(begin);
            if (waited - looked >= LookEvery || seen is null || AsksDocker(seen, spec))
            {
                looked = waited;
                seen = await new ContainerList(docker).FindAsync(name, cancellationToken) ?? throw new DeploymentException($"The container {name} is gone from {docker.Host.Name}: somebody removed it while it was started.");
                if (!seen.Runs || seen.Status == "restarting")
                {
                    throw new DeploymentException($"The container {name} on {docker.Host.Name} ended with exit code {seen.ExitCode} before it was ready.{await docker.LogAsync(name, secrets, cancellationToken)}");
                }
            }

            if (await ProblemAsync(seen, spec, waited, cancellationToken) is not { } problem)
            {
                return;
            }

            if (waited.TotalSeconds >= spec.StartSeconds)
            {
                throw new DeploymentException($"The container {name} on {docker.Host.Name} was not ready within {spec.StartSeconds} s: {problem}{await docker.LogAsync(name, secrets, cancellationToken)}");
            }

            TimeSpan pause = waited / Share;
            await Task.Delay(pause < Shortest ? Shortest : pause > Longest ? Longest : pause, docker.TimeProvider, cancellationToken);
        }
    }

    /// <summary>Null when it is ready at this moment, else what it does instead.</summary>
    public Task<string?> ProblemAsync(Container seen, ContainerSpec spec, CancellationToken cancellationToken) => ProblemAsync(seen, spec, Settled, cancellationToken);

    private async Task<string?> ProblemAsync(Container seen, ContainerSpec spec, TimeSpan waited, CancellationToken cancellationToken)
    {
        if (seen.Status != "running" || seen.IsEnding)
        {
            return seen.IsEnding ? "It is being ended." : $"It is {seen.Status}.";
        }

        if (AsksDocker(seen, spec))
        {
            return seen.Health == "healthy" ? null : $"Its health check says {seen.Health}.";
        }

        return seen.Port is not { } port ? waited >= Settled ? null : "It has just started."
            : await AnswersAsync(new UriBuilder(Uri.UriSchemeHttp, docker.Host.Address, port).Uri, spec.HealthPath, cancellationToken) ? null
            : spec.HealthPath is { } path ? $"It didn't answer GET {path} on {docker.Host.Address}:{port} with 200 to 399. Have it listen on the port that PORT names, on all of the container's addresses."
            : $"Nothing answered HTTP on {docker.Host.Address}:{port}. Have it listen on the port that PORT names, on all of the container's addresses.";
    }

    // A path that the target names is asked by itself, at once: Docker looks once in its interval.
    private static bool AsksDocker(Container seen, ContainerSpec spec) => spec.HealthPath is null && seen.Health.Length > 0;

    private async Task<bool> AnswersAsync(Uri address, string? path, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(ProbeLimit, docker.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, path ?? "/"));
        try
        {
            using HttpResponseMessage answer = await Client.SendAsync(request, either.Token);
            return path is null || answer.StatusCode is >= HttpStatusCode.OK and < HttpStatusCode.BadRequest;
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
