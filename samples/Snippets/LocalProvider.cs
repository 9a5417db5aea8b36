using Deployment.Providers.HAProxy;
using Deployment.Providers.Local;
using Deployment.Releases;
using Deployment.Routing;

namespace Snippets;

/// <summary>The code of docs/providers/local.md. A test holds the two together.</summary>
public static class LocalProvider
{
    public static (LocalTarget Target, Release Release) Compose()
    {
        #region local
        LocalTarget target = LocalTarget.Listening(8080, local =>
        {
            local.Instances = 2;
            local.StartTimeout = TimeSpan.FromMinutes(1);
        });

        Release release = Release.Of("shop", "2.4.0", Artifact.Process("dotnet", "Shop.dll", "--urls", "http://127.0.0.1:{port}").In("/srv/shop/2.4.0"))
            .WithSetting("MODE", "fast")
            .WithSecret("DB_PASSWORD", "SHOP_DB");
        #endregion
        return (target, release);
    }

    public static Artifact Package()
    {
        #region local-package
        Artifact packed = Artifact.Process("dotnet", "{release}/Shop.dll")
            .From("/srv/builds/shop-2.4.0.zip", sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
        #endregion
        return packed;
    }

    public static LocalWorkers Workers()
    {
        #region local-workers
        LocalWorkers workers = LocalTarget.Workers("mailer", local =>
        {
            local.Overlap = true;
            local.HeartbeatAge = TimeSpan.FromSeconds(30);
        });
        #endregion
        return workers;
    }

    public static LocalInstances Behind()
    {
        #region local-behind
        HAProxyRouter haproxy = HAProxyRouter.At("unix:/run/haproxy/deployment.sock", site =>
        {
            site.Site = "shop";
            site.Bind = "*:80";
            site.HealthPath = "/health";
        });
        LocalInstances shop = LocalTarget.Behind(haproxy, "shop", local =>
        {
            local.Instances = 2;
            local.HealthPath = "/health";
        });
        #endregion
        return shop;
    }

    public static LocalTarget Public()
    {
        #region router
        LocalTarget target = LocalTarget.Listening(443, local =>
        {
            local.Address = "0.0.0.0";
            local.Router.Tls =
            [
                TlsCertificate.Pem("/etc/tls/shop/fullchain.pem", "/etc/tls/shop/privkey.pem"),
                TlsCertificate.Pkcs12("/etc/tls/api.p12", "/etc/tls/api.password").For("api.example.com"),
            ];
            local.Router.ResponseTimeout = TimeSpan.FromSeconds(30);
            local.Router.Limits.MaxBodyBytes = 100_000_000;
        });
        #endregion
        return target;
    }

    public static async Task<IReadOnlyDictionary<RevisionId, RevisionCounters>> CountAsync(LocalTarget target, CancellationToken cancellationToken)
    {
        #region counters
        IReadOnlyDictionary<RevisionId, RevisionCounters> counters = await target.Host.CountersAsync(8080, cancellationToken);
        #endregion
        return counters;
    }

    public static async Task HoldAsync(LocalHost host, CancellationToken cancellationToken)
    {
        #region maintenance
        await host.StartMaintenanceAsync("local-8080", await MaintenancePage.FromFileAsync("maintenance.html", cancellationToken), cancellationToken);
        await host.EndMaintenanceAsync("local-8080", cancellationToken);
        await host.PauseAsync("local-8080", TimeSpan.FromSeconds(30), cancellationToken);
        await host.ResumeAsync("local-8080", cancellationToken);
        #endregion
    }
}
