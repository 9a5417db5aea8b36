using System.Globalization;
using Deployment;
using Deployment.Analysis;
using Deployment.Commands;
using Deployment.Providers.Docker;
using Deployment.Providers.HAProxy;
using Deployment.Store;
using DockerCanary;
using QuickStart;

using var stop = new StopSignal();
string folder = Directory.CreateTempSubdirectory("canary-").FullName;
string name = Path.GetFileName(folder).ToLowerInvariant();
var images = new ShopImages($"{name}/shop", folder);
bool hasDocker = false;
try
{
    CommandResult docker = await Programs.TryDockerAsync(stop.Token, "version", "--format", "{{.Server.Version}}");
    hasDocker = docker.ExitCode == 0;
    if (!hasDocker)
    {
        throw new MissingException($"No Docker daemon answers here. Start one, or say by DOCKER_HOST where one is. {docker.Error.Trim()}");
    }

    int port = FreePort.Find();
    #region compose
    HAProxyRouter router = HAProxyRouter.At($"unix:{folder}/admin.sock", haproxy =>
    {
        haproxy.Site = "shop";
        haproxy.Folder = folder;
        haproxy.Bind = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
        haproxy.HealthPath = "/health";
        haproxy.DrainDeadline = TimeSpan.FromSeconds(5);
    });

    DockerTarget target = DockerTarget.Behind(router, name, docker =>
    {
        docker.Hosts.Add(Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } uri ? DockerHost.At(uri) : DockerHost.Local);
        docker.Instances = 2;
        docker.HealthPath = "/health";
        docker.Pull = ImagePull.Never;      // they were made here, and no registry has them
    });

    using var store = new FileDeploymentStore(Path.Combine(folder, "store"));
    DeploymentPipeline pipeline = DeploymentPipeline.Create("shop")
        .DeployTo(target)
        .UseCanary(canary =>
        {
            canary.Steps = [10, 50, 100];
            canary.BakeTime = TimeSpan.FromSeconds(4);
        })
        .RequireHealthy(health => health.Http("/health").With(looks => looks.Interval = TimeSpan.FromMilliseconds(200)))
        .Monitor(TimeSpan.FromSeconds(4), monitor => monitor
            .RollBackWhen(Metric.ErrorRate.IsAbove(0.05) with { MinimumSamples = 20 })
            .With(watch =>
            {
                watch.Interval = TimeSpan.FromMilliseconds(250);
                watch.Intensive = TimeSpan.FromSeconds(4);
            }))
        .UseStore(store)
        .ReportTo(new Progress())
        .Build();
    #endregion

    await using HAProxyProcess haproxy = await HAProxyProcess.StartAsync(router, folder, "shop", stop.Token);
    return await new Rollout(pipeline, images, port).RunAsync(stop.Token);
}
catch (MissingException error)
{
    Console.Error.WriteLine(error.Message);
    return MissingException.ExitCode;
}
catch (DeploymentException error)
{
    Console.Error.WriteLine(error.Message);
    return ExitCode.Failure;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("Stopped. Nothing is left running.");
    return ExitCode.Stopped;
}
finally
{
    if (hasDocker)
    {
        string left = await Programs.DockerAsync(CancellationToken.None, "ps", "--all", "--quiet", "--filter", $"label=deployment.target={name}");
        if (left.Length > 0)
        {
            await Programs.DockerAsync(CancellationToken.None, ["rm", "--force", "--volumes", .. left.Split('\n')]);
        }

        await images.RemoveAsync();
    }

    Directory.Delete(folder, recursive: true);
}
