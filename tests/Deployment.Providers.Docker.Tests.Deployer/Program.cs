using System.Diagnostics;
using System.Globalization;
using Deployment.Providers.HAProxy;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Strategies;
using Deployment.Testing;

namespace Deployment.Providers.Docker.Tests.Deployer;

/// <summary>A host that deploys containers, or goes on with a run; it kills itself at a point that it is told, as a crash would.</summary>
public static class Program
{
    /// <param name="arguments">What to do (deploy or resume), the site's folder, its port, the daemon, the target, the image, the version, the strategy, the point to die at, and the command (0 for none).</param>
    public static async Task<int> Main(string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        int last = Number(arguments[8]);
        int points = 0;
        var process = new SimulatedProcess((number, _) =>
        {
            points = number;
            if (number == last)
            {
                Die();
            }
        });
        var commands = new CountedCommands(Number(arguments[9]));
        DeploymentPipeline pipeline = Compose(arguments, process, commands);
        DeploymentResult[] results = arguments[0] == "resume"
            ? [.. await pipeline.ResumeAllAsync()]
            : [await pipeline.DeployAsync(Release.Of("shop", arguments[6], Artifact.Image(arguments[5])))];
        await pipeline.CompleteAsync();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{points} points {commands.Count} commands; {string.Join("; ", results.Select(result => result.Outcome))}"));
        return 0;
    }

    internal static void Die()
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
        Thread.Sleep(Timeout.Infinite);
    }

    private static DeploymentPipeline Compose(string[] arguments, SimulatedProcess process, CountedCommands commands)
    {
        string strategy = arguments[7];
        DeploymentPipelineBuilder pipeline = DeploymentPipeline.Create("shop").DeployTo(process.Reach(Target(arguments))).UseCommands(commands);
        pipeline = strategy switch
        {
            "rolling" => pipeline.UseRolling(_ => { }),
            "recreate" or "published" or "workers" => pipeline.UseRecreate(_ => { }),
            _ => pipeline.UseBlueGreen(blueGreen => blueGreen.RollbackWindow = TimeSpan.Zero),
        };
        return (strategy == "workers" ? pipeline : pipeline.RequireHealthy(health => health.Http("/health").With(check =>
            {
                check.Interval = TimeSpan.FromMilliseconds(20);
                check.ConsecutiveSuccesses = 1;
            })))
            .UseStore(process.Reach(new FileDeploymentStore(Path.Combine(arguments[1], "store"))))
            .ConfigureEngine(engine => engine.LeaseTerm = TimeSpan.FromMilliseconds(600))
            .Build();
    }

    private static DockerTarget Target(string[] arguments) => arguments[7] switch
    {
        "published" => DockerTarget.Publishing(Number(arguments[2]), arguments[4], docker => Set(docker, arguments)),
        "workers" => DockerTarget.Workers(arguments[4], docker =>
        {
            docker.Hosts.Add(DockerHost.At(arguments[3]));
            docker.Pull = ImagePull.Never;
        }),
        _ => DockerTarget.Behind(Router(arguments), arguments[4], docker =>
        {
            Set(docker, arguments);
            docker.Instances = 2;
            docker.FirstPort = 22000;
            docker.LastPort = 22999;
        }),
    };

    private static void Set(DockerTargetOptions docker, string[] arguments)
    {
        docker.Hosts.Add(DockerHost.At(arguments[3]));
        docker.Pull = ImagePull.Never;
        docker.HealthPath = "/health";
    }

    private static HAProxyRouter Router(string[] arguments) => HAProxyRouter.At($"unix:{arguments[1]}/admin.sock", options =>
    {
        options.Site = "shop";
        options.Folder = arguments[1];
        options.Bind = $"127.0.0.1:{arguments[2]}";
        options.HealthPath = "/health";
        options.HealthInterval = TimeSpan.FromMilliseconds(500);
        options.AwaitOldWorker = false;
    });

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
