using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Deployment.Commands;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Protocol;
using Deployment.Releases;
using Deployment.Secrets;
using Deployment.Targets;
using NUnit.Framework.Interfaces;

namespace Deployment.Providers.Local.Tests.Support;

/// <summary>A state folder and a public port of one's own, and the processes in it ended whatever the test did.</summary>
[Category("Local")]
public abstract class LocalFixture
{
    private static int _nextPort = 14_000 + (Environment.ProcessId % 500 * 10);

    private protected StateFolder Folder { get; private set; } = null!;

    protected LocalTarget Target { get; private set; } = null!;

    protected int Port { get; private set; }

    protected TestSecrets Secrets { get; } = new();

    protected LocalHost Host => Target.Host;

    [SetUp]
    public void MakeTarget()
    {
        Folder = new StateFolder(Directory.CreateTempSubdirectory("dl-").FullName);
        Port = FreePort.Of(ref _nextPort);
        Target = Listening();
    }

    [TearDown]
    public async Task EndEverythingAsync()
    {
        TellLogsOfFailure();
        try
        {
            await Host.StopAsync(CancellationToken.None);
            SpawnMark.Strays(Folder, new HashSet<long>()).Should().BeEmpty("nothing outlives the host's StopAsync");
            PortOwner.Describe(Port).Should().BeNull();
            Directory.Delete(Folder.Path, recursive: true);
        }
        finally
        {
            foreach (CommandProcess left in SpawnMark.Strays(Folder, new HashSet<long>()))
            {
                await ProcessGroup.EndAsync(left, TimeSpan.Zero, TimeProvider.System, CancellationToken.None);
            }
        }
    }

    // Nobody can look them up later, and some failures don't come twice.
    private void TellLogsOfFailure()
    {
        if (TestContext.CurrentContext.Result.Outcome.Status != TestStatus.Failed)
        {
            return;
        }

        foreach (string log in Directory.EnumerateFiles(Folder.Path, "*.log", SearchOption.AllDirectories))
        {
            TestContext.Error.WriteLine($"== {log}");
            TestContext.Error.WriteLine(File.ReadAllText(log));
        }
    }

    protected static int OtherPort() => FreePort.Of(ref _nextPort);

    protected LocalTarget Listening(Action<LocalTargetOptions>? configure = null, int? port = null) => LocalTarget.Listening(port ?? Port, options =>
    {
        options.StateFolder = Folder.Path;
        configure?.Invoke(options);
    });

    /// <summary>A target on another port that speaks TLS to clients.</summary>
    protected LocalTarget ListeningSecurely(int port, Action<LocalTargetOptions>? configure = null)
    {
        var files = new CertificateFiles { Certificate = Path.Combine(Folder.Path, "test.pem"), Key = Path.Combine(Folder.Path, "test.key") };
        TestCertificate.Write("shop.test", files);
        return Listening(
            options =>
            {
                options.Router.Tls = [TlsCertificate.Pem(files.Certificate, files.Key)];
                configure?.Invoke(options);
            },
            port);
    }

    protected static RevisionId Id(int version) => new("shop", $"{version}.0.0", 1);

    protected static Revision App(int version, params string[] arguments) => new(
        Id(version),
        Release.Of("shop", $"{version}.0.0", Artifact.Process(["dotnet", "exec", AppPath, .. arguments]).In(Path.GetTempPath())).WithSetting("VERSION", $"v{version}"));

    protected static string AppPath => Path.Combine(TestContext.CurrentContext.TestDirectory, "Deployment.Providers.Local.Tests.App.dll");

    protected async Task RunAsync(Operation operation, long epoch = 1, LocalTarget? target = null)
    {
        Verb verb = (target ?? Target).Verbs.Single(verb => verb.Name == operation.Verb);
        EffectContext context = Context(epoch);
        await verb.RunAsync(operation.Arguments, context, CancellationToken.None);
        (await verb.VerifyAsync(operation.Arguments, context, CancellationToken.None)).Should().BeNull();
    }

    protected VerbDescription Describe(Operation operation) => Target.Verbs.Single(verb => verb.Name == operation.Verb).Describe(operation.Arguments);

    protected EffectContext Context(long epoch) => new("run", "step", epoch, new NoCommands(), Secrets, TimeProvider.System);

    protected Task<Observation> ObserveAsync() => Target.ObserveAsync(CancellationToken.None);

    protected async Task InstallAndRouteAsync(int version)
    {
        await RunAsync(Target.Install(App(version)));
        await RunAsync(Target.Route(TrafficSplit.AllTo(Id(version))));
    }

    protected Uri Public(string path = "/") => new($"http://127.0.0.1:{Port}{path}");

    /// <summary>Takes a port whose process is ending: it is gone before all its threads have let go of what it had open.</summary>
    protected static async Task<TcpListener> TakeAsync(int port)
    {
        var thief = new TcpListener(IPAddress.Loopback, port);
        await UntilAsync(() => Task.FromResult(TryStart(thief)), $"port {port} is free");
        return thief;
    }

    protected static Task UntilAsync(Func<Task<bool>> condition, string what) => Until.TrueAsync(condition, what);

    protected static void Kill(int processId)
    {
        using Process process = Process.GetProcessById(processId);
        process.Kill();
    }

    private static bool TryStart(TcpListener listener)
    {
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    protected sealed class TestSecrets : ISecretStore
    {
        public Dictionary<string, string> Values { get; } = [];

        public Task<Secret> GetAsync(string name, CancellationToken cancellationToken) => Task.FromResult(new Secret(Values[name]));
    }

    private sealed class NoCommands : ICommandRunner
    {
        public Task<CommandResult> RunAsync(Command command, CommandObserver? observer, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("The local target runs no commands.");

        public Task EndAsync(CommandProcess process, TimeSpan grace, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("The local target runs no commands.");
    }
}
