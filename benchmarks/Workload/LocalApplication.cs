using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Deployment.Benchmarks.Measuring;
using Deployment.Commands;
using Deployment.Providers.Local;
using Deployment.Releases;
using Deployment.Secrets;
using Deployment.Targets;

namespace Deployment.Benchmarks.Workload;

/// <summary>An application on a local target, and a user who asks for it every millisecond.</summary>
internal sealed class LocalApplication : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    private readonly HttpClient _user = new();
    private readonly LocalTarget _target;

    internal LocalApplication(string folder) => _target = LocalTarget.Listening(FreePort(), options => options.StateFolder = folder);

    public async ValueTask DisposeAsync()
    {
        _user.Dispose();
        await _target.Host.StopAsync(CancellationToken.None);
    }

    internal static RevisionId Id(int version) => new("shop", string.Create(CultureInfo.InvariantCulture, $"{version}.0.0"), 1);

    internal Task InstallAsync(int version) => RunAsync(_target.Install(new Revision(
        Id(version),
        Release.Of("shop", Id(version).Version, Artifact.Process("dotnet", "exec", typeof(LocalApplication).Assembly.Location, "serve").In(AppContext.BaseDirectory))
            .WithSetting("VERSION", version.ToString(CultureInfo.InvariantCulture)))));

    internal Task RouteAsync(int version) => RunAsync(_target.Route(TrafficSplit.AllTo(Id(version))));

    internal Task RemoveAsync(int version) => RunAsync(_target.Remove(Id(version)));

    internal async Task<bool> StandsAsync(int version) =>
        (await _target.ObserveAsync(CancellationToken.None)).Revisions.Any(revision => revision.Id == Id(version));

    /// <summary>Asks until a version answers; tells when it was ready and when its answer was there.</summary>
    internal async Task<(long Ready, long Served)> FirstAnswerAsync(int version)
    {
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_target.Port}/"));
        while (true)
        {
            string[] answer = (await _user.GetStringAsync(address)).Split(' ');
            if (answer[0] == version.ToString(CultureInfo.InvariantCulture))
            {
                return (long.Parse(answer[1], CultureInfo.InvariantCulture), Clock.Now);
            }

            // Without a pause the user would take the processors from what is measured.
            await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task RunAsync(Operation operation)
    {
        Verb verb = _target.Verbs.Single(verb => verb.Name == operation.Verb);
        var context = new EffectContext("benchmark", "step", 1, new CommandRunner(TimeProvider.System), new NoSecrets(), TimeProvider.System);
        await verb.RunAsync(operation.Arguments, context, CancellationToken.None);
        if (await verb.VerifyAsync(operation.Arguments, context, CancellationToken.None) is { } problem)
        {
            throw new BenchmarkException(problem);
        }
    }

    private sealed class NoSecrets : ISecretStore
    {
        public Task<Secret> GetAsync(string name, CancellationToken cancellationToken) => throw new BenchmarkException("There are no secrets.");
    }
}
