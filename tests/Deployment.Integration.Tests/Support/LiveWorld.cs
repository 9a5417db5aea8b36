using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Deployment.Integration.Tests.Deployer;
using Deployment.Providers.Local;
using Deployment.Reports;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Integration.Tests.Support;

/// <summary>What outlives deployers: a folder with store and target, a public port, and users who ask there all the time.</summary>
internal sealed class LiveWorld : IAsyncDisposable
{
    private static int _nextPort = 29_000 + (Environment.ProcessId % 300 * 10);
    private readonly LocalTarget _target;
    private int _versions;

    private LiveWorld(string folder, int instances)
    {
        Files = new WorldFiles(folder);
        Options = new DeployerOptions
        {
            World = folder,
            Port = FreePort(),
            Instances = instances,
            App = Path.Combine(TestContext.CurrentContext.TestDirectory, "Deployment.Providers.Local.Tests.App.dll"),
        };
        _target = Composition.Local(Options);
        Store = Composition.Store(Options);
        Pipeline = Composition.Compose(Calm, Store);
    }

    internal WorldFiles Files { get; }

    internal DeployerOptions Options { get; }

    /// <summary>For processes whose runs nobody takes over: a busy machine must not cost them their lease.</summary>
    internal DeployerOptions Calm => Options with { LeaseMilliseconds = 30_000 };

    internal IDeploymentStore Store { get; }

    /// <summary>The same pipeline in this process, to read the store with, and for what a person does.</summary>
    internal DeploymentPipeline Pipeline { get; }

    /// <summary>The version that serves between two deployments.</summary>
    internal string Live { get; private set; } = "";

    internal RequestLoop Users { get; private set; } = null!;

    /// <summary>A world where the first release is live.</summary>
    internal static async Task<LiveWorld> OpenAsync(int instances = 1)
    {
        var world = new LiveWorld(Directory.CreateTempSubdirectory("dw-").FullName, instances);
        try
        {
            string version = world.NextVersion();
            DeployerEnd end = await DeployerProcess.RunAsync(world.Calm with { Do = "deploy", Version = version });
            end.Answer!.Error.Should().BeNull();
            world.Live = version;
            world.Users = new RequestLoop(world.Options.Port, version);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>What looks after the target's processes.</summary>
    internal LocalHost Host => _target.Host;

    internal string NextVersion() => string.Create(CultureInfo.InvariantCulture, $"1.0.{_versions++}");

    internal Task<Observation> ObserveAsync() => _target.ObserveAsync(CancellationToken.None);

    /// <summary>A run has ended: its version, or the one before, serves from now on.</summary>
    internal void Settle(string live)
    {
        Live = live;
        Users.Allow(live);
    }

    internal async Task<RunRecord?> RunOfAsync(string version) =>
        (await Store.ListRunsAsync(CancellationToken.None)).LastOrDefault(run => run.Version == version);

    internal async Task<IReadOnlyList<JournalEntry>> EntriesOfAsync(string runId)
    {
        ExecutionLog log = await Pipeline.ReadLogAsync(runId);
        return log.Entries;
    }

    /// <summary>The highest epoch that the supervisor has seen, by its own record.</summary>
    internal long EpochOfSupervisor()
    {
        using JsonDocument state = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Files.Local, "state.json")));
        return state.RootElement.GetProperty("epochs").GetProperty(Composition.Application).GetInt64();
    }

    /// <summary>The requests that failed; the users are gone then.</summary>
    internal async Task<IReadOnlyCollection<string>> EndUsersAsync()
    {
        await Users.DisposeAsync();
        return Users.Failures;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await (Users?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
        finally
        {
            await _target.Host.StopAsync(CancellationToken.None);
            Directory.Delete(Options.World, recursive: true);
        }
    }

    internal static int FreePort()
    {
        while (true)
        {
            int port = Interlocked.Increment(ref _nextPort);
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Any, port));
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }
}
