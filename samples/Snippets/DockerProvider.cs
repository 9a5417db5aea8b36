using Deployment;
using Deployment.Providers.Docker;
using Deployment.Providers.HAProxy;
using Deployment.Releases;
using Deployment.Routing;

namespace Snippets;

/// <summary>The code of docs/providers/docker.md. A test holds the two together.</summary>
public static class DockerProvider
{
    public static (DockerTarget Target, Release Release) Compose()
    {
        #region docker
        HAProxyRouter router = HAProxyRouter.At("unix:/run/haproxy/deployment.sock", haproxy =>
        {
            haproxy.Site = "shop";
            haproxy.Bind = "*:80";
            haproxy.HealthPath = "/health";
        });
        DockerTarget target = DockerTarget.Behind(router, "web", docker =>
        {
            docker.Instances = 2;
            docker.HealthPath = "/health";
        });

        Release release = Release.Of("shop", "2.4.0", Artifact.Image("registry.example.com/shop:2.4.0"))
            .WithSetting("MODE", "fast")
            .WithSecret("DB_PASSWORD", "SHOP_DB");
        #endregion
        return (target, release);
    }

    public static DockerTarget Publish()
    {
        #region docker-publishing
        DockerTarget target = DockerTarget.Publishing(80, "intranet", docker => docker.HealthPath = "/health");
        #endregion
        return target;
    }

    public static DockerTarget Work()
    {
        #region docker-workers
        DockerTarget workers = DockerTarget.Workers("mailer", docker =>
        {
            docker.Instances = 3;
            docker.HealthCommand.Add("/app/mailer");
            docker.HealthCommand.Add("--alive");
        });
        #endregion
        return workers;
    }

    public static DockerTarget Run(ITrafficRouter router)
    {
        #region docker-run
        DockerTarget target = DockerTarget.Behind(router, "web", docker =>
        {
            docker.ContainerPort = 3000;
            docker.MemoryLimit = 512L << 20;
            docker.CpuLimit = 1.5;
            docker.User = "1000:1000";
            docker.ReadOnlyRoot = true;
            docker.Volumes.Add(new DockerVolume("shop-uploads", "/var/uploads"));
            docker.Volumes.Add(new DockerVolume("/srv/shop/fonts", "/fonts", ReadOnly: true));
            docker.Networks.Add("shop-backend");
        });
        #endregion
        return target;
    }

    public static DockerTarget Spread(ITrafficRouter router)
    {
        #region docker-hosts
        DockerTarget target = DockerTarget.Behind(router, "web", docker =>
        {
            docker.Instances = 4;
            docker.Hosts.Add(DockerHost.At("ssh://deploy@10.0.0.11"));
            docker.Hosts.Add(DockerHost.At("tcp://10.0.0.12:2376") with { TlsFolder = "/etc/deployer/tls" });
            docker.Hosts.Add(DockerHost.Context("attic", address: "attic.example.com") with { BindAddress = "10.0.0.13" });
        });
        #endregion
        return target;
    }

    public static DeploymentPipeline InWaves(IReadOnlyList<(string Name, string Uri)> hosts, Func<string, ITrafficRouter> routerOf)
    {
        #region docker-waves
        DeploymentPipelineBuilder builder = DeploymentPipeline.Create("shop")
            .UseBlueGreen()
            .RequireHealthy(health => health.Http("/health"))
            .InWaves();
        foreach ((string name, string uri) in hosts)
        {
            builder.DeployTo(DockerTarget.Behind(routerOf(name), name, docker => docker.Hosts.Add(DockerHost.At(uri))));
        }

        DeploymentPipeline pipeline = builder.Build();
        #endregion
        return pipeline;
    }
}
